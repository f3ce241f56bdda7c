"""Print, read, the same: all that our writers emit as Markdown and LaTeX reads back as the Forms that were printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import product
from math import comb
from pathlib import Path

import pytest
from reader_laws import canonical

import symbackprop as sb
from symbackprop.document import Equation, Math
from symbackprop.form import ENTRIES, Form, Index, adjoint, replaced, symbol, walk
from symbackprop.readings import index, matrix, unit
from symbackprop.readings.names import Names
from symbackprop.tables.notations import NOTATIONS
from symbackprop.verifier.claims import lines
from symbackprop.verifier.glossary import glossary
from symbackprop.writers.math import printed

DENSE = ["mazur", "batch", "softmax"]
OWN = ["equations", "rnn", "batchnorm", "cnn"]
CASES = [(e, n) for e in DENSE for n in NOTATIONS] + [(e, "mazur") for e in OWN]


@cache
def derivation(checkout: Path, example: str) -> sb.Derivation:
    return sb.derive(checkout / "examples" / f"{example}.toml")


def told(part: object) -> Iterator[tuple[Form, str, Form]]:
    """Every relation of a document, in the order of reading; a line without a left side goes on from the one above."""
    if isinstance(part, Equation):
        left = part.lines[0].left
        for line in part.lines:
            left = left if line.left is None else line.left
            assert left is not None
            yield left, line.rel, line.right
            left = line.right
            yield from told(line.why)
    elif isinstance(part, Math):
        if part.right is not None and part.form != symbol("h"):  # the step of the check
            yield part.form, part.rel, part.right
    elif isinstance(part, tuple):
        for one in part:
            yield from told(one)
    elif is_dataclass(part) and not isinstance(part, Form):
        for f in fields(part):
            yield from told(getattr(part, f.name))


def deltas(names: Names) -> dict[Form, Form | None]:
    """∂E/∂z as the δ that it is."""
    out = {}
    for name in names.graph.shapes:
        if names.kind(name)[0] == "pre":
            for at in product(*(range(int(n)) for n in names.graph.full_shape(name))):
                entry = adjoint(name, *at)
                out[names.derivative(entry)] = names.spell(entry)
    return out


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize(("example", "notation"), CASES)
def test_a_solution_reads_back_as_it_was_printed(checkout: Path, example: str, notation: str, lang: str) -> None:
    d = derivation(checkout, example)
    names = d.names(notation)
    solution = sb.solution(d, lang=lang, notation=notation)
    known, table = glossary(names, d.derivation), deltas(names)

    def same(f: Form) -> Form:
        return canonical(replaced(f, table.get))

    want = [(same(left), rel, same(right)) for left, rel, right in told(solution.document)]
    for format in ("markdown", "latex"):
        found = lines(str(solution.render(format)), known)
        assert not found.unread
        have = [(same(names.spelled(c.left)), c.rel, same(names.spelled(c.right))) for c in found.claims]
        general = [any(f.op == "over" for f in walk(right)) for _, _, right in want]  # read, a sum is written out
        assert [h[:2] if g else h for h, g in zip(have, general, strict=True)] == [
            w[:2] if g else w for w, g in zip(want, general, strict=True)
        ]


# --- the general case: what is read is worked out entry by entry and compared by its value --------------------------

PRIME = 2**61 - 1


def drawn(*what: object) -> int:
    return int.from_bytes(sha256(repr(what).encode()).digest()[:7], "big")


def value(f: Form) -> int:
    """A Form's value in a prime field, with a number of its own for each entry and each function at each number."""
    below = [value(x) for x in f.forms] if f.op not in ("over", "along") else []
    match f.op:
        case "num":
            return f.number.numerator * pow(f.number.denominator, -1, PRIME) % PRIME
        case "shown":
            n = Fraction(str(f.args[0]))
            return n.numerator * pow(n.denominator, -1, PRIME) % PRIME
        case "neg":
            return -below[0] % PRIME
        case "add":
            return sum(below) % PRIME
        case "mul":
            out = 1
            for x in below:
                out = out * x % PRIME
            return out
        case "div":
            return below[0] * pow(below[1], -1, PRIME) % PRIME
        case "pow":
            n = f.forms[1]
            return pow(below[0], int(n.number), PRIME) if n.op == "num" and n.number.denominator == 1 else drawn(*below)
        case "over" | "along" | "same" | "within":
            return value(unit.written_out(f))
        case op if op in ENTRIES or op == "hyper":
            return drawn(f.op, f.args)
        case _:
            return drawn(f.op, *(x for x in f.args if not isinstance(x, Form)), *below)


