"""The variants of an exam, one after the other, each with its certificate.

Variant k is the first of its candidates 0, 1, 2, … that can be handed out, so it depends on the seed and on k alone,
not on how many variants are asked for nor on how many candidates are looked at together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from symbackprop.errors import MissingExtra, SpecError

try:
    import numpy as np
except ImportError:
    raise MissingExtra("drawing an exam's numbers", "numeric") from None

from symbackprop.exams import questions, routes
from symbackprop.exams.case import Case, Lot, Sheet
from symbackprop.exams.difficulty import Difficulty
from symbackprop.exams.draw import APART, indices, words
from symbackprop.exams.given import given
from symbackprop.exams.model import MOST_DIGITS
from symbackprop.exams.numbers import Found, Numbers, sampled
from symbackprop.exams.plan import Plan, Topology, load, slots_of
from symbackprop.exams.row import Row
from symbackprop.exams.source import Source, digest
from symbackprop.exams.taken import SIZE, Taken
from symbackprop.exams.told import DrawnVariant
from symbackprop.exams.variant import Certificate, Student, Variant
from symbackprop.form import Form
from symbackprop.spec.faults import Slip
from symbackprop.spec.numbers import Refused

SAME = 1e-6  # a formula's value and what the routes give, of its size
BLOCK = 1024  # variants that are made together
FIRST = 8  # candidates of each, before it is known how many it takes
FEWEST, MOST_RUN = 512, 4096  # candidates that are looked at together
MOST_TRIES = 8192  # candidates of one variant
RARE = 0.1  # of some draws with one sign: then it is not waited for
FEW = 16  # variants that are tried with more digits, where none could be made
MOST_TWINS = 64  # candidates in a row whose keys another variant has


@dataclass(eq=False)
class Stock:
    """A topology with its questions, ready to be run."""

    topology: Topology
    case: Case
    sheets: tuple[Sheet, ...]
    numbers: Numbers
    difficulty: Difficulty
    tried: int = 0  # candidates so far, and how many of them had numbers that can be handed out
    good: int = 0

    def worth_trying(self, lots: int) -> int:
        """How many candidates of each lot to look at together: about as many as it takes to find one."""
        wished = 3 * (self.tried + 1) // (2 * (self.good + 1)) + 1 if self.tried else FIRST
        return max(1, min(wished, MOST_RUN // lots), FEWEST // lots)

    @cached_property
    def given(self) -> Any:
        return given(self.case)

    @cached_property
    def signs(self) -> dict[str, int]:
        """The nodes whose sign is drawn by lot, by question: such as have both signs often enough."""
        wanted = {s.id: k for s in self.sheets for k in s.signs}
        values = sampled(self.numbers.tape, self.numbers.grids, wanted.values())
        return {id: k for id, k in wanted.items() if RARE <= np.mean(values[k] > 0) <= 1 - RARE}

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The part that each item is asked in."""
        return tuple(
            s.id if len(s.wanted) == 1 else f"{s.id}.{k}" for s in self.sheets for k in range(1, len(s.wanted) + 1)
        )

    @cached_property
    def first(self) -> tuple[int, ...]:
        """The number of each question's first item."""
        counts = [len(s.wanted) for s in self.sheets]
        return tuple(sum(counts[:k]) for k in range(len(counts)))


def stocked(plan: Plan, topology: Topology) -> Stock:
    """Raises SpecError where a question does not fit the network: every fault, each at its key."""
    case, made, found = Case(plan, topology), {}, []
    for k, asked in sorted(enumerate(plan.questions), key=lambda each: each[1].kind == "order"):  # these see the others
        try:
            made[k] = questions.KINDS[asked.kind](case, asked, f"q{k + 1}")
            case.told.update(made[k].told)
        except Refused as refused:
            found += [Slip(("question", k, *(at or ("ask",))), told) for at, told in refused.faults]
    sheets = [made[k] for k in sorted(made)]
    if found:
        raise plan.refused(*found)
    wanted = [w for sheet in sheets for w in sheet.wanted]
    tolerance = plan.words.tolerance
    shown = [node for sheet in sheets for node in (*sheet.shows, *(k for _, k in sheet.checked))]
    numbers = Numbers(case.scope, case.grids, wanted, shown, tolerance.digits, float(tolerance.most))
    return Stock(topology, case, tuple(sheets), numbers, Difficulty(case, numbers, wanted))


