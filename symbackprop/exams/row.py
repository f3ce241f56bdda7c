"""One accepted candidate: its numbers, as doubles and, where a printed digit is in doubt, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from math import floor
from typing import Any

from symbackprop.exams.numbers import Numbers
from symbackprop.exams.plan import Topology
from symbackprop.exams.separate import Separation, decimal, magnitude
from symbackprop.form import Form
from symbackprop.numeric.entry import value_of
from symbackprop.numeric.exact import evaluate
from symbackprop.numeric.field import Field, PrecisionNeeded, ends, field
from symbackprop.numeric.line import key
from symbackprop.numeric.rounding import digits, point, rounded
from symbackprop.numeric.schedule import hypers
from symbackprop.spec.problem import Problem

LEAST = -4  # a smaller power of ten is printed
TIE = 1e-6  # of a last digit: nearer to a tie, the exact number decides
SURE = 1e8  # up to so many units of the last digit a double says what it is to TIE


class Row:
    """The numbers of one candidate of a block."""

    def __init__(
        self, numbers: Numbers, values: Mapping[int, Any], parts: tuple[Separation, ...], at: int, chosen: Any
    ) -> None:
        self.numbers, self.values, self.parts, self.at, self.chosen = numbers, values, parts, at, chosen

    @property
    def topology(self) -> Topology:
        return self.numbers.topology

    @cached_property
    def problem(self) -> Problem:
        values = self.topology.values(self.numbers.grids.drawn(self.chosen))
        return self.topology.problem.replace(values=values)

    def given(self, entry: Form) -> Fraction:
        """A number that is given, exactly."""
        found = self.problem.values[entry.name]
        for i in entry.at:
            found = found[i.const]  # type: ignore[index]
        assert isinstance(found, Fraction)
        return found

    # ---- numbers -------------------------------------------------------------------------------------------------

    def double(self, node: int) -> float:
        return float(self.values[node][self.at])

    @cached_property
    def keys(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """Each key with its tolerance."""
        return tuple(self._key(k) for k in range(len(self.parts)))

    def _key(self, item: int) -> tuple[Decimal, Decimal]:
        part, own = self.parts[item], self.numbers.items[item]
        places = int(part.decimals[self.at])
        text = self.decimals(self.double(own.node), places, own.wanted.form)
        return Decimal(text), decimal(part.tolerance[self.at], part.power[self.at])

    def decimals(self, x: float, places: int, form: Form | None) -> str:
        """The number with so many decimals, half away from zero."""
        scaled = abs(x) * 10.0**places
        whole = floor(scaled)
        rest = scaled - whole
        if form is None or (scaled < SURE and abs(rest - 0.5) > TIE):
            n = whole + (rest >= 0.5)
            return point(-n if x < 0 else n, places)
        return point(exactly(self.exact(form), places, lambda bits: self.exact(form, bits)), places)

    def shown(self, node: int, form: Form | None, places: int) -> str:
        """As it is shown on the way: so many decimals, below 0.1 so many significant digits; what is given, as it is.

        Without a form it is a number that follows from a mistake.
        """
        if form is not None and self.numbers.tape.nodes[node][0] in ("leaf", "num"):
            drawn = form.op == "ref" and form.name in self.problem.values
            return as_given(self.given(form), places) if drawn else self.constant(form, places)
        x = self.double(node)
        if x == 0:
            return "0"
        power = int(magnitude(x))
        if power >= -1:
            return self.decimals(x, places, form)
        if power >= LEAST:
            return self.decimals(x, places - 1 - power, form)
        return digits(Fraction(x) if form is None else self.exact(form), significant=places).text

    def constant(self, form: Form, places: int) -> str:
        """A number that is the same in all variants: the rate, what an optimizer remembers at first."""
        said = self.numbers.said
        if (form, places) not in said:
            said[form, places] = digits(self.exact(form), places).text
        return said[form, places]

    def exact(self, form: Form, bits: int | None = None) -> Any:
        """The value of a form, exactly or as an enclosure."""
        numbers: Field = field(bits) if bits else field()
        results = self._results if bits is None else self._evaluated(numbers)
        known = hypers(self.problem.training, 0, numbers)

        def lookup(f: Form) -> Any:
            if f.op == "hyper":
                return numbers.out(known[f.name])
            found = results[key(f)]
            for i in f.at:
                found = found[i.const]
            return found

        return value_of(form, lookup, numbers)

    @cached_property
    def _results(self) -> dict[Any, Any]:
        return self._evaluated(field())

    def _evaluated(self, numbers: Field) -> dict[Any, Any]:
        training = self.problem.training if self.problem.training.rate is not None else None
        return evaluate(self.topology.steps, self.problem.values, training, numbers=numbers)


@lru_cache(65536)
def as_given(x: Fraction, places: int) -> str:
    """A number that is given, as it is; the same ones come again and again."""
    return digits(x, places).text


def exactly(value: Any, places: int, again: Any) -> int:
    """value · 10^places to the nearest whole number; with more digits where an enclosure leaves it open."""
    for bits in (None, 400, 1600):
        low, high = ends(value if bits is None else again(bits))
        one, other = rounded(Fraction(low), places), rounded(Fraction(high), places)
        if one == other:
            return one
    raise PrecisionNeeded(f"{value} leaves its digits open")
