"""Forms rearranged for a machine: signs and numbers in one place, sums that Kronecker's δ or a constant make shorter.

−(t − a)·s         (a − t)·s                      a difference is turned, no negation is left
Σ_i ½·x_i          ½·Σ_i x_i                      what does not change along a sum stands before it
Σ_j x_j(δ_ij − p)  x_i − p·Σ_j x_j                δ takes its sum away
(t/a)·a            t                              a product takes its divisor away
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from symbackprop.form import ONE, ZERO, Axis, Form, Given, add, div, free, mul, neg, num, over, power, size, walk
from symbackprop.numeric.line import Line
from symbackprop.numeric.share import renamed

Signed = tuple[Fraction, Form]  # a number and the form behind it
UNIT = Fraction(1)


def tidy(f: Form) -> Form:
    return whole(*signed(f))


def signed(f: Form) -> Signed:
    return RULES.get(f.op, _other)(f)


def whole(c: Fraction, f: Form) -> Form:
    """c · f as one form, without a negation where a difference can be turned instead."""
    if c == 0:
        return ZERO
    if f == ONE:
        return num(c)
    if c == 1:
        return f
    if c == -1:
        return turned(f) or neg(f)
    return mul(num(c), *(f.forms if f.op == "mul" else (f,)))


def turned(f: Form) -> Form | None:
    """−f, where that costs nothing."""
    if f.op == "num":
        return num(-f.number)
    if f.op == "neg":
        return f.forms[0]
    if f.op == "add" and any(x.op == "neg" or (x.op == "num" and x.number < 0) for x in f.forms[1:]):
        flipped = [turned(x) or neg(x) for x in f.forms]
        return _sum(flipped)
    if f.op in ("mul", "div"):
        for k, x in enumerate(f.forms):
            if (other := turned(x)) is not None:
                return Form(f.op, (*f.forms[:k], other, *f.forms[k + 1 :]))
    if f.op == "over" and (inside := turned(f.forms[0])) is not None:
        return Form("over", (inside, *f.axes))
    return None


def _sum(terms: Iterable[Form]) -> Form:
    """Positive terms first: the one in front costs a negation otherwise."""
    terms = [neg(num(-t.number)) if t.op == "num" and t.number < 0 else t for t in terms if t != ZERO]
    front = next((t for t in terms if t.op != "neg"), None)
    if front is not None and terms[0].op == "neg":
        terms.remove(front)
        terms.insert(0, front)
    return add(*terms) if terms else ZERO


def _other(f: Form) -> Signed:
    return UNIT, f.map(tidy)


def _neg(f: Form) -> Signed:
    c, x = signed(f.forms[0])
    return -c, x


def _add(f: Form) -> Signed:
    terms = [whole(*signed(x)) for x in f.forms]
    flat = [y for x in terms for y in (x.forms if x.op == "add" else (x,))]
    if all(x.op == "neg" for x in flat):
        return Fraction(-1), _sum(x.forms[0] for x in flat)
    return UNIT, _sum(flat)


def _mul(f: Form) -> Signed:
    return product(signed(x) for x in f.forms)


def product(parts: Iterable[Signed]) -> Signed:
    """c · up · up / (down · down), a factor above and the same one below taken away."""
    c, up, down = UNIT, list[Form](), list[Form]()
    for k, x in parts:
        c *= k
        for y in x.forms if x.op == "mul" else (x,):
            if y.op == "div":
                up += [z for z in _factors(y.forms[0]) if z != ONE]
                down += _factors(y.forms[1])
            elif y != ONE:
                up.append(y)
    for at, x in enumerate(up):
        # (t/a + …)·a: where a divisor inside the sum meets its factor, the product goes into the sum
        if x.op == "add" and (inside := _divisors(x)) & set(up):
            rest = [y for n, y in enumerate(up) if n != at]
            met, other = [y for y in rest if y in inside], [y for y in rest if y not in inside]
            spread = add(*(whole(*product([signed(term), *((UNIT, y) for y in met)])) for term in x.forms))
            return product([(c, spread), *((UNIT, y) for y in other), *((UNIT, div(ONE, y)) for y in down)])
    for y in tuple(down):
        if y in up:
            up.remove(y)
            down.remove(y)
    if down and any(x.op in ("same", "within") for x in up):  # what a guard excludes is not divided by either
        guards = [x for x in up if x.op in ("same", "within")]
        rest = [x for x in up if x.op not in ("same", "within")]
        return c, mul(*guards, div(mul(*rest) if rest else ONE, mul(*down)))
    top = mul(*up) if up else ONE
    if not down:
        return (c, top) if c else (c, ONE)
    return c, div(top, mul(*down))


def _factors(f: Form) -> tuple[Form, ...]:
    return f.forms if f.op == "mul" else (f,)


def _divisors(f: Form) -> set[Form]:
    """What the terms of a sum are divided by."""
    terms = (t.forms[0] if t.op == "neg" else t for t in f.forms)
    return {y for t in terms if t.op == "div" for y in _factors(t.forms[1])}


def _div(f: Form) -> Signed:
    (c, x), (k, y) = map(signed, f.forms)
    return product([(c / k, x), (UNIT, ONE if y == ONE else div(ONE, y))])


def _pow(f: Form) -> Signed:
    c, x = signed(f.forms[0])
    exponent = tidy(f.forms[1])
    if exponent.op == "num" and exponent.number.denominator == 1 and (c == -1 or x == ONE):
        n = int(exponent.number)
        return Fraction(c**n), ONE if x == ONE else power(x, exponent)
    return UNIT, power(whole(c, x), exponent)


def _over(f: Form) -> Signed:
    c, x = signed(f.forms[0])
    return _summed(c, x, f.axes)


def _summed(c: Fraction, x: Form, axes: tuple[Axis, ...]) -> Signed:
    if x.op == "over":
        return _summed(c, x.forms[0], axes + x.axes)
    factors = x.forms if x.op == "mul" else (x,)
    for k, f in enumerate(factors):
        rest = (*factors[:k], *factors[k + 1 :])
        if f.op == "same" and (left := _solved(f, axes)):
            axis, given = left
            left_over = over(mul(*rest).where(given), *(a for a in axes if a != axis)) if rest else ONE
            return signed(whole(c, left_over))
        if f.op == "add" and any(y.op == "same" for t in f.forms for y in walk(t)):
            terms = (over(mul(*rest, t) if rest else t, *axes) for t in f.forms)
            return signed(whole(c, add(*terms)))
    moving = {a.var for a in axes}
    fixed = [f for f in factors if not moving & set(free(f))]
    loose = [f for f in factors if moving & set(free(f))]
    inside = mul(*loose) if loose else ONE
    idle = [a for a in axes if a.var not in free(inside)]
    for a in idle:
        c, fixed = (Fraction(c * a.size), fixed) if isinstance(a.size, int) else (c, [*fixed, size(a.size)])
    busy = [a for a in axes if a not in idle]
    total = over(inside, *busy)
    return c, mul(*fixed, *(() if total == ONE else (total,))) if fixed else total


def _solved(delta: Form, axes: tuple[Axis, ...]) -> tuple[Axis, Given] | None:
    """The axis that δ fixes, and at what: only where both ends run over the same numbers, so that no term is lost."""
    i, j = delta.at
    for one, other in ((i, j), (j, i)):
        for axis in axes:
            if one.variable == axis.var and other.variable is not None:
                return axis, {axis.var: other}
    return None


RULES: dict[str, Callable[[Form], Signed]] = {
    "num": lambda f: (f.number, ONE),
    "neg": _neg,
    "add": _add,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "over": _over,
}


def oriented(lines: list[Line]) -> list[Line]:
    """(t − a)² is (a − t)² where a − t is needed anyway."""
    seen: set[Form] = set()

    def look(f: Form) -> None:
        if _even(f):
            return
        if f.op == "add":
            seen.add(renamed(f))
        for x in f.forms:
            look(x)

    for line in lines:
        look(line.form)

    def turn(f: Form) -> Form:
        f = f.map(turn)
        if not _even(f):
            return f
        other = turned(f.forms[0])
        return power(other, f.forms[1]) if other and renamed(other) in seen and renamed(f.forms[0]) not in seen else f

    return [line.of(turn(line.form)) for line in lines]


def _even(f: Form) -> bool:
    return f.op == "pow" and f.forms[0].op == "add" and f.forms[1].op == "num" and f.forms[1].number % 2 == 0
