"""What a differentiated line leaves out: terms that are 0, factors that are 1, exponents 2 − 1, signs in a product.

Three lines, as on paper: what stands inside a product, 0 − 1 as −1; then all that is 0 or 1; then equal factors as a
power.  Arguments of functions stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from symbackprop.derivation.walk import Chain
from symbackprop.form import ONE, ZERO, Form, add, div, neg, num, over, power, ref, replaced, walk


def inner(form: Form) -> Form:
    """Sums of numbers inside products: 2·x·(0 − 1) + 0 is 2·x·(−1) + 0."""
    return form.map(_inner) if form.op == "add" else _inner(form)


def _inner(f: Form) -> Form:
    if f.op in KEPT or not f.forms:
        return f
    if f.op == "pow":
        return power(_inner(f.forms[0]), f.forms[1])
    below = f.map(_inner)
    numbers = [n for n in map(number, below.forms) if n is not None]
    return _sum(below) if f.op == "add" and (0 in numbers or len(numbers) > 1) else below


def folded(form: Form) -> Form:
    """Everything left out that a product or sum does not need."""
    return _folded(form, lambda chain: chain)


def collected(form: Form) -> Form:
    """Equal factors as a power: x·x is x², and x/x² is 1/x."""
    return _folded(form, Chain.tidy)


Tidy = Callable[[Chain], Chain]


def _folded(f: Form, tidy: Tidy) -> Form:
    if f.op in KEPT or not f.forms:
        return f
    below = f.map(lambda x: _folded(x, tidy))
    if f.op == "over":
        return ZERO if below.forms[0] == ZERO else over(below.forms[0], *f.axes)
    if f.op == "add":
        return _sum(below)
    if f.op == "pow":
        return _power(below)
    return _product(below, tidy) if f.op in ("neg", "mul", "div") else below


SHORT = 10**9
KEPT = frozenset({"fn", "compare", "partial"})


def number(f: Form) -> Fraction | None:
    """The number that the form is: 2, −1."""
    if f.op == "num":
        return f.number
    below = number(f.forms[0]) if f.op == "neg" else None
    return None if below is None else -below


def signed(n: Fraction) -> Form:
    return num(n) if n >= 0 else neg(num(-n))


def _sum(f: Form) -> Form:
    """Zeros left out, numbers together at the place of the first, x − x left out."""
    kept = list[Form]()
    total, place = Fraction(0), None
    for x in _terms(f):
        n = number(x)
        if n is not None:
            place = len(kept) if place is None else place
            total += n
        elif (opposite := x.forms[0] if x.op == "neg" else neg(x)) in kept:
            where = kept.index(opposite)
            del kept[where]
            place = place - 1 if place is not None and where < place else place
        else:
            kept.append(x)
    if total:
        kept.insert(place or 0, signed(total))
    return add(*kept) if kept else ZERO


def _terms(f: Form) -> Iterator[Form]:
    for x in f.forms:
        if x.op == "add":
            yield from _terms(x)
        else:
            yield x


def _power(f: Form) -> Form:
    base, exponent = f.forms
    n = number(exponent)
    return ONE if n == 0 else base if n == 1 else f if n is None else power(base, signed(n))


def _product(f: Form, tidy: Tidy) -> Form:
    """Sign and number in front, what is divided by below one line; a number of many digits stays as it is."""
    held = {x: ref("number", k) for k, x in enumerate(walk(f)) if x.op == "num" and x.number.denominator > SHORT}
    short = replaced(f, held.get)
    back = {stand_in: x for x, stand_in in held.items()}
    return replaced(tidy(Chain().times(*_factors(short))).form, back.get)


def _factors(f: Form) -> Iterator[Form]:
    if f.op == "neg":
        yield num(-1)
        yield from _factors(f.forms[0])
    elif f.op == "mul":
        for x in f.forms:
            yield from _factors(x)
    elif f.op == "div":
        yield from _factors(f.forms[0])
        for x in _factors(f.forms[1]):
            yield num(1 / x.number) if x.op == "num" else div(ONE, x)
    else:
        yield f
