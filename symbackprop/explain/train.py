"""How the error falls and the parameters move along a training: told, in tables, as a curve and as bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import hypot
from typing import NamedTuple

from symbackprop import language as words
from symbackprop.derivation.steps import Steps
from symbackprop.document import Block, Document, Figure, Inlines, Math, Paragraph, Table, Text
from symbackprop.explain.perturb import PLACES, number, plain
from symbackprop.figures import bars
from symbackprop.figures.curve import STROKES, plot, scale
from symbackprop.form import Form, ref, shown, symbol
from symbackprop.numeric.curvature import at
from symbackprop.numeric.exact import leaves
from symbackprop.numeric.field import Value, double, ends, middle
from symbackprop.numeric.rounding import digits
from symbackprop.numeric.training import Trajectory, turns
from symbackprop.readings.names import Names

FEW = 12  # so many entries have a column each; of more, each array has its norm
COLUMNS = 6  # that fit beside each other
UPDATE = symbol("k")

Column = tuple[Inlines, dict[int, Form]]  # its head, and what stands in it at each step


class Course(NamedTuple):
    """A run with the names that its numbers have."""

    run: Trajectory
    steps: Steps
    names: Names
    until: Fraction | None
    language: str

    @property
    def error(self) -> Form:
        return self.names.spelled(ref(self.steps.graph.error))

    @property
    def round(self) -> int:
        """After how many updates all samples have been seen."""
        return turns(self.steps, self.names.problem)

    @property
    def entries(self) -> list[Form]:
        """What is trained, entry by entry."""
        shapes = {name: self.steps.graph.full_shape(name) for name in self.run.parameters}
        return [ref(name, *place) for name in shapes for place in product(*(range(int(n)) for n in shapes[name]))]

    def value(self, entry: Form, step: int) -> Value:
        """As the spec writes it, and as it is after updates."""
        return at((self.run.along[step] if step else self.names.problem.values)[entry.name], entry)

    def change(self, entry: Form, start: int, end: int) -> Fraction:
        """New minus old, both by the middle of what encloses them."""
        return middle(self.value(entry, end)) - middle(self.value(entry, start))

    def say(self, key: str, **given: words.Slot) -> Inlines:
        return words.say(self.language, f"train.{key}", **given)

    def many(self, n: int) -> str:
        return words.number(str(n), self.language)


def explain(run: Trajectory, steps: Steps, names: Names, until: Fraction | None, language: str) -> Document:
    """The document, in one language and notation."""
    c = Course(run, steps, names, until, language)
    last = run.updates
    blocks: list[Block] = [Paragraph(part) for part in told(c)]
    blocks += tables(c)
    if last:
        blocks += [loss(c), changes(c, 1)]
    if last > 1:
        blocks.append(changes(c, last))
    title = words.text(language, "train.title", name=names.problem.title or steps.graph.error)
    return Document(title, language, tuple(blocks), names.notation.name)


# ---- in words --------------------------------------------------------------------------------------------------


def told(c: Course) -> Iterator[Inlines]:
    training = c.names.problem.training
    rate = Math(c.names.number_symbol("rate"), "=", number(training.rate))
    arrays = words.listed(c.language, [Math(c.names.array(name)) for name in c.run.parameters])
    yield c.say("task", arrays=arrays, optimizer=training.optimizer, rate=rate)
    if training.decay is not None:
        yield c.say("decay")
    yield c.say("step", update=Math(UPDATE), error=Math(c.error), start=Math(UPDATE, "=", number(Fraction(0))))
    if c.round > 1:
        yield c.say("round", turns=c.many(c.round))
    yield from aim(c)
    yield from way(c)
    yield from most_moved(c)
    if c.run.precision != "enclosed":
        yield c.say("double" if c.run.precision == "double" else "digits")
    if len(c.run.shown) < len(c.run.errors):
        yield c.say("some")


def aim(c: Course) -> Iterator[Inlines]:
    """Whether the error that was asked for was reached."""
    if c.until is not None:
        until, last = Math(c.error, "<=", number(c.until)), c.many(c.run.updates)
        yield c.say("reached" if c.run.reached else "missed", until=until, last=last)
        if c.round > 1:
            yield c.say("whole-round", turns=c.many(c.round))


def way(c: Course) -> Iterator[Inlines]:
    """Where the error went: steps are compared with those that have the same samples."""
    errors, last = c.run.errors, c.run.updates
    first = last % c.round
    if first < last:
        key = direction(errors[first], errors[last])
        numbers = {"before": Math(number(errors[first])), "after": Math(number(errors[last]))}
        yield c.say(key, first=c.many(first), last=c.many(last), error=Math(c.error), **numbers)
    elif last:
        yield c.say("short")
    ways = [direction(a, b) for a, b in zip(errors, errors[c.round :], strict=False)]
    if rises := [k for k, key in enumerate(ways, c.round) if key == "rises"]:
        key = "rose" if c.round == 1 else "rose-round"
        yield c.say(key, count=c.many(len(rises)), all=c.many(len(ways)), step=c.many(rises[0]))
    elif len(ways) > 1 and set(ways) == {"falls"}:
        yield c.say("always")


def direction(before: Value, after: Value) -> str:
    (low, high), (least, greatest) = ends(before), ends(after)
    return "falls" if greatest < low else "rises" if least > high else "stays"


def most_moved(c: Course) -> Iterator[Inlines]:
    last = c.run.updates
    if not last:
        return
    entry = max(c.entries, key=lambda e: abs(c.change(e, 0, last)))
    if not c.change(entry, 0, last):
        yield c.say("still")
        return
    numbers = {"before": Math(number(c.value(entry, 0))), "after": Math(number(c.value(entry, last)))}
    yield c.say("moved", entry=Math(c.names.spelled(entry)), **numbers)


# ---- in tables -------------------------------------------------------------------------------------------------


def tables(c: Course) -> Iterator[Table]:
    """The errors, and the parameters: each entry where they are few, else the norm of each array."""
    errors: Column = ((Math(c.error),), {k: number(c.run.errors[k]) for k in c.run.shown})
    if len(c.entries) > FEW:
        groups = [(c.say("norms", update=Math(UPDATE)), [errors, *norms(c)])]
    else:
        groups = [(c.say("curve", error=Math(c.error), update=Math(UPDATE)), [errors])]
        for name in c.run.parameters:
            caption = c.say("entries", array=Math(c.names.array(name)), update=Math(UPDATE))
            groups.append((caption, [entry_column(c, e) for e in c.entries if e.name == name]))
    parts = [(said, group[k : k + COLUMNS]) for said, group in groups for k in range(0, len(group), COLUMNS)]
    for k, (caption, columns) in enumerate(parts, 1):
        yield table(columns, c.run.shown, caption, f"steps-{k}")


def table(columns: Sequence[Column], shown_steps: Sequence[int], caption: Inlines, name: str) -> Table:
    header = ((Math(UPDATE),), *(head for head, _ in columns))
    rows = tuple(((Math(shown(str(k))),), *((Math(cells[k]),) for _, cells in columns)) for k in shown_steps)
    return Table(header, rows, "r" * len(header), caption, name)


def entry_column(c: Course, entry: Form) -> Column:
    return (Math(c.names.spelled(entry)),), {k: number(c.value(entry, k)) for k in c.run.shown}


def norms(c: Course) -> Iterator[Column]:
    """‖W‖ = √Σ w², over all entries."""
    for name in c.run.parameters:
        sizes = {k: hypot(*map(double, leaves(c.run.along[k][name]))) for k in c.run.shown}
        head = (Text("‖"), Math(c.names.array(name)), Text("‖"))
        yield head, {k: shown(digits(size, significant=PLACES).text) for k, size in sizes.items()}


# ---- in pictures -----------------------------------------------------------------------------------------------


def loss(c: Course) -> Figure:
    """The loss curve; a few groups of samples that come in turn have a curve each."""
    errors = [double(error) for error in c.run.errors]
    least = min(range(len(errors)), key=errors.__getitem__)
    given = {"before": errors[0], "after": errors[-1], "least": errors[least]}
    alt = words.text(
        c.language,
        "train.curve-alt",
        **{key: plain(value, c.language) for key, value in given.items()},
        last=c.many(c.run.updates),
        at=c.many(least),
    )
    points = [(float(k), error) for k, error in enumerate(errors)]
    apart = c.round if c.round <= STROKES and len(points) >= 2 * c.round else 1
    caption = words.joined(
        c.say("curve", error=Math(c.error), update=Math(UPDATE)),
        c.say("curve-powers") if scale(errors).powers else "",
        c.say("curve-round", turns=c.many(apart)) if apart > 1 else "",
    )
    return plot("loss", [points[k::apart] for k in range(apart)], (UPDATE, c.error), caption, alt)


def changes(c: Course, update: int) -> Figure:
    """What one update changes: all entries, or those that change most."""
    moved = [(c.names.spelled(e), c.change(e, update - 1, update)) for e in c.entries]
    return bars.changes(f"update-{update}", moved, c.language, c.many(update))
