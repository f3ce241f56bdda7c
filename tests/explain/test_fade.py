"""Gaps: filled in with the key, the text is the full solution; an answer stands nowhere openly; whole steps go."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from networks import RECURRENT, problems

import symbackprop as sb
from symbackprop.cli import FadeOrder
from symbackprop.document import Cite, Equation, Figure, Heading, Paragraph, blocks, forms
from symbackprop.errors import SymbackpropError
from symbackprop.explain.fade import ORDERS, SHARE, _candidates, echoes, number, without_numbers
from symbackprop.form import shown, walk
from symbackprop.spec import loads
from symbackprop.writers import render
from symbackprop.writers.content import undivided

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ["mazur", "softmax", "batch", "equations", "recurrent"]
GAP = re.compile(r"\\boxed\{\\quad\((\d+)\)\\quad\}")


@cache
def solved(name: str, lang: str = "en") -> Any:
    spec = RECURRENT if name == "recurrent" else (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    problem = loads(spec.partition("[source]")[0])  # what a source prints after 10,000 updates takes its time
    return sb.solution(sb.derive(problem), lang=lang)


@cache
def markdown(name: str, level: int, order: str, lang: str = "en") -> tuple[str, str]:
    faded, key = (sheet.render("markdown") for sheet in solved(name, lang).faded(level, order))
    return faded, key


def answers(key: str) -> dict[str, str]:
    return dict(re.findall(r"^\((\d+)\) \$(.*)\$$", key, re.MULTILINE))


def filled(faded: str, key: str) -> str:
    given = answers(key)
    return GAP.sub(lambda gap: given[gap[1]], faded)


def body(text: str, head: int) -> list[str]:
    """Without its title, and without the sentence that says what to do."""
    return text.split("\n")[head:]


ways = pytest.mark.parametrize(("level", "order"), [(level, order) for level in SHARE for order in ORDERS])


@ways
@pytest.mark.parametrize(("name", "lang"), [*((name, "en") for name in NAMES), ("mazur", "id"), ("recurrent", "id")])
def test_filled_in_it_is_the_full_solution(name: str, lang: str, level: int, order: str) -> None:
    faded, key = markdown(name, level, order, lang)
    assert body(filled(faded, key), 4) == body(full(name, lang), 2)


@cache
def full(name: str, lang: str = "en", format: str = "markdown") -> str:
    return unnumbered(solved(name, lang), format)


def unnumbered(solution: Any, format: str) -> str:
    """Without the pictures that print the answers."""
    text = render(without_numbers(solution.document), format)
    assert isinstance(text, str)
    return text


@ways
def test_filled_in_the_latex_is_the_full_solution_too(level: int, order: str) -> None:
    faded, key = (sheet.render("latex") for sheet in solved("mazur").faded(level, order))
    given = {k: re.sub(r"^\{(.*)\}$", r"\1", x) for k, x in re.findall(r"\((\d+)\) \$(.*)\$", key)}
    whole = GAP.sub(lambda gap: given[gap[1]], faded)
    assert full("mazur", format="latex").partition("We want")[2] == whole.partition("We want")[2] != ""


@settings(max_examples=10)
@given(problems(most_layers=2, most_units=2))
def test_filled_in_it_is_the_full_solution_of_any_network(problem: Any) -> None:
    solution = sb.solution(sb.derive(problem), readings=("unit", "index", "matrix"))
    whole = unnumbered(solution, "markdown")
    for order in ORDERS:
        faded, key = (sheet.render("markdown") for sheet in solution.faded(2, order))
        assert GAP.search(faded)
        assert body(filled(faded, key), 4) == body(whole, 2)


def test_pictures_that_print_numbers_are_left_out_with_what_cites_them() -> None:
    document = solved("mazur").document
    left = without_numbers(document)
    gone = [block for block in document.blocks if block not in left.blocks]
    assert [block.name for block in gone if isinstance(block, Figure)] == ["graph", "update"]
    assert [part.target for b in gone if isinstance(b, Paragraph) for part in b.content if isinstance(part, Cite)] == [
        "graph",
        "update",
    ]
    assert len(gone) == 4


@ways
@pytest.mark.parametrize("name", NAMES)
def test_gaps_and_answers_belong_together(name: str, level: int, order: str) -> None:
    faded, key = markdown(name, level, order)
    numbers = list(dict.fromkeys(GAP.findall(faded)))
    assert numbers == list(answers(key))
    assert numbers == [str(k) for k in range(1, len(numbers) + 1)]


@ways
@pytest.mark.parametrize("name", NAMES)
def test_no_answer_stands_openly(name: str, level: int, order: str) -> None:
    faded, key = markdown(name, level, order)
    rights = {re.sub(r" && .*| \\qquad \\text.*", "", r).removesuffix(r" \\") for r in re.findall(r"& = (.*)", faded)}
    for answer in answers(key).values():
        assert answer not in rights
        if re.fullmatch(r"-?\d+\.\d{3,}", answer):
            assert not re.search(rf"(?<![\d.]){re.escape(answer.lstrip('-'))}(?!\d)", faded), answer


def test_what_would_tell_an_answer_is_a_gap_too() -> None:
    """The sentence that reads ∂E/∂w5 in words, and the check."""
    faded, key = markdown("mazur", 2, "forward")
    assert "0.082667628" in answers(key).values()
    assert "0.000827" in answers(key).values()
    assert "0.000827" not in faded
    sentence = next(line for line in faded.split("\n") if line.startswith("In words: raising $w_{6}$"))
    assert len(GAP.findall(sentence)) == 1
    agreement = next(line for line in faded.split("\n") if line.startswith("The chain rule gives"))
    assert len(GAP.findall(agreement)) == 2


@ways
def test_the_error_is_not_asked_for_where_the_check_gives_it_away(level: int, order: str) -> None:
    faded, key = markdown("mazur", level, order)
    assert "0.298371109" in faded
    assert "0.298371109" not in answers(key).values()


def test_what_is_given_stays() -> None:
    for order in ORDERS:
        given = markdown("mazur", 2, order)[0].partition("## Forward pass")[0]
        assert not GAP.search(given)


# ---- which steps -------------------------------------------------------------------------------------------------


def gapped(name: str, level: int, order: str) -> list[int]:
    """The places of the displays that are left out, among those that can be."""
    document = solved(name).faded(level, order)[0].document
    displays = [b for b in blocks(document) if isinstance(b, Equation)]
    groups = _candidates(solved(name).document, undivided)
    every = [at for group in groups for at in group]
    return [k for k, at in enumerate(every) if displays[at].lines[-1].right.op == "blank"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", SHARE)
def test_the_first_or_the_last_steps_go_first(name: str, level: int) -> None:
    every = [at for group in _candidates(solved(name).document, undivided) for at in group]
    n = round(SHARE[level] * len(every))
    assert set(range(n)) <= set(gapped(name, level, "forward"))
    assert set(range(len(every) - n, len(every))) == set(gapped(name, level, "backward"))


@pytest.mark.parametrize("level", SHARE)
def test_every_part_loses_its_last_step(level: int) -> None:
    document = solved("mazur").faded(level, "subgoal")[0].document
    groups = [g for g in _candidates(solved("mazur").document, undivided) if g]
    displays = [b for b in blocks(document) if isinstance(b, Equation)]
    assert len(groups) >= 8
    assert all(displays[group[-1]].lines[-1].right.op == "blank" for group in groups)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", NAMES)
def test_level_2_leaves_out_more_and_the_symbols_too(name: str, order: str) -> None:
    few, many = (answers(markdown(name, level, order)[1]) for level in (1, 2))
    assert len(many) > 2 * len(few)
    assert not any("sigma(" in a or ("tanh" in a and "z" in a) for a in few.values())


def test_reasons_and_left_sides_stay() -> None:
    whole = [b for b in blocks(solved("mazur").document) if isinstance(b, Equation)]
    faded = [b for b in blocks(solved("mazur").faded(2, "backward")[0].document) if isinstance(b, Equation)]
    for one, other in zip(whole, faded, strict=True):
        assert [(x.left, x.rel, x.why) for x in one.lines] == [(x.left, x.rel, x.why) for x in other.lines]


def test_headings_stay() -> None:
    whole, faded = solved("mazur").document, solved("mazur").faded(1, "subgoal")[0].document
    assert [b for b in whole.blocks if isinstance(b, Heading)] == [b for b in faded.blocks if isinstance(b, Heading)]
    assert not any(f.op == "blank" for form in forms(whole.blocks) for f in walk(form))


# ---- titles, formats, faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "order", "title", "task"),
    [
        ("en", "forward", "with gaps (level 1, the first steps left out)", "Work out each numbered gap"),
        ("id", "backward", "rumpang (tingkat 1, langkah akhir dikosongkan)", "Lengkapi setiap kotak bernomor"),
    ],
)
def test_the_title_says_which_version(lang: str, order: str, title: str, task: str) -> None:
    faded, key = markdown("mazur", 1, order, lang)
    assert faded.startswith(f"# Mazur's 2-2-2 network: {title}\n")
    assert task in faded.split("\n")[2]
    assert title.split("(")[1] in key.split("\n")[0]


@pytest.mark.parametrize(("format", "gap"), [("latex", r"\boxed{\quad(1)\quad}"), ("typst", "[(1)]")])
def test_other_formats_have_gaps_too(format: str, gap: str) -> None:
    faded, key = solved("mazur").faded()
    assert gap in faded.render(format)
    assert "(1)" in key.render(format)


@pytest.mark.parametrize(("level", "order", "said"), [(3, "forward", "1 and 2 are"), (1, "up", "forward, backward")])
def test_a_wrong_level_or_order_is_named(level: int, order: str, said: str) -> None:
    with pytest.raises(SymbackpropError, match=said):
        solved("mazur").faded(level, order)


@pytest.mark.parametrize(
    ("number_", "answer", "same"),
    [
        ("0.000822", "0.082167041", True),  # rounded, by 0.01
        ("0.000877135", "0.008771355", True),  # by 0.1
        ("0.0226", "-0.022602540", True),  # "lowers E by about 0.0226"
        ("0.082167042", "0.082167041", True),  # the last digit
        ("0.5", "0.500000000", False),  # one digit is chance
        ("0.082667628", "0.082167041", False),
        ("0.298379325402942", "0.298379325", False),  # more digits than were asked for
        ("4.39e-6", "0.000438568", True),
        ("0", "0.000", False),
    ],
)
def test_what_tells_an_answer(number_: str, answer: str, same: bool) -> None:
    assert echoes(number(shown(number_)), number(shown(answer))) is same


def test_the_command_line_knows_the_same_orders() -> None:
    assert [order.value for order in FadeOrder] == list(ORDERS)


def test_a_number_as_it_is_printed() -> None:
    assert number(shown("-3.50e-5")) == (Fraction(-35, 10**6), Fraction(35, 10), 3, 7)
