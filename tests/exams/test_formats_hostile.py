"""Texts that mean mischief come out as texts in notebooks, cards, question folders and the Numbas exam."""

import ast
import json
from pathlib import Path

import lxml.html
import pytest
from prairielearn import Folder
from sample_variants import MISCHIEF, exam, made, variants

from symbackprop.exams.formats.anki import ANKI
from symbackprop.exams.formats.nbgrader import NBGRADER
from symbackprop.exams.formats.numbas import NUMBAS
from symbackprop.exams.formats.otter import OTTER
from symbackprop.exams.formats.prairielearn import PRAIRIELEARN

TAGS = set(
    "div p strong em table caption thead tbody tr th td ol li img a b h4 hr pl-figure pl-number-input pl-string-input "
    "pl-multiple-choice pl-order-blocks pl-answer pl-question-panel pl-submission-panel pl-answer-panel".split()
)


def test_asserts_stay_python_and_their_messages_whole():
    for format in (NBGRADER, OTTER):
        for name, content in made(format).items():
            for cell in json.loads(content)["cells"]:
                if cell["cell_type"] == "code":
                    ast.parse("".join(cell["source"]))
                if cell["id"] == "q1-test" and "/source/" in name:
                    said = [
                        node.msg.value
                        for node in ast.walk(ast.parse("".join(cell["source"])))
                        if isinstance(node, ast.Assert)
                    ]
                    assert any(" ".join(MISCHIEF.split()) in " ".join(text.split()) for text in said)


def test_no_line_of_a_text_ends_a_hidden_test():
    sources = [json.loads(c) for name, c in made(NBGRADER).items() if "/release/" in name]
    assert all("Mistake" not in "".join(cell["source"]) for book in sources for cell in book["cells"])


def test_a_notebooks_title_is_one_line_of_text():
    for content in made(NBGRADER).values():
        head = "".join(json.loads(content)["cells"][0]["source"]).splitlines()[0]
        assert head.startswith("# Paper")
        assert "<b>" not in head


def tags(html: str) -> set[str]:
    return {str(element.tag) for element in lxml.html.fragment_fromstring(html, create_parent="div").iter()}


def test_cards_have_our_tags_alone():
    paper = exam()
    for variant in variants():
        for name, content in ANKI.pieces(paper, variant):
            if name == "quiz.apkg":
                for note in json.loads(content):
                    assert all(tags(field) <= TAGS for field in note["fields"][1:])


def test_numbas_texts_have_our_tags_alone():
    text = made(NUMBAS)["quiz.exam"].decode()
    data = json.loads(text[text.index("\n") :])
    assert not set("{}$\\") & set(data["name"])
    for question in data["question_groups"][0]["questions"]:
        for html in (question["statement"], question["advice"], *(part["prompt"] for part in question["parts"])):
            assert tags(html) <= TAGS


@pytest.mark.parametrize("id", ["q1", "q2", "q3", "q4", "q5", "q6"])
def test_question_folders_pass_the_checks(tmp_path, id):
    for name, content in made(PRAIRIELEARN).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folder = Folder(tmp_path / "prairielearn/questions" / f"quiz-one-{id}", 3)
    assert {str(element.tag) for element in folder.page().iter()} <= TAGS


def test_no_name_leaves_its_folder():
    for format in (NBGRADER, OTTER, PRAIRIELEARN, NUMBAS, ANKI):
        for name in made(format):
            assert ".." not in Path(name).parts
            assert "one.ipynb" not in Path(name).parts
