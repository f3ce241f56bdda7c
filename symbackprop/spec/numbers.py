"""Exact numbers: what is written as 0.15 is 3/20, and never passes through a float.

    number  0.15 · 3 · 1e-3 · "3/20" · Decimal · Fraction      →  Fraction
    array   a number, or rows of arrays                         →  Fraction | tuple[Array, ...]
    written Fraction → "0.15", and "1/3" where no decimal ends

Sizes are looked at before any arithmetic is done: 30 digits, exponents to 64, 5,000,000 numbers, 8 axes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

MOST_DIGITS, MOST_EXPONENT, MOST_NUMBERS, MOST_AXES = 30, 64, 5_000_000, 8
MOST_TOLD = 10  # faults of one array; the eleventh wrong number helps nobody

Array: TypeAlias = Fraction | tuple["Array", ...]
Key = str | int
Path = tuple[Key, ...]

DECIMAL = re.compile(r"[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d[\d_]*)?", re.ASCII)
RATIO = re.compile(r"([-+]?\d+)/(\d+)", re.ASCII)
COMMA = re.compile(r"[-+]?\d+,\d+", re.ASCII)


class Refused(ValueError):
    """What was written cannot be used: one message for each place below it."""

    def __init__(self, *faults: str | tuple[Path, str]) -> None:
        self.faults = tuple(((), fault) if isinstance(fault, str) else fault for fault in faults)
        super().__init__("; ".join(message for _, message in self.faults))


@dataclass(frozen=True, slots=True)
class Written:
    """A number with a point or an exponent as TOML has it, digits untouched."""

    text: str


def number(value: object) -> Fraction:
    """The exact value.  Raises Refused."""
    match value:
        case bool():
            raise Refused(f"{str(value).lower()} is no number")
        case int():
            return _whole(value)
        case Fraction():
            return _ratio(value.numerator, value.denominator)
        case Decimal():
            return _decimal(value, str(value))
        case float():
            return _text(float.__repr__(value))  # NumPy's own float is a float whose repr is no number
        case Written():
            return _text(value.text)
        case str():
            return _text(value)
        case _ if hasattr(value, "tolist") and getattr(value, "shape", None) == ():  # a scalar of NumPy's
            return number(value.tolist())
    raise Refused(f"{named(value)} is no number; write a number such as 0.15")


def _text(text: str) -> Fraction:
    if text.lstrip("+-").lower() in ("nan", "inf", "infinity"):
        raise Refused(f"{text} cannot be computed with; write a finite number")
    if len(text) > 2 * MOST_EXPONENT:
        raise Refused(f"a number of {len(text)} characters; at most {MOST_DIGITS} digits are allowed")
    if ratio := RATIO.fullmatch(text):
        return _ratio(int(ratio[1]), int(ratio[2]))
    if COMMA.fullmatch(text):
        raise Refused(f"{quoted(text)} is no number; write a decimal point: {text.replace(',', '.')}")
    if not DECIMAL.fullmatch(text):
        raise Refused(f'{quoted(text)} is no number; write one such as 0.15 or, between quotes, "3/20"')
    try:
        return _decimal(Decimal(text), text)
    except ArithmeticError:  # an exponent that Decimal itself cannot hold
        raise Refused(f"{text}: the exponent may be at most {MOST_EXPONENT}") from None


def _decimal(value: Decimal, text: str) -> Fraction:
    if not value.is_finite():
        raise Refused(f"{text} cannot be computed with; write a finite number")
    if len(value.as_tuple().digits) > MOST_DIGITS:
        raise Refused(f"{text} has {len(value.as_tuple().digits)} digits; at most {MOST_DIGITS} are allowed")
    if abs(value.adjusted()) > MOST_EXPONENT:
        raise Refused(f"{text}: the exponent may be at most {MOST_EXPONENT}")
    return Fraction(value)


def _whole(value: int) -> Fraction:
    if abs(value).bit_length() > 100 or abs(value) >= 10**MOST_DIGITS:
        raise Refused(f"a whole number of more than {MOST_DIGITS} digits; write it with an exponent, such as 1.5e40")
    return Fraction(value)


def _ratio(above: int, below: int) -> Fraction:
    """A ratio may be as long as what `written` writes: both parts within the digits, or a decimal within its limits."""
    if below == 0:
        raise Refused("a ratio over zero is no number")
    if max(abs(above), below).bit_length() <= 100:
        return Fraction(above, below)
    value = Fraction(above, below)  # one gcd of numbers that exist already
    if written(value) is None:
        raise Refused(f"a ratio of more than {MOST_DIGITS} digits; write fewer")
    return value


def array(value: object) -> Array:
    """Numbers in rows, or one number; at most MOST_NUMBERS of them.  Raises Refused with a fault for each wrong one."""
    if hasattr(value, "tolist") and hasattr(value, "shape"):  # an array of NumPy's, or a tensor
        value = value.tolist() if _product(value.shape) <= MOST_NUMBERS else [0] * (MOST_NUMBERS + 1)
    if sum(_counts(value, 0)) > MOST_NUMBERS:
        raise Refused(f"more than {MOST_NUMBERS:,} numbers")
    faults: list[tuple[Path, str]] = []

    def read(part: object, at: Path) -> Array:
        if isinstance(part, list | tuple):
            return tuple(read(entry, (*at, k)) for k, entry in enumerate(part))
        try:
            return number(part)
        except Refused as refused:
            faults.append((at, str(refused)))
            return Fraction(0)

    out = read(value, ())
    if len(faults) > MOST_TOLD:
        faults[MOST_TOLD:] = [((), f"{len(faults) - MOST_TOLD} more entries are no numbers")]
    if faults:
        raise Refused(*faults)
    return out


def _counts(value: object, depth: int) -> Iterator[int]:
    if depth > MOST_AXES:
        raise Refused(f"rows within rows, more than {MOST_AXES} deep")
    if not isinstance(value, list | tuple):
        yield 1
    elif any(isinstance(part, list | tuple) for part in value):
        for part in value:
            yield from _counts(part, depth + 1)
    else:
        yield len(value)


def _product(sizes: Iterable[int]) -> int:
    out = 1
    for size in sizes:
        out *= int(size)
    return out


def shape(value: Array) -> tuple[int, ...] | None:
    """The sizes along the axes; None where rows differ in length."""
    if isinstance(value, Fraction):
        return ()
    shapes = {shape(row) for row in value}
    inner = shapes.pop() if shapes else ()
    return None if shapes or inner is None else (len(value), *inner)


def described(value: Array) -> str:
    """The shape in words: "one number", "a list of 3 numbers", "2 rows of 3", "rows of 2 and 3"."""
    match shape(value):
        case ():
            return "one number"
        case (n,):
            return f"a list of {counted(n, 'number')}"
        case (n, m):
            return rows(n, m)
        case None if not isinstance(value, Fraction) and all(isinstance(row, tuple) for row in value):
            lengths = list(dict.fromkeys(str(len(row)) for row in value if isinstance(row, tuple)))
            return "rows of " + _listed(lengths, "and") if len(lengths) > 1 else "rows of rows that differ in length"
        case None:
            return "numbers and rows mixed"
        case sizes:
            return "an array of " + " × ".join(map(str, sizes))


def rows(n: int, m: int) -> str:
    return f"{counted(n, 'row')} of {m}"


def counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _listed(words: list[str], last: str) -> str:
    shown = words if len(words) <= 4 else [*words[:3], "…"]
    return ", ".join(shown[:-1]) + f" {last} {shown[-1]}"


def written(value: Fraction) -> str | None:
    """The decimal that is this number, or "p/q" where no decimal ends; None where neither is within the limits."""
    twos, fives = _exponent(value.denominator, 2), _exponent(value.denominator, 5)
    if 2**twos * 5**fives == value.denominator:
        places = max(twos, fives)
        digits = value.numerator * (10**places // value.denominator)
        if (text := _plain(digits, places)) is not None:
            return text
    if max(abs(value.numerator), value.denominator) < 10**MOST_DIGITS:
        return f"{value.numerator}/{value.denominator}"
    return None


def _exponent(n: int, prime: int) -> int:
    """The power of a prime in n, as far as any double goes."""
    power = 0
    while n % prime == 0 and power < 1_100:
        n, power = n // prime, power + 1
    return power


def _plain(digits: int, places: int) -> str | None:
    """digits · 10^−places as a decimal within the limits."""
    if digits.bit_length() > 4_000:
        return None
    text = str(abs(digits))
    bare = text.rstrip("0") or "0"
    value = Decimal(f"{'-' * (digits < 0)}{bare}E{len(text) - len(bare) - places}")
    if len(bare) > MOST_DIGITS or abs(value.adjusted()) > MOST_EXPONENT:
        return None
    return format(value, "f") if -7 < value.adjusted() < 16 else format(value, "e")


def quoted(text: str, most: int = 40) -> str:
    """What was written, between quotes, cut where it is long."""
    return f"'{text[:most]}…'" if len(text) > most else f"'{text}'"


def named(value: object) -> str:
    """What was written, where it is of the wrong kind."""
    match value:
        case Written():
            return value.text[:40]
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case int() if abs(value).bit_length() <= 100:
            return str(value)
        case int():
            return "a very long number"
        case float():
            return float.__repr__(value)
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
    return f"a {type(value).__name__}"
