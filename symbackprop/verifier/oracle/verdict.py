"""Holding what is given against what a route finds, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from symbackprop.verifier.oracle.algebra import MP, exactly
from symbackprop.verifier.oracle.interpret import Key
from symbackprop.verifier.oracle.steps import Entries, Slopes

# An error is relative to the slope itself, but to no less than this part of the largest one: what cancels to 0 in one
# place comes out as rounding in another.
SMALL, SMALL_FLOAT = MP.mpf("1e-6"), MP.mpf("1e-3")
FLOAT_DIGITS = 10  # what a slope given as a double is held to
SPARE = 2  # what a slope given as k printed digits is held to: k − 2


@dataclass(frozen=True)
class Disagreement:
    """∂E/∂name[at]: what was given and what the route found."""

    name: str
    at: Key
    given: str
    found: str
    digits: int

    def __str__(self) -> str:
        where = self.name + (f"[{','.join(map(str, self.at))}]" if self.at else "")
        agree = f"they agree to {self.digits} digits" if self.digits > 0 else "not one digit agrees"
        return f"dE/d{where}: given {self.given}, found {self.found}; {agree}"


@dataclass(frozen=True)
class Outcome:
    """What one route says; `why_not` where it did not run."""

    route: str
    why_not: str = ""
    entries: int = 0  # compared
    digits: int = 0  # that agree in the worst entry, up to the route's own precision
    on_kinks: int = 0
    first: Disagreement | None = None


@dataclass(frozen=True)
class Verdict:
    """What all routes say of the gradients of one problem."""

    outcomes: tuple[Outcome, ...]
    drawn: tuple[str, ...]  # leaves that the problem leaves open, and that got test points
    compared: int  # entries that were held against the routes
    total: int  # entries that were given
    missing: tuple[str, ...]  # parameters whose gradient was not given

    @property
    def agrees(self) -> bool:
        """Every route that ran finds what was given, and at least one ran."""
        ran = [o for o in self.outcomes if not o.why_not]
        return bool(ran) and not self.missing and all(o.first is None for o in ran)

    @property
    def exit_status(self) -> int:
        return 0 if self.agrees else 1


def outcome(route: str, digits: int, needed: int, given: Mapping[str, Any], wanted: Entries, slopes: Slopes) -> Outcome:
    """Compare; a route is right to `digits`, and less than `needed` of them are a disagreement."""
    largest = max((abs(end) for s in slopes.values() if s for end in map(MP.mpf, s)), default=MP.mpf(0))
    worst, first, count = MP.mpf(0), None, 0
    for name, keys in wanted.items():
        for key in keys:
            found = slopes.get((name, key))
            if found is None:
                continue
            count += 1
            entry = entry_of(given[name], key)
            number, precision = number_of(entry, name)
            held = min(needed, precision)
            small = SMALL if held > FLOAT_DIGITS else SMALL_FLOAT
            off = _off(number, MP.mpf(found[0]), MP.mpf(found[1]), small * largest)
            worst = max(worst, off)
            if first is None and _agreed(off) < held:
                nearest = found[0] if number <= found[0] else found[1]
                first = Disagreement(name, key, _shown(number), _shown(nearest), _agreed(off))
    return Outcome(route, entries=count, digits=max(0, min(digits, _agreed(worst))), first=first)


def _off(number: Any, low: Any, high: Any, least: Any) -> Any:
    """The relative error; none between low and high."""
    if not MP.isfinite(number) or not MP.isfinite(low) or not MP.isfinite(high):
        return MP.inf
    distance = max(low - number, number - high, MP.mpf(0))
    size = max(abs(low), abs(high), least)
    return distance / size if size else (MP.inf if distance else MP.mpf(0))


def _agreed(off: Any) -> int:
    if off == MP.inf:
        return 0
    return 1000 if off == 0 else int(MP.floor(-MP.log10(off)))


def _shown(number: Any) -> str:
    return str(MP.nstr(MP.mpf(number), 30))


def fit(given: Any, shape: tuple[int, ...], name: str) -> None:
    """Every entry must be there, and no others.

    Raises ValueError where a gradient has another shape than its quantity.
    """
    if _shape(given) != shape:
        ours, theirs = (" × ".join(map(str, s)) or "one number" for s in (shape, _shape(given)))
        raise ValueError(f"the gradient of {name} must have the shape of {name}, {ours}; it is {theirs}")


def _shape(given: Any) -> tuple[int | str, ...]:
    if isinstance(given, str) or not hasattr(given, "__len__"):
        return ()
    below = {_shape(part) for part in given}
    return (len(given), *(below.pop() if len(below) == 1 else ("uneven",) if below else ()))


def entry_of(given: Any, key: Key) -> Any:
    for k in key:
        given = given[k]
    return given


def number_of(entry: Any, name: str) -> tuple[Any, int]:
    """The number and how many of its digits count."""
    if isinstance(entry, Fraction | int):
        return exactly(Fraction(entry)), 1000
    if isinstance(entry, float):
        return MP.mpf(float(entry)), FLOAT_DIGITS
    if isinstance(entry, str | Decimal):
        text = str(entry)
        digits = len(text.lower().split("e")[0].lstrip("+-0.").replace(".", ""))
        return MP.mpf(text), max(1, digits - SPARE)
    if hasattr(entry, "_mpf_"):
        return MP.make_mpf(entry._mpf_), 1000
    if hasattr(entry, "_mpi_"):  # an interval of mpmath: its middle
        low, high = map(MP.make_mpf, entry._mpi_)
        return (low + high) / 2, 1000
    if hasattr(entry, "mid"):  # a ball of python-flint: its middle, exactly
        mantissa, exponent = entry.mid().man_exp()
        return MP.ldexp(MP.mpf(int(mantissa)), int(exponent)), 1000
    raise ValueError(f"the gradient of {name} holds {type(entry).__name__}, which is no number here")
