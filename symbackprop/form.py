"""The printed expression tree: ordered, exact, with a role on each factor.

A `Form` keeps the shape in which a book writes a formula: nothing is sorted, collected or evaluated.  Its
leaves are entries of quantities, `W[j,i]`, whose indices are affine in index variables.  All consumers
dispatch on `op` through tables, so a Form is one kind of node:

    num 3/20 · shown "0.150" · size n · hyper rate · pi    a number, one as printed, the size of an axis, η, π
    ref W j i · adjoint W j i · updated W j i              an entry; ∂E/∂(that entry); the entry after the update
    flow a z i                                             the part of adjoint a[i] that came back through z
    partial top bottom                                     ∂top/∂bottom, unevaluated
    neg x · add x y … · mul x y … · div x y · pow x n      arithmetic, in the order written
    over x axis …                                          the sum of x over axes
    fn name x · along name x x′ axis                       a function of one entry; of one entry among all x′ on an axis
    cases v c v c … otherwise · compare x rel y               branches, the first true condition counts
    same i j · within i n                                  1 where i = j (Kronecker δ); 1 where 0 ≤ i < n; else 0

The matrix reading adds: matmul x y … · hadamard x y … · transpose x · ones n.  A document holds Forms whose entries
have been spelled in a notation: `symbol` in place of ref, adjoint, updated and flow; `moved E x` for E(w + h); and
`blank k x`, the gap number k where x is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from symbackprop.vocabulary import Kind, Role

Size = int | str
Number = int | Fraction


class Index(NamedTuple):
    """An affine index: const + Σ coefficient · variable."""

    const: int = 0
    terms: tuple[tuple[int, str], ...] = ()

    @property
    def variable(self) -> str | None:
        """The variable, where the index is one bare variable."""
        return self.terms[0][1] if self.const == 0 and len(self.terms) == 1 and self.terms[0][0] == 1 else None

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(v for _, v in self.terms)

    def plus(self, other: Index, times: int = 1) -> Index:
        """self + times · other."""
        if not other.terms:
            return Index(self.const + times * other.const, self.terms)
        total = {v: c for c, v in self.terms}
        for c, v in other.terms:
            total[v] = total.get(v, 0) + times * c
        return Index(self.const + times * other.const, tuple((c, v) for v, c in total.items() if c))

    def where(self, given: Given) -> Index:
        """The index with other indices put in for its variables."""
        if not self.terms:
            return self
        out = Index(self.const)
        for c, v in self.terms:
            out = out.plus(given.get(v, Index(0, ((1, v),))), c)
        return out


Given = dict[str, Index]


def index(at: int | str | Index) -> Index:
    """An index from a number, a variable, or itself."""
    return at if isinstance(at, Index) else Index(at) if isinstance(at, int) else Index(0, ((1, at),))


class Axis(NamedTuple):
    """An index variable with the size it runs to (0 … size − 1) and what it stands for."""

    var: str
    size: Size
    kind: Kind = Kind.UNIT


GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega nabla ell".split()
)  # letters by their names, as a symbol spells them


class Symbol(NamedTuple):
    """A quantity as a book writes it: base with sub- and superscript, `net` with sub `h1`, `delta` with sub `o1`.

    `base` is a letter, a Greek letter by its name, or a word; `sub`, `sup` and `of`, which stands behind in
    parentheses, are short texts of letters, digits, commas, signs, arrows, primes and brackets, in which Greek letters
    are spelled out too.
    """

    base: str
    sub: str = ""
    sup: str = ""
    bold: bool = False
    accent: str = ""  # "" | "hat" | "bar" | "tilde"
    script: bool = False  # a calligraphic capital
    of: str = ""  # w in L(w)


@dataclass(frozen=True, slots=True)
class Form:
    """One node.  Two Forms are equal when they print alike: the role is a remark, not a part of the value."""

    op: str
    args: tuple[object, ...]
    role: Role | None = field(default=None, compare=False)

    @property
    def forms(self) -> tuple[Form, ...]:
        """The nodes right below."""
        return tuple(a for a in self.args if isinstance(a, Form))

    @property
    def name(self) -> str:
        """The quantity of a ref, adjoint, updated or flow; the function of an fn or along."""
        assert isinstance(self.args[0], str)
        return self.args[0]

    @property
    def at(self) -> tuple[Index, ...]:
        """The indices of an entry."""
        return tuple(a for a in self.args if isinstance(a, Index))

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes that this node binds."""
        return tuple(a for a in self.args if isinstance(a, Axis))

    @property
    def number(self) -> Fraction:
        assert isinstance(self.args[0], Fraction)
        return self.args[0]

    def be(self, role: Role | None) -> Form:
        return self if role is self.role else Form(self.op, self.args, role)

    def map(self, change: Callable[[Form], Form]) -> Form:
        """The same node over changed children."""
        return Form(self.op, tuple([change(a) if isinstance(a, Form) else a for a in self.args]), self.role)

    def where(self, given: Given) -> Form:
        """The Form with other indices put in.  Bound variables are fresh by construction, so none is captured."""
        if not given:
            return self
        return replace(
            self,
            args=tuple(a.where(given) if isinstance(a, Form | Index) else a for a in self.args),
        )

    # Rows of the tables are written as formulas.
    def __neg__(self) -> Form:
        return neg(self)

    def __add__(self, other: Form | Number) -> Form:
        return add(self, lift(other))

    def __radd__(self, other: Number) -> Form:
        return add(lift(other), self)

    def __sub__(self, other: Form | Number) -> Form:
        return add(self, neg(lift(other)))

    def __rsub__(self, other: Number) -> Form:
        return add(lift(other), neg(self))

    def __mul__(self, other: Form | Number) -> Form:
        return mul(self, lift(other))

    def __rmul__(self, other: Number) -> Form:
        return mul(lift(other), self)

    def __truediv__(self, other: Form | Number) -> Form:
        return div(self, lift(other))

    def __rtruediv__(self, other: Number) -> Form:
        return div(lift(other), self)

    def __pow__(self, other: Number) -> Form:
        return power(self, lift(other))

    def __gt__(self, other: Form | Number) -> Form:
        return compare(self, ">", lift(other))

    def __lt__(self, other: Form | Number) -> Form:
        return compare(self, "<", lift(other))


