"""Our QTI 1.2 beside text2qti's: nothing in it that Canvas does not know from there, and the same marks.

text2qti writes a range and feedback for all where the quiz asks for them, so the quiz asks for all that it can.
"""

import io
import zipfile

import pytest
from drivers.qti12 import items, judge, kind, metadata
from drivers.text2qti import assessment, convert, strange
from exams.sample_variants import made
from system import needs

from symbackprop.exams.formats.qti12 import QTI12

pytestmark = needs("text2qti")

QUIZ = r"""Quiz title: All that it can

Title: number
Points: 2
1.  What is $\partial E/\partial w_5$?
... The worked solution.
+ This is right.
- Look again.
=   0.1485 +- 0.0005

Title: range
Points: 2
2.  Between?
... The worked solution.
+ This is right.
- Look again.
=   [0.1480, 0.1490]

Title: choice
Points: 1
3.  Which?
... The worked solution.
*a) 1.5
... Right.
b)  -0.4
... A mistake.

Title: written
Points: 1
4.  Which formula?
... The worked solution.
+ This is right.
*   -(t1-o1)*h1
*   (o1-t1)*h1
"""


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    with zipfile.ZipFile(io.BytesIO(made(QTI12)["qti12.zip"])) as package:
        path = tmp_path_factory.mktemp("ours") / "qti12.zip"
        path.write_bytes(made(QTI12)["qti12.zip"])
        assert package.testzip() is None
    return path


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    return assessment(convert(QUIZ, tmp_path_factory.mktemp("text2qti")))


def first(package):
    from lxml import etree

    with zipfile.ZipFile(package) as zipped:
        return etree.fromstring(zipped.read("v00001/v00001.xml"))


def test_nothing_is_strange_to_who_knows_text2qti(ours, theirs):
    """Matching is Canvas's own: text2qti has no such question."""
    found = strange(first(ours), theirs)
    assert set(found) <= {"matching_question"}, found


def test_the_types_and_points_are_said_in_the_same_words(ours, theirs):
    named = {kind(item): set(metadata(item)) - {"assessment_question_identifierref"} for item in items(theirs)}
    for item in items(first(ours)):
        assert set(metadata(item)) == named.get(kind(item), set(metadata(item)))


@pytest.mark.parametrize(
    ("answer", "score"), [("0.1485", 100), ("0.1489", 100), ("0.1491", 0), ("-0.1485", 0), ("0.2770", 0), ("w5", 0)]
)
def test_both_give_the_same_marks_for_a_number(ours, theirs, answer, score):
    for quiz in (first(ours), theirs):
        assert judge(items(quiz)[0], {"response1": answer}).score == score