def variants(
    exam: str | Path | Plan,
    seed: str | int | None = None,
    n: int | None = None,
    roster: Sequence[Student] | None = None,
) -> Iterator[Variant]:
    """The variants of an exam: one for each student of a roster, or n.

    Raises SpecError where the exam cannot be used, or asks for what cannot be had.
    """
    plan = exam if isinstance(exam, Plan) else load(exam)
    maker = Maker(plan, str(plan.words.seed if seed is None else seed))
    students = list(roster) if roster is not None else []
    count = n if n is not None else len(students) if roster is not None else 1
    for start in range(0, count, BLOCK):
        some = range(start, min(count, start + BLOCK))
        yield from maker.block([(k, students[k] if k < len(students) else None) for k in some])


@dataclass(eq=False)
class Maker:
    """What makes the variants of one exam with one seed; it remembers which keys are taken."""

    plan: Plan
    seed: str
    taken: Taken = field(default_factory=Taken)
    stocks: dict[int, Stock] = field(default_factory=dict)

    def stock(self, k: int) -> Stock:
        if k not in self.stocks:
            self.stocks[k] = stocked(self.plan, self.plan.topologies[k])
        return self.stocks[k]

    @cached_property
    def base(self) -> float:
        """The score that all variants are near to: the base's, or the middle of some draws where it has no numbers."""
        base = self.plan.base
        whole = all(name in base.values for name in base.shapes)
        if whole:
            return stocked(self.plan, Topology(base, slots_of(base, self.plan.words.draw)[0])).difficulty.of_base()
        stock = self.stock(0)
        chosen, _ = indices(words("base", range(64), len(stock.topology.slots)), stock.numbers.grids.sizes)
        values = stock.numbers.tape.values(stock.numbers.first, stock.numbers.grids.leaves(chosen))
        orders = stock.difficulty.orders([values[k] for k in stock.numbers.keys])
        return float(np.median(stock.difficulty.score(stock.difficulty.digits(chosen), orders)))

    # ---- a block -------------------------------------------------------------------------------------------------

    def block(self, asked: Sequence[tuple[int, Student | None]]) -> Iterator[Variant]:
        return (variant for _, variant in self.marked(asked))

    def marked(self, asked: Sequence[tuple[int, Student | None]]) -> Iterator[tuple[bytes, Variant]]:
        """Each variant with the mark of its keys."""
        lots = [self.lot(k, student) for k, student in asked]
        of = [self.topology(lot) for lot in lots]
        found: list[list[Candidate]] = [[] for _ in lots]
        while short := self.settled(found):
            if any(len(found[k]) > MOST_TWINS for k in short):
                raise self.exhausted(len(self.taken))
            for t in sorted({of[k] for k in short}):
                mine = [k for k in short if of[k] == t]
                search = Search(self, self.stock(t), [lots[k] for k in mine], [_next(found[k]) for k in mine])
                for k, candidate in zip(mine, search.run(), strict=True):
                    found[k].append(candidate)
        for k, lot in enumerate(lots):
            candidate = next(c for c in found[k] if c.mark not in self.taken)
            self.taken.add(candidate.mark)
            yield candidate.mark, candidate.variant(self, lot, asked[k][1])

    def settled(self, found: Sequence[Sequence[Candidate]]) -> list[int]:
        """The lots that have no candidate yet whose keys no earlier lot has: nothing when all is settled."""
        here: set[bytes] = set()
        short = []
        for k, candidates in enumerate(found):
            mark = next((c.mark for c in candidates if c.mark not in here and c.mark not in self.taken), None)
            if mark is None:
                short.append(k)
            else:
                here.add(mark)
        return short

    def exhausted(self, made: int) -> SpecError:
        message = (
            f"{made:,} variants have keys of their own, and the next {MOST_TWINS} that could be handed out had keys"
            " that are taken; draw more numbers, or from finer ranges, or ask for fewer variants"
        )
        return self.plan.refused(Slip(("draw",), message))

    def lot(self, k: int, student: Student | None) -> Lot:
        own = f"v{k + 1:05d}" if student is None else student.id
        return Lot(self.seed, f"{self.seed}/{own}", k if student is None else None)

    def topology(self, lot: Lot) -> int:
        """Each network equally often; with a roster each as likely, whoever else is on it."""
        return lot.turn(len(self.plan.topologies), "network")


def _next(found: Sequence[Candidate]) -> int:
    """The candidate to go on with."""
    return found[-1].attempt + 1 if found else 0


