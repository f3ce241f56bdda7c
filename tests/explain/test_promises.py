"""What every worked solution promises, on networks of every sort and in both languages, read off its tree."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from networks import RECURRENT
from test_recompute import chains, failures

import symbackprop as sb
from symbackprop.document import Box, Cite, Document, Equation, Figure, Heading, Line, Listing, Paragraph, Text, blocks
from symbackprop.errors import SymbackpropError
from symbackprop.explain.account import MOST_ENTRIES
from symbackprop.explain.arithmetic import depth, operation, stages
from symbackprop.form import Form, add, div, fn, mul, num, power, ref, shown, walk
from symbackprop.language import text
from symbackprop.spec import loads

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NETWORKS = ["mazur", "softmax", "cnn", "rnn", "batchnorm", "batch", "equations", "recurrent"]
SUBGOALS = ["given", "forward", "error", "output", "back", "gradients", "update", "check"]
CONVENTIONS = 7
MOST_LINES = 7

every = pytest.mark.parametrize(("name", "lang"), [(n, lang) for n in NETWORKS for lang in ("en", "id")])


@cache
def derived(name: str) -> Any:
    spec = RECURRENT if name == "recurrent" else (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    return sb.derive(loads(spec.partition("[source]")[0]))


@cache
def solved(name: str, lang: str = "en", **how: Any) -> Any:
    return sb.solution(derived(name), lang=lang, **how)


def document(name: str, lang: str = "en", **how: Any) -> Document:
    made: Document = solved(name, lang, **how).document
    return made


def displays(of: Document) -> list[Equation]:
    return [b for b in blocks(of) if isinstance(b, Equation)]


def headings(of: Document, level: int) -> list[str]:
    found = (b.content for b in of.blocks if isinstance(b, Heading) and b.level == level)
    return ["".join(part.text for part in content if isinstance(part, Text)) for content in found]


def symbolic(form: Form) -> bool:
    return any(f.op == "symbol" for f in walk(form))


# ---- subgoals and conventions ------------------------------------------------------------------------------------


@every
def test_the_subgoals_are_the_same_everywhere(name: str, lang: str) -> None:
    assert headings(document(name, lang), 2) == [text(lang, f"solution.{key}") for key in SUBGOALS]


@every
def test_the_conventions_come_before_any_display(name: str, lang: str) -> None:
    made = document(name, lang)
    kinds = [b for b in made.blocks if isinstance(b, Equation) or (isinstance(b, Box) and b.kind == "conventions")]
    assert isinstance(kinds[0], Box)
    (listing,) = kinds[0].blocks
    assert isinstance(listing, Listing)
    assert len(listing.items) >= CONVENTIONS


# ---- displays ----------------------------------------------------------------------------------------------------


@every
def test_every_line_has_a_reason_and_a_display_is_short(name: str, lang: str) -> None:
    for display in displays(document(name, lang)):
        assert all(line.why for line in display.lines)
        assert len(display.lines) <= MOST_LINES


@every
def test_cites_lead_back_to_displays_that_are_there(name: str, lang: str) -> None:
    seen: set[int] = set()
    for display in displays(document(name, lang)):
        for line in display.lines:
            cited = {part.target for part in line.why if isinstance(part, Cite)}
            assert cited <= seen
        if display.number is not None:
            seen.add(display.number)


@every
def test_a_line_does_no_more_than_two_operations(name: str, lang: str) -> None:
    """The depth of a line of numbers, less that of the next, as far as the next is not the value of a whole term."""
    for display in displays(document(name, lang)):
        numbers = [line.right for line in display.lines if not symbolic(line.right) and line.rel == "="]
        for one, other in pairwise(numbers):
            assert _steps(one, other) <= 2, (display.number, one)


def _steps(one: Form, other: Form) -> int:
    """How deep the parts are that one line has worked out of the line before."""
    if other.op == "shown" or one.op != other.op or len(one.forms) != len(other.forms):
        return depth(one) if one.op != "cases" else min(depth(one), 2)
    return max((_steps(a, b) for a, b in zip(one.forms, other.forms, strict=True)), default=0)


@every
def test_numbers_come_after_symbols_and_the_value_is_last(name: str, lang: str) -> None:
    for display in displays(document(name, lang)):
        kinds = [symbolic(line.right) for line in display.lines]
        assert kinds == sorted(kinds, reverse=True)
        assert display.number is None or display.lines[-1].right.op in ("shown", "num") or all(kinds)


@every
def test_every_numeric_line_recomputes(name: str, lang: str) -> None:
    checked, wrong = failures(chains(str(solved(name, lang).render("markdown"))), solved(name, lang).digits)
    assert wrong == []
    assert checked > 30


# ---- plan and ways -----------------------------------------------------------------------------------------------


def parts(of: Document) -> Iterator[tuple[int, Any]]:
    """Each block with the number of its subgoal."""
    at = -1
    for block in of.blocks:
        at += isinstance(block, Heading) and block.level == 2
        yield at, block


@every
def test_a_plan_in_symbols_with_its_picture_precedes_any_number(name: str, lang: str) -> None:
    for goal in (SUBGOALS.index("output"), SUBGOALS.index("back")):
        told = [b for at, b in parts(document(name, lang)) if at == goal]
        first = next(b for b in told if isinstance(b, Equation))
        assert all(symbolic(line.right) for line in first.lines)
        assert any(isinstance(b, Figure) for b in told[: told.index(first)])


def test_the_plan_of_mazur_has_a_summand_for_each_way() -> None:
    told = [b for at, b in parts(document("mazur")) if at == SUBGOALS.index("back")]
    plan = next(b for b in told if isinstance(b, Equation))
    figure = next(b for b in told if isinstance(b, Figure))
    last = plan.lines[-1].right
    assert last.op == "add"
    assert len(last.forms) == len({e.path for e in figure.edges if e.path} - {0}) == 2


@pytest.mark.parametrize("name", ["rnn", "recurrent", "batchnorm"])
def test_ways_are_summands_and_each_has_its_value(name: str) -> None:
    several = [d for d in displays(document(name)) if d.number and d.lines[0].right.op == "add" and len(d.lines) > 3]
    assert several
    assert any(d.lines[-2].why == (Text(text("en", "why.each-way")),) for d in several)


# ---- questions, interpretation, check ----------------------------------------------------------------------------


@every
def test_questions_have_answers(name: str, lang: str) -> None:
    boxes = [b for b in blocks(document(name, lang)) if isinstance(b, Box)]
    asked, answered = ([b for b in boxes if b.kind == kind] for kind in ("question", "answer"))
    assert len(asked) == len(answered) >= 3


@every
def test_every_group_of_parameters_is_read_in_words(name: str, lang: str) -> None:
    start = text(lang, "meaning.up", weight="\0", step="", change="", error="").partition("\0")[0]
    made = document(name, lang)
    told = [b for at, b in parts(made) if at == SUBGOALS.index("gradients") and isinstance(b, Paragraph)]
    said = [b for b in told if isinstance(b.content[0], Text) and b.content[0].text.startswith(start.split(",")[0][:6])]
    assert len(said) == len(derived(name).problem.parameters)


@every
def test_the_check_says_what_would_be_wrong(name: str, lang: str) -> None:
    said = str(solved(name, lang).render("markdown"))
    for key in ("check.tolerance", "meaning.heading"):
        assert text(lang, key) in said


# ---- detail, units, readings -------------------------------------------------------------------------------------


def test_brief_is_displays_alone() -> None:
    made = document("mazur", detail="brief")
    assert not [b for b in made.blocks if isinstance(b, Paragraph)]
    assert {b.kind for b in made.blocks if isinstance(b, Box)} == {"conventions"}
    assert all(len(d.lines) <= 3 for d in displays(made) if d.number)
    assert len([d for d in displays(made) if d.number]) < 50
    assert headings(made, 2) == headings(document("mazur"), 2)


def test_a_detail_that_there_is_not() -> None:
    with pytest.raises(SymbackpropError, match="no detail is called 'long'; there are brief, normal, full"):
        sb.solution(derived("mazur"), detail="long")


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("name", NETWORKS)
def test_full_derives_each_kind_of_local_factor_once(name: str, lang: str) -> None:
    normal, full = displays(document(name, lang)), displays(document(name, lang, detail="full"))
    assert len(full) > len(normal)
    assert all(len(d.lines) <= MOST_LINES and all(line.why for line in d.lines) for d in full)
    told = [d.lines for d in full]
    assert len({d[0].right for d in told if d[0].right.op == "partial"}) == sum(
        d[0].right.op == "partial" for d in told
    )


def test_full_has_the_lines_of_mazur() -> None:
    """2 · ½(target − out)^(2 − 1) · (−1) + 0, and 1 · out · w^(1 − 1) + 0 + 0."""
    said = str(solved("mazur", detail="full").render("markdown"))
    assert r"^{2 - 1} \cdot (-1) + 0" in said
    assert r"1 \cdot \mathrm{out}_{h1} \cdot w_{5}^{1 - 1} + 0 + 0" in said


def wide(units: int = MOST_ENTRIES + 6) -> Any:
    weights = [[f"0.{j + 1:02}" for _ in range(2)] for j in range(units)]
    second = [["0.01"] * units] * 2
    layers = f"""
