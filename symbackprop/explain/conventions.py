"""What differs from book to book, said before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from symbackprop.document import Inlines, Math
from symbackprop.explain import update
from symbackprop.explain.account import MOST_ENTRIES, Account
from symbackprop.form import Form, fn, num, shown, symbol
from symbackprop.numeric.entry import value_of
from symbackprop.numeric.field import field
from symbackprop.tables.activations import ACTIVATIONS


def of(a: Account) -> Iterator[Inlines]:
    """Error and its factors, sign, indices, biases, samples, order of updates, deltas, granularity, rounding."""
    yield a.say(f"convention.loss.{a.loss}", error=a.math(a.error))
    if share := a.problem.network.label_smoothing if a.problem.network else None:
        yield a.say("convention.smoothing", share=a.decimal(share))
    yield a.say("convention.sign", error=a.math(a.error))
    yield from _indices(a)
    yield from _kinks(a)
    yield from _biases(a)
    yield _moved(a)
    yield _samples(a)
    yield a.say(f"convention.order.{a.problem.training.hidden_deltas_from}")
    yield from update.conventions(a)
    yield a.say("convention.delta") if a.problem.dense else a.say("convention.delta-own", error=a.math(a.error))
    if a.numeric:
        yield a.say("convention.lines" if not a.brief else "convention.lines-brief")
    if any(a.count(s) > MOST_ENTRIES or a.long(s) for s in a.steps.steps if not a.symbolic(s)):
        yield a.say("convention.entries", most=str(MOST_ENTRIES))
    if a.numeric:
        yield a.say("convention.rounding", places=str(a.places))


def _indices(a: Account) -> Iterator[Inlines]:
    if a.problem.dense:
        yield a.say(f"convention.weights.{'numbered' if a.names.notation.name == 'mazur' else 'indexed'}")
        return
    if a.problem.made:
        yield a.say("convention.weights.indexed")
    yield a.say("convention.brackets")


def _biases(a: Account) -> Iterator[Inlines]:
    """Where layers have biases; in equations they are parameters like any other."""
    if not a.problem.made or a.problem.network is None:
        yield a.say("convention.bias.own")
        return
    kinds = {layer.options.get("bias") for layer in a.problem.network.layers}
    yield from (a.say(f"convention.bias.{kind}") for kind in ("shared", "unit", "none") if kind in kinds)
    if not kinds & {"shared", "unit", "none"}:
        yield a.say("convention.bias.own")


def _moved(a: Account) -> Inlines:
    """What the update moves."""
    problem = a.problem
    if problem.made and problem.dense:
        whole = len(problem.train) == len(problem.parameters)
        return a.say(
            f"convention.train.{'both' if whole else problem.train[0][0].lower() if problem.train else 'none'}"
        )
    if not problem.train:
        return a.say("convention.train.none")
    names = [Math(a.names.array(name)) for name in problem.train]
    return a.say("convention.train.names", names=a.enumerated(names))


def _samples(a: Account) -> Inlines:
    """How many there are, and which of them make the update that is told."""
    count = str(a.problem.samples)
    if a.problem.samples is None:
        return a.say("convention.samples.one")
    if a.problem.training.order == "mini-batch" and a.graph.sample:
        size = str(a.problem.training.batch_size)
        return a.say(f"convention.samples.mini-batch-{a.problem.reduction}", count=count, size=size)
    return a.say(f"convention.samples.{a.problem.reduction if a.graph.sample else 'sequential'}", count=count)


def _kinks(a: Account) -> Iterator[Inlines]:
    """relu has no derivative at 0; here relu′(0) = 0."""
    for row in dict.fromkeys(ACTIVATIONS[d.activation] for d in a.graph.definitions if d.activation in ACTIVATIONS):
        for place in map(num, row.kinks):
            slope = value_of(row.slope(place, row.value(place)), _no_entry, field())
            taken = Math(fn(f"{row.name}'", place), "=", shown(a.digits(slope)))
            function = Math(fn(row.name, symbol("z")))
            yield a.say("convention.kink", function=function, place=Math(place), slope=taken)


def _no_entry(f: Form) -> NoReturn:
    raise KeyError(f)