@dataclass(eq=False)
class Candidate:
    """A candidate that can be handed out."""

    stock: Stock
    row: Row
    attempt: int
    score: dict[str, float]
    separation: float

    @cached_property
    def mark(self) -> bytes:
        """The same for candidates that have the same keys throughout; where no number is asked, the same numbers."""
        return digest(*([str(key) for key, _ in self.row.keys] or map(int, self.row.chosen)))[:SIZE]

    def variant(self, maker: Maker, lot: Lot, student: Student | None) -> Variant:
        stock, row = self.stock, self.row
        made = tuple(sheet.build(row, first, lot) for sheet, first in zip(stock.sheets, stock.first, strict=True))
        certificate = Certificate(routes.NAMES, self.separation, self.score["score"], self.score)
        return DrawnVariant(
            identifier(lot), lot.variant, lambda: row.problem, stock.given(row), made, certificate, student
        )


LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def identifier(lot: Lot) -> str:
    """The variant's own id; with a roster it is a hash, which does not tell whose paper it is."""
    if lot.index is not None:
        return f"v{lot.index + 1:05d}"
    source = Source(lot.seed, lot.variant, "id")
    return "s" + "".join(source.choice(LETTERS) for _ in range(9))


@dataclass(eq=False)
class Search:
    """The first candidate of each lot, from a place on, that can be handed out."""

    maker: Maker
    stock: Stock
    lots: Sequence[Lot]
    starts: Sequence[int]
    failed: Counter[str] = field(default_factory=Counter)
    lowest: float = float("inf")  # of the scores
    highest: float = float("-inf")
    near: Counter[int] = field(default_factory=Counter)

    def run(self) -> list[Candidate]:
        found = self.found()
        if len(found) < len(self.lots):
            raise self.impossible()
        return [found[k] for k in range(len(self.lots))]

    def found(self) -> dict[int, Candidate]:
        """The candidates by their lots; not all, where it takes too many tries."""
        found: dict[int, Candidate] = {}
        tried = 0
        while tried <= MOST_TRIES and (waiting := [k for k in range(len(self.lots)) if k not in found]):
            each = self.stock.worth_trying(len(waiting))
            found |= dict(self.tried(waiting, tried, each))
            tried += each
        return found

    def tried(self, waiting: list[int], after: int, each: int) -> Iterator[tuple[int, Candidate]]:
        """The first good candidate of each lot that waits, of some that come after those that were tried."""
        numbers, difficulty = self.stock.numbers, self.stock.difficulty
        count = len(numbers.grids.slots)
        starts = {k: self.starts[k] + after for k in waiting}
        some = np.concatenate([words(self.lots[k].variant, range(n, n + each), count) for k, n in starts.items()])
        chosen, fits = indices(some, numbers.grids.sizes)
        found = numbers.run(chosen, fits)
        self.failed += found.failed
        self.near += found.near
        self.stock.tried += len(chosen)
        self.stock.good += len(found.places)
        orders = difficulty.orders([found.values[i.node] for i in numbers.items])
        digits = difficulty.digits(chosen[found.places])
        score = difficulty.score(digits, orders)
        band = float(self.maker.plan.words.difficulty.band)
        good = np.abs(score - self.maker.base) <= band * self.maker.base
        self.failed["difficulty"] += int((~good).sum())
        self.lowest = min(self.lowest, float(np.min(score, initial=np.inf)))
        self.highest = max(self.highest, float(np.max(score, initial=-np.inf)))
        lots = found.places // each
        for id, node in self.stock.signs.items():
            up = np.array([self.lots[k].turn(2, id, "sign") for k in waiting], bool)
            other = (found.values[node] > 0) != up[lots]
            self.failed["sign"] += int((good & other).sum())
            good &= ~other
        first = [int(j) for j in np.flatnonzero(good) if not (good[:j] & (lots[:j] == lots[j])).any()]
        agreed = self.agreed(found, chosen, first)
        for j in (j for j, yes in zip(first, agreed, strict=True) if yes):
            row = Row(numbers, found.values, found.parts, int(j), chosen[found.places[j]])
            figures = {
                "score": float(score[j]),
                "base": self.maker.base,
                "operations": float(difficulty.operations),
                "digits": float(np.broadcast_to(digits, score.shape)[j]),
                "orders": float(np.broadcast_to(orders, score.shape)[j]),
                "paths": float(difficulty.paths),
            }
            gap = min((float(part.gap[j]) for part in found.parts), default=float("inf"))
            k = waiting[int(lots[j])]
            yield k, Candidate(self.stock, row, starts[k] + int(found.places[j] % each), figures, gap)

    def agreed(self, found: Found, chosen: Any, some: list[int]) -> Any:
        """Whether the other routes give the same keys, to a thousandth of the tolerance."""
        numbers = self.stock.numbers
        good = np.ones(len(some), bool)
        if not some:
            return good
        leaves = numbers.grids.leaves(chosen[found.places[some]])
        other = routes.Routes(self.stock.topology, numbers.scope, leaves)
        for item, part in zip(numbers.items, found.parts, strict=True):
            key = found.values[item.node][some]
            tolerance = part.tolerance[some] * 10.0 ** part.power[some]
            for route in routes.NAMES[1:]:
                good &= np.abs(other.of(item.wanted.form, route) - key) <= tolerance / 1000
        for sheet in self.stock.sheets:
            for form, node in sheet.checked:
                formula = found.values[node][some]
                for route in routes.NAMES[1:]:
                    good &= np.abs(other.of(form, route) - formula) <= SAME * (np.abs(formula) + SAME)
        self.failed["routes"] += int((~good).sum())
        return good

    def impossible(self) -> SpecError:
        """Which condition cannot be met, with figures: of the draws of one variant that waits."""
        told = [f"{count:,} {REASONS[why]}" for why, count in self.failed.most_common() if count]
        worst = next(why for why, count in self.failed.most_common() if count)
        told += self.figures(worst)
        advice = self.more_digits() if worst == "apart" else ADVICE[worst]
        message = f"no variant could be made: of {sum(self.failed.values()):,} draws, {'; '.join(told)}; {advice}"
        return self.maker.plan.refused(Slip(("draw",), message))

    def figures(self, worst: str) -> list[str]:
        """What more can be said of the condition that fails most often."""
        numbers = self.stock.numbers
        if worst == "difficulty":
            seen = f"the draws {self.lowest:.0f} to {self.highest:.0f}"
            return [f"the base has a score of {self.maker.base:.0f}, {seen}"]
        if worst == "zero":
            ((node, _),) = numbers.zeros.most_common(1)
            form = next(item.wanted.form for item in numbers.items if item.node == node)
            return [f"most often it was {pointed(form)} that is 0"]
        if worst == "apart":
            ((number, _),) = self.near.most_common(1)
            asks = numbers.items[number].wanted.asks
            return [f"mistakes came too near most often at {self.stock.parts[number]}" + (f" ({asks})" if asks else "")]
        return []

    def more_digits(self) -> str:
        """Whether mistakes would come apart, were more digits kept."""
        enough = self.enough()
        if enough is not None:
            return f"raise digits under [tolerance] to {enough}, or draw from wider or finer ranges"
        return "no number of digits would do: leave that part out, or draw from wider or finer ranges"

    def enough(self) -> int | None:
        """The fewest decimals with which some of the lots all have a variant."""
        more = range(self.maker.plan.words.tolerance.digits + 1, MOST_DIGITS + 1)
        if not more or not self.with_digits(MOST_DIGITS).whole():
            return None
        return next(digits for digits in more if self.with_digits(digits).whole())

    def whole(self) -> bool:
        return len(self.found()) == len(self.lots)

    def with_digits(self, digits: int) -> Search:
        plan = self.maker.plan
        tolerance = plan.words.tolerance.model_copy(update={"digits": digits})
        plan = replace(plan, words=plan.words.model_copy(update={"tolerance": tolerance}))
        maker, stock = Maker(plan, self.maker.seed), stocked(plan, self.stock.topology)
        return Search(maker, stock, self.lots[:FEW], self.starts[:FEW])


