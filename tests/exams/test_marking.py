"""Marks agree with those made by hand in docs/marking.md; in any network, what follows from a wrong answer earns."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from exam_texts import EXAMPLES, planned, quiz
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.exams import answers
from symbackprop.exams.answers import HandedIn
from symbackprop.exams.carry import Own
from symbackprop.exams.complete import data_of
from symbackprop.exams.formats.jsonl import Lines
from symbackprop.exams.marking import Marked, marked
from symbackprop.exams.marksheet import FORMATS, data
from symbackprop.exams.papers import Paper, paper
from symbackprop.exams.plan import Plan, load
from symbackprop.exams.statistics import correlation, items, totals
from symbackprop.exams.variants import variants
from symbackprop.spec import load as load_spec
from symbackprop.spec import loads

DOC = (Path(__file__).parents[2] / "docs" / "marking.md").read_text("utf-8")
MAZUR = load_spec(EXAMPLES / "mazur.toml")


# ---- the example -----------------------------------------------------------------------------------------------------

#        of                    uses                points  key         mistakes, and what they give
KEYS = {
    "q1": ("/values/a2/0", (), 1, "0.75137", {}),
    "q2": ("/adjoints/z2/0", ("q1",), 2, "0.13850",
           {"missing-activation-derivative": 0.741365, "sign-inner-derivative": -0.138499}),
    "q3": ("/adjoints/W2/0/0", ("q1", "q2"), 2, "0.08217",
           {"missing-activation-derivative": 0.43983, "sign-inner-derivative": -0.082167}),
    "q4": ("/updated/W2/0/0", ("q1", "q2", "q3"), 1, "0.35892",
           {"missing-activation-derivative": 0.180085, "ascent-instead-of-descent": 0.441084}),
}  # fmt: skip
FORMULA = "-(t1 - o1)*o1*(1 - o1)*h1"


def of_the_example(student: str, id: str) -> dict[str, Any]:
    """A line of variants.jsonl."""
    questions = [
        {
            "id": q, "kind": "partial", "label": q, "points": points, "of": of, "times": 1, "uses": list(uses),
            "key": float(key), "digits": key, "tolerance": 0.00005,
            "distractors": [{"mistake": m, "value": x, "feedback": f"That is {m}."} for m, x in wrong.items()],
        }
        for q, (of, uses, points, key, wrong) in KEYS.items()
    ]  # fmt: skip
    wrong = [
        {"mistake": "missing-activation-derivative", "value": "-(t1 - o1)*h1", "feedback": "The slope is missing."}
    ]
    formula = {"id": "q5", "kind": "partial", "label": "q5", "points": 2, "of": "/adjoints/W2/0/0", "times": 1,
               "uses": [], "key": FORMULA, "tolerance": None, "distractors": wrong, "also": []}  # fmt: skip
    who = {"id": student, "name": student.title(), "group": ""}
    return {"id": id, "seed": "", "student": who, "spec": data_of(MAZUR), "questions": [*questions, formula]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("exam")
    lines = [json.dumps(of_the_example(who, f"s{k}")) for k, who in enumerate(("ana", "budi", "cici"))]
    (path / "variants.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def example(folder: Path) -> list[Marked]:
    (table,) = re.findall(r"```csv\n(.*?)```", DOC, re.S)
    return list(marked(answers.loads(table, "answers.csv", folder)))


def test_the_example_is_marked_as_by_hand(example: list[Marked]) -> None:
    rows = [line.strip("| ").split(" | ") for line in DOC.splitlines() if re.match(r"\| (ana|budi|cici) ", line)]
    found = [
        [
            one.paper.student,
            *(f"{m.earned} {m.verdict}" + (f": {m.mistake}" if m.mistake else "") for m in one.marks),
            str(one.earned),
        ]
        for one in example
    ]
    assert found == rows


def test_its_statistics_are_those_by_hand(example: list[Marked]) -> None:
    whole = totals(example)
    assert (f"{whole.mean:.2f}", f"{whole.deviation:.2f}") == ("5.33", "2.08")
    third = {item.id: item for item in items(example)}["q3"]
    assert (f"{third.difficulty:.2f}", f"{third.discrimination:.2f}") == ("0.67", "0.87")
    assert all(number in DOC for number in ("5.33", "2.08", "0.67", "0.87"))


def test_its_sheets(example: list[Marked]) -> None:
    text, table, both = (FORMATS[format](example) for format in ("text", "csv", "json"))
    assert "ana Ana s0: 6 of 8" in str(text)
    assert "follows correctly from your own answer to q2" in str(text).replace("\n", " ")
    rows = list(csv.DictReader(io.StringIO(str(table))))
    assert [row["earned"] for row in rows if row["question"] == "total"] == ["6", "3", "7"]
    assert json.loads(both) == data(example)
    assert all("-" not in cell[:1] or re.fullmatch(r"-?[0-9.]+", cell) for row in rows for cell in row.values())


# ---- what the table of answers may say -------------------------------------------------------------------------------


def test_every_fault_of_the_answers_is_told(folder: Path) -> None:
    table = "student,question,answer\nzed,q1,1\nana,q9,1\nana,q2,1\nANA,Q2,2\nbudi,q1,0,5\nana\n,q1,2\n"
    told = {2: "no student and no variant", 3: "has no question 'q9'; there are q1", 5: "answers q2 in line 4 already",
            6: "4 cells, and the head has 3", 7: "has no question ''", 8: "nobody is named"}  # fmt: skip
    with pytest.raises(SpecError) as caught:
        answers.loads(table, "a.csv", folder)
    found = {fault.place.line: fault.message for fault in caught.value.faults}
    assert found.keys() == told.keys()
    assert all(told[line] in found[line] for line in told)


def test_variants_are_named_too(folder: Path) -> None:
    (one,) = answers.loads("question,answer,student\n2,0.1385,S1\n", "a.csv", folder)
    assert (one.paper.student, one.answers) == ("budi", {"q2": "0.1385"})


def test_a_folder_without_an_exam(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"no exam lies here: there is no variants.jsonl"):
        answers.loads("student,question,answer\na,q1,1\n", "a.csv", tmp_path)
    (tmp_path / "variants.jsonl").write_text('{"id": "v1"}\nhello\n')
    with pytest.raises(SpecError, match=r"variants.jsonl:2: this line holds no variant"):
        answers.loads("student,question,answer\na,q1,1\n", "a.csv", tmp_path)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0,5", "0.5"), ("−0.5", "-0.5"), ("'-0.5", "-0.5"), ("1e-3", "0.001"), ("w5 = 0.4 - 0.1 = 0.3", "0.3"),
     (" +1. ", "1"), (".5", "0.5"), ("1.234,5", None), ("0.5.1", None), ("abc", None), ("1e9999", None), ("nan", None),
     ("٣", None)],
)  # fmt: skip
def test_numbers(text: str, value: str | None) -> None:
    assert answers.number(text) == (None if value is None else Decimal(value))


@given(st.decimals(-1000, 1000, places=6), st.booleans())
def test_a_number_is_read_as_it_is_written(x: Decimal, comma: bool) -> None:
    assert answers.number(f"{x:f}".replace(".", "," if comma else ".")) == x


@pytest.mark.parametrize(
    ("text", "bare"), [("(2, 3)", "2x3"), ("2×3", "2x3"), ("[2;3]", "2x3"), ("(4,)", "4"), ("3 X 2", "3x2")]
)
def test_shapes(text: str, bare: str) -> None:
    assert answers.words(text) == bare


@given(st.text(max_size=60))
def test_whatever_is_written_has_a_verdict(text: str) -> None:
    one = paper(of_the_example("ana", "s0"))
    (found,) = marked([HandedIn(one, {"q2": text.strip()})])
    assert found.marks[1].verdict in ("right", "wrong", "blank", "unread")


# ---- formulas --------------------------------------------------------------------------------------------------------


def test_formulas() -> None:
    written = {
        "dE/dw5 = (o1-t1)*o1*(1-o1)*h1": ("right", ""),
        "-(t1 - o1)*h1": ("wrong", "missing-activation-derivative"),
        "-(t1-o1)  *h1 + 0": ("wrong", "missing-activation-derivative"),
        "(o1-t1)*o1*(1-o1)*h2": ("wrong", ""),
        "dE/dw5": ("open", ""),
        "0.082167": ("open", ""),
        "delta_o1*h1": ("open", ""),
        "I do not know": ("unread", ""),
        "__import__('os')": ("unread", ""),
    }
    papers = [paper(of_the_example(f"a{k}", f"s{k}")) for k in range(len(written))]
    found = marked([HandedIn(one, {"q5": text}) for one, text in zip(papers, written, strict=True)])
    assert {m.marks[4].answer: (m.marks[4].verdict, m.marks[4].mistake) for m in found} == written


# ---- any network -----------------------------------------------------------------------------------------------------


def read_back(plan: Plan, seed: int, n: int = 1) -> list[Paper]:
    writer = Lines(plan.exam)
    return [paper(json.loads(writer.line(variant))) for variant in variants(plan, seed, n)]


KINDS = planned(
    'kind = "value"; ask = "out_o1"',
    'kind = "partial"; ask = "w1"; choices = 4',
    'kind = "faded"; ask = "w1"; level = 1',
    'kind = "perturb"; ask = "w5"',
    'kind = "order"; ask = "w1"',
    'kind = "shape"; ask = "W2"',
    'kind = "find-mistake"; ask = "w1"',
    'kind = "chain-rule"; ask = "w1"',
    'kind = "update"; ask = ["w5", "w1"]',
    digits=8,
)
PLANS = {"quiz": quiz(), "final": load(EXAMPLES / "final.toml"), "kinds": KINDS}


@pytest.mark.parametrize("name", PLANS)
def test_the_key_scores_full(name: str) -> None:
    papers = read_back(PLANS[name], 5, 3)
    for one in marked([HandedIn(p, {id: asked.key for id, asked in p.asked.items()}) for p in papers]):
        assert {m.asked.id: m.verdict for m in one.marks if m.verdict != "right"} == {}
        assert one.earned == one.points


@pytest.mark.parametrize("name", PLANS)
def test_each_mistake_scores_nothing_and_is_named(name: str) -> None:
    """Alone: with nothing answered before, it follows from nothing."""
    (one,) = read_back(PLANS[name], 6)
    for asked in one.asked.values():
        for k, (mistake, gives, feedback) in enumerate(asked.wrong):
            if asked.sort == "choice":
                gives = "abcdefgh"[[text for text, _ in asked.options].index(gives)]
            (found,) = marked([HandedIn(one, {asked.id: gives})])
            mark = next(m for m in found.marks if m.asked.id == asked.id)
            assert (mark.verdict, mark.mistake) == ("wrong", mistake), (asked.id, k)
            assert mark.comment.startswith(feedback)


@pytest.mark.parametrize("name", PLANS)
def test_what_follows_from_a_wrong_answer_is_carried(name: str) -> None:
    """Every number that builds on another is worked out from a wrong one, and by nothing else than that."""
    carried = 0
    for one in read_back(PLANS[name], 8, 2):
        own = Own(one.problem)
        for first in one.asked.values():
            if first.sort != "number" or first.times != 1 or first.of is None:
                continue
            wrong = Decimal(first.key) + 1000 * first.tolerance
            given = {first.id: str(wrong)}
            for asked in one.asked.values():
                if first.id in asked.uses and asked.sort == "number" and asked.of is not None:
                    value = own.value(asked.of, {first.of: float(wrong)})
                    assert value is not None
                    answer = Decimal(value) * asked.times.numerator / asked.times.denominator
                    if abs(answer - Decimal(asked.key)) <= asked.tolerance:
                        continue  # it does not show
                    (found,) = marked([HandedIn(one, given | {asked.id: f"{answer:.12f}"})])
                    (alone,) = marked([HandedIn(one, {asked.id: f"{answer:.12f}"})])
                    verdicts = {m.asked.id: m.verdict for m in found.marks}
                    assert verdicts[asked.id] == "carried"
                    assert next(m for m in alone.marks if m.asked.id == asked.id).verdict == "wrong"
                    carried += 1
    assert carried >= 2


def test_choices_are_carried_too() -> None:
    """Of a number: what the mistake in an open answer makes of it. Of a direction: the sign of one's own slope."""
    plan = planned('kind = "delta"; ask = "o1"', 'kind = "partial"; ask = "w5"; choices = 5',
                   'kind = "perturb"; ask = "w5"', digits=8)  # fmt: skip
    (one,) = read_back(plan, 3)
    delta, partial = one.asked["q1"], one.asked["q2"]
    wrong = {mistake: value for mistake, value, _ in delta.wrong}
    letter, mistake = next(
        ("abcde"[k], mistake) for k, (_, mistake) in enumerate(partial.options) if mistake in wrong
    )
    keys = {id: asked.key for id, asked in one.asked.items()}
    (found,) = marked([HandedIn(one, keys | {"q1": wrong[str(mistake)], "q2": letter})])
    assert [mark.verdict for mark in found.marks] == ["wrong", "carried", "right", "right"]
    other = {"a": "b", "b": "a"}[keys["q3.1"]]
    turned = str(-Decimal(delta.key))
    (found,) = marked([HandedIn(one, keys | {"q1": turned, "q3.1": other, "q3.2": str(-Decimal(keys["q3.2"]))})])
    assert [mark.verdict for mark in found.marks[2:]] == ["carried", "carried"]
    (found,) = marked([HandedIn(one, keys | {"q3.1": other, "q3.2": str(-Decimal(keys["q3.2"]))})])
    assert [mark.verdict for mark in found.marks[2:]] == ["wrong", "wrong"]


