"""∂E/∂q at one entry, as the ways by which it comes back: what came back to the next quantity, times a local factor.

∂E/∂out_h1 = δ_o1 · ∂net_o1/∂out_h1 + δ_o2 · ∂net_o2/∂out_h1
"""

from __future__ import annotations

from symbackprop.derivation import Step
from symbackprop.explain.account import Account, Why, placed
from symbackprop.explain.parts import applied, measured
from symbackprop.form import Form, add, mul, partial
from symbackprop.readings import unit
from symbackprop.vocabulary import Role

MOST_WAYS = 8  # more summands are told by the general case
MOST_FACTORS = 20  # of a chain that is unfolded


def next_entries(step: Step, entry: tuple[int, ...]) -> list[Form]:
    """The entries that an entry acts on, each once."""
    return list(dict.fromkeys(w.entry for w in unit.ways(step, entry)))


def delta(entry: Form) -> Form:
    """∂E/∂(entry)."""
    return Form("adjoint", entry.args, Role.DELTA)


def chain(a: Account, step: Step, entry: tuple[int, ...]) -> Form | None:
    """The chain rule in symbols, a summand for each way; None where the next one is the error itself."""
    bottom = Form("ref", unit.left(step, entry).args)
    tops = next_entries(step, entry)
    if not tops or len(tops) > MOST_WAYS or any(_number(a, top) for top in tops):
        return None
    return add(*(mul(delta(top), partial(top, bottom)) for top in tops))


def _number(a: Account, top: Form) -> bool:
    """Whether what came back there is a plain number, which stands in front."""
    return a.steps.adjoint(top.name).form.op == "num" if top.name != a.graph.error else True


def unfolded(a: Account, bottom: Form) -> Form | None:
    """The whole chain in symbols, back to what is known or to what the error measures; None where it is too long."""
    found = _products(a, bottom, MOST_WAYS)
    if found is None or sum(map(len, found)) > MOST_FACTORS:
        return None
    return add(*(mul(*factors) for factors in found))


def _products(a: Account, bottom: Form, most: int) -> list[tuple[Form, ...]] | None:
    step = a.partial[bottom.name]
    entry = placed(step, bottom)
    assert entry is not None
    out: list[tuple[Form, ...]] = []
    for top in next_entries(step, entry):
        link = partial(top, bottom)
        if delta(top) in a.told or top.name in a.graph.measuring or top.name in a.graph.leaves:
            out.append((delta(top), link))
        elif top.name in measured(a):
            out.append((partial(a.error, top), link))
        else:
            below = _products(a, top, most - len(out))
            if below is None:
                return None
            out += [(*factors, link) for factors in below]
        if len(out) > most:
            return None
    return out


def spine(a: Account, bottom: Form) -> tuple[Form, ...]:
    """The factors of the one way back, up to where ways meet: ∂E/∂out_h1, ∂out_h1/∂net_h1, ∂net_h1/∂w1."""
    links: tuple[Form, ...] = ()
    while True:
        step = a.partial[bottom.name]
        entry = placed(step, bottom)
        tops = next_entries(step, entry) if entry is not None and _alone(step) else []
        if len(tops) != 1 or _number(a, tops[0]):
            return (partial(a.error, bottom), *links)
        links = (partial(tops[0], bottom), *links)
        (bottom,) = tops


def _alone(step: Step) -> bool:
    """Whether each entry acts on one entry of one next quantity only, always."""
    return len(step.terms) == 1 and not step.terms[0].axes and not step.terms[0].guards and step.rule == "chain"


def slope_apart(a: Account, step: Step) -> bool:
    """Whether the step goes through an activation entry by entry, so that the slope is a factor of its own."""
    d = a.graph.by_name.get(step.through or "")
    return d is not None and applied(d) not in (None, "identity") and _alone(step)


def local(a: Account, tops: list[Form]) -> Why:
    """The reason of a line that puts the local factors in: the definitions that they are read off."""
    found = [n for top in tops if (n := a.number_of(top)) is not None]
    return a.say("why.local-of", where=a.cites(found)) if found else "local"