def pointed(form: Form) -> str:
    """A number in plain text: dE/dW2[0,1]."""
    if form.op == "mul":
        return pointed(form.forms[-1])
    at = ",".join(str(i.const) for i in form.at)
    return ("dE/d" if form.op == "adjoint" else "") + form.name + (f"[{at}]" if at else "")


#            why a draw is left       what is said of so many draws
REASONS = {
    "redrawn": "lay beyond the last whole round of a grid",
    "saturated": "put a unit's output outside 0.05 … 0.95, or beyond ±0.95",
    "kink": f"came within {APART} of a kink, or so near that rounding could cross it",
    "zero": "had a key that is 0 or no number",
    "apart": "had a mistake's value too near to the key or to another mistake's",
    "difficulty": "were easier or harder than the base by more than the band",
    "sign": "moved the error the other way than by lot",
    "routes": "had a key on which the routes did not agree",
}  # fmt: skip
ADVICE = {
    "redrawn": "take shorter lists",
    "saturated": "draw smaller weights and inputs under [draw]",
    "kink": "draw from finer ranges under [draw]",
    "zero": "draw other numbers, or ask for something that the error depends on",
    "difficulty": "widen the band under [difficulty]",
    "sign": "draw from wider ranges under [draw]",
    "routes": "draw smaller numbers under [draw]",
}