EQUATIONS = """
[equations]
program = ["u = a*x", "v = tanh(u)", "E = (v - t)**2"]
error = "E"
parameters = ["a"]
[values]
a = 0.5
x = 0.8
t = 0.1
"""


@settings(max_examples=30)
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_own_answers_stand_for_what_leads_to_them(v: float, slope: float) -> None:
    """E from one's own v; dE/da from one's own dE/du, whatever v is."""
    own = Own(loads(EQUATIONS))
    assert own.value("/values/E", {"/values/v": v}) == pytest.approx((v - 0.1) ** 2, abs=1e-12)
    assert own.value("/adjoints/a", {"/adjoints/u": slope, "/values/v": v}) == pytest.approx(slope * 0.8, abs=1e-12)
    assert own.value("/adjoints/v", {"/values/v": v}) == pytest.approx(2 * (v - 0.1), abs=1e-12)


# ---- figures ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=2, max_size=12))
def test_correlation(pairs: list[tuple[int, int]]) -> None:
    x, y = ([float(part) for part in both] for both in zip(*pairs, strict=True))
    found = correlation(x, y)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert found is None
    else:
        assert found is not None
        assert -1 - 1e-12 <= found <= 1 + 1e-12
        assert correlation(x, x) == pytest.approx(1)
        assert correlation(x, [-a for a in x]) == pytest.approx(-1)
        assert correlation(y, x) == pytest.approx(found)