[[network.layers]]
units = {units}
activation = "tanh"
weights = {str(weights).replace("'", "")}
biases = {[0] * units}
[[network.layers]]
units = 2
activation = "tanh"
weights = {str(second).replace("'", "")}
biases = [0, 0]
"""
    head = '[network]\ninputs = 2\nloss = "half-squared-error"\n'
    data = "[data]\ninputs = [[1, 2]]\ntargets = [[0, 1]]\n[training]\nrate = 0.1\n"
    return sb.derive(loads(head + layers + data))


def test_units_of_a_large_network_are_told_when_asked_for() -> None:
    derivation = wide()
    few, more = (displays(sb.solution(derivation, units=units).document) for units in ((), ("h17", "W1[16,1]")))
    lefts = [{d.lines[0].left for d in some} for some in (few, more)]
    assert lefts[0] < lefts[1]
    names = derivation.names()
    asked = [ref("z1", 16), ref("a1", 16), Form("adjoint", ref("z1", 16).args), Form("adjoint", ref("W1", 16, 1).args)]
    for entry in asked:
        assert names.spelled(entry) in lefts[1] - lefts[0]


def test_a_unit_that_there_is_not() -> None:
    with pytest.raises(SymbackpropError, match="no unit or quantity is called 'h9'; did you mean"):
        sb.solution(derived("mazur"), units=["h9"])


def test_readings_point_at_one_another() -> None:
    made = displays(document("mazur", readings=("unit", "index", "matrix")))
    cites = {
        d.number: {p.target for line in d.lines for p in line.why if isinstance(p, Cite)} for d in made if d.number
    }
    first, index, matrix = (next(d.number for d in made if d.number and d.number > least) for least in (0, 43, 60))
    assert {index, matrix} <= cites[first]
    assert first in cites[index]
    assert {first, index} <= cites[matrix]


# ---- the arithmetic in between -----------------------------------------------------------------------------------


def test_a_weighted_sum_is_one_operation() -> None:
    x, y = shown("0.5"), shown("2")
    assert depth(x) == depth(-x) == 0
    assert depth(add(mul(x, y), mul(y, x), x)) == 1
    assert depth(div(num(1), add(num(1), fn("exp", -x)))) == 3
    assert depth(power(add(x, y), num(2))) == 2


def test_stages_stop_two_operations_before_the_value() -> None:
    sigmoid = div(num(1), add(num(1), fn("exp", ref("z"))))
    (between,) = stages(sigmoid, lambda f: shown("7"), lambda c: True)
    assert between == div(num(1), add(num(1), shown("7")))
    assert list(stages(add(ref("z"), num(1)), lambda f: shown("7"), lambda c: True)) == []
    assert operation(between) == "quotient"


def test_lines_are_of_the_document() -> None:
    """A line without a left side goes on from above."""
    assert all(isinstance(line, Line) for d in displays(document("mazur")) for line in d.lines)
    assert all(d.lines[0].left is not None for d in displays(document("mazur")))
