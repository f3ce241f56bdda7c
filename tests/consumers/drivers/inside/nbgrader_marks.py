"""Prints what a gradebook says of an assignment: for each student and graded cell, the score and its maximum."""

import json
import sys

from nbgrader.api import Gradebook

database, assignment = sys.argv[1:]
with Gradebook(database) as gradebook:
    marks = {
        submission.student.id: {
            grade.name: [grade.score, grade.max_score] for notebook in submission.notebooks for grade in notebook.grades
        }
        for submission in gradebook.assignment_submissions(assignment)
    }
print(json.dumps(marks))