ENTRIES = frozenset({"ref", "adjoint", "updated", "flow"})


def lift(x: Form | Number) -> Form:
    return x if isinstance(x, Form) else num(x)


def num(value: Number) -> Form:
    return Form("num", (Fraction(value),))


ZERO, ONE = num(0), num(1)
PI = Form("pi", ())


def shown(digits: str) -> Form:
    """A number as it is printed: "0.751365070", "-3.5e-5"."""
    return Form("shown", (digits,))


def blank(k: int, answer: Form) -> Form:
    """The gap number k, to be filled in with the answer."""
    return Form("blank", (k, answer))


UNIT = "1"  # the size of an axis that has one entry and is an axis all the same


def size(n: Size) -> Form:
    return ONE if n == UNIT else num(n) if isinstance(n, int) else Form("size", (n,))


def ref(name: str, *at: int | str | Index, role: Role | None = None) -> Form:
    return Form("ref", (name, *map(index, at)), role)


def adjoint(name: str, *at: int | str | Index) -> Form:
    """∂E/∂name[at]."""
    return Form("adjoint", (name, *map(index, at)), Role.DELTA)


def updated(name: str, *at: int | str | Index, role: Role | None = None) -> Form:
    return Form("updated", (name, *map(index, at)), role)


def flow(name: str, through: str, *at: int | str | Index) -> Form:
    return Form("flow", (name, through, *map(index, at)), Role.DELTA)


def partial(top: Form, bottom: Form, role: Role | None = None) -> Form:
    return Form("partial", (top, bottom), role)


def hyper(name: str) -> Form:
    """A number of the training, not of the network: the rate η."""
    return Form("hyper", (name,))


def neg(x: Form) -> Form:
    return Form("neg", (x,))


def add(*terms: Form) -> Form:
    return terms[0] if len(terms) == 1 else Form("add", terms)


def mul(*factors: Form, role: Role | None = None) -> Form:
    return factors[0].be(role or factors[0].role) if len(factors) == 1 else Form("mul", factors, role)


def div(x: Form, y: Form, role: Role | None = None) -> Form:
    return Form("div", (x, y), role)


def power(x: Form, n: Form) -> Form:
    return Form("pow", (x, n))


def over(x: Form, *axes: Axis) -> Form:
    return Form("over", (x, *axes)) if axes else x


def fn(name: str, x: Form) -> Form:
    return Form("fn", (name, x))


def along(name: str, x: Form, x_on_axis: Form, axis: Axis) -> Form:
    return Form("along", (name, x, x_on_axis, axis))


def cases(*rows: Form | Number) -> Form:
    """cases(value, condition, value, condition, …, otherwise)."""
    assert len(rows) % 2 == 1
    return Form("cases", tuple(map(lift, rows)))


def compare(x: Form, rel: str, y: Form) -> Form:
    return Form("compare", (x, rel, y))


def same(i: Index, j: Index) -> Form:
    return Form("same", (i, j))


def within(i: Index, n: Size) -> Form:
    return Form("within", (i, n))


def symbol(base: str, sub: str = "", sup: str = "", *, bold: bool = False, accent: str = "") -> Form:
    return Form("symbol", (Symbol(base, sub, sup, bold, accent),))


def walk(form: Form) -> Iterator[Form]:
    """Every node, parents first."""
    yield form
    for a in form.args:
        if isinstance(a, Form):
            yield from walk(a)


def free(form: Form) -> tuple[str, ...]:
    """The index variables that no sum in the Form binds, in order of appearance."""
    out: dict[str, None] = {}

    def visit(f: Form, bound: frozenset[str]) -> None:
        bound = bound | {a.var for a in f.axes}
        for a in f.args:
            if isinstance(a, Index):
                out.update((v, None) for v in a.variables if v not in bound)
            elif isinstance(a, Form):
                visit(a, bound)

    visit(form, frozenset())
    return tuple(out)


def replaced(form: Form, change: Callable[[Form], Form | None]) -> Form:
    """The Form with every node for which `change` gives another put in its place, from the top."""
    new = change(form)
    return new if new is not None else form.map(lambda f: replaced(f, change))