def test_the_value_tells_formulas_apart() -> None:
    x, y = adjoint("x"), adjoint("y")
    assert value((x + y) ** 2) == value(x**2 + comb(2, 1) * x * y + y * y) != value(x**2 + y**2)


def entries_of(claim: object, at: tuple[int, ...]) -> tuple[Form, Form]:
    given = dict(zip((a.var for a in claim.free), map(Index, at), strict=True))  # type: ignore[attr-defined]
    return tuple(unit.written_out(x.where(given)) for x in (claim.left, claim.right))  # type: ignore[attr-defined,return-value]


@pytest.mark.parametrize("target", ["latex", "markdown", "plain"])
@pytest.mark.parametrize(("example", "notation"), [c for c in CASES if c[0] not in ("cnn", "batchnorm")])
def test_the_index_reading_reads_back(checkout: Path, example: str, notation: str, target: str) -> None:
    d = derivation(checkout, example)
    names = d.names(notation)
    general, known = names.general_case(), glossary(names, d.derivation)
    read = 0
    for step in d.steps:
        if step.left.op == "adjoint" and step.of in (*names.problem.targets, d.derivation.graph.error):
            continue
        left, right = index.reading(step)
        text = " = ".join(printed(general.spelled(f), target) for f in (left, right))
        found = lines(text if target == "plain" else f"$${text}$$", known)
        assert not found.unread, (text, found.unread)
        (claim,) = found.claims
        read += 1
        for at in unit.entries(step.axes):
            order = [claim.free.index(next(a for a in claim.free if a.var == v)) for v in left_letters(left)]
            here = [0] * len(claim.free)
            for k, n in zip(order, at, strict=True):
                here[k] = n
            one, other = entries_of(claim, tuple(here))
            assert value(one) == value(unit.left(step, at)), text
            assert value(other) == value(unit.right(step, at)), text
    assert read


def left_letters(left: Form) -> list[str]:
    return [v for i in left.at for v in i.variables]


@pytest.mark.parametrize("target", ["latex", "markdown"])
@pytest.mark.parametrize(("example", "notation"), [(e, n) for e in DENSE for n in NOTATIONS])
def test_the_matrix_reading_reads_back(checkout: Path, example: str, notation: str, target: str) -> None:
    d = derivation(checkout, example)
    names = d.names(notation)
    known = glossary(names, d.derivation)
    read = 0
    for step in d.steps:
        form = matrix.reading(step, d.derivation)
        if form is None or (step.left.op == "adjoint" and step.of in ("t", "x", "E", "Ek")):
            continue
        left = Form(step.left.op, (step.left.name,))
        text = " = ".join(printed(names.whole(f), target) for f in (left, form))
        found = lines(f"$${text}$$", known)
        assert not found.unread, (text, found.unread)
        (claim,) = found.claims
        read += 1
        for at in unit.entries(step.axes):
            sizes = [a.size for a in claim.free]
            whole = list(at)
            here = tuple(0 if n == 1 and len(sizes) > len(whole) else whole.pop(0) for n in sizes)
            one, other = entries_of(claim, here)
            assert value(one) == value(unit.left(step, at)), text
            assert value(other) == value(unit.right(step, at)), text
    assert read
