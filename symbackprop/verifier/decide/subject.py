"""What a claim is about: a network's entries and their derivatives as nodes of one program, from the spec alone.

Inputs, targets and parameters are symbols, also where the spec has numbers for them: a line is right when it holds
for all of them.  What a spec fixes besides, a mask or a first state, has its number; so has everything given in
[values] of a network that leaves other leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product
from random import Random

from symbackprop.form import ZERO, Form, Index, num
from symbackprop.graph import Definition, Graph, build
from symbackprop.reader.lower import Made
from symbackprop.spec.problem import Problem, loss_of
from symbackprop.tables.losses import LOSSES
from symbackprop.verifier.decide.assumed import differences, ranges, solved, within
from symbackprop.verifier.decide.backward import adjoints, tangent
from symbackprop.verifier.decide.field import Region
from symbackprop.verifier.decide.lower import Env, lowered, position
from symbackprop.verifier.decide.program import Entry, Node, Program, Undecidable
from symbackprop.verifier.decide.updates import numbers_of, start, updated
from symbackprop.verifier.oracle.subject import SIZES, depth, first_samples, fixed_sizes
from symbackprop.verifier.oracle.verdict import entry_of

Key = tuple[int, ...]
ARITHMETIC = {"leaf", "copy", "const", "add", "sub", "mul"}
HYPER = "hyper "  # no name of a quantity has a blank in it


class Subject:
    """A network, ready for claims.

    `assume` fixes a symbol by others, {("t", (1,)): 1 − t[0]}, as an equality among the spec's assumptions does; that
    targets sum to 1 is known from the loss.  With
    `numbers` the rate and the optimizer's options are the spec's numbers, not symbols.  With a `seed` the field's
    points are always the same, which is for teachers only.
    """

    def __init__(
        self,
        problem: Problem,
        assume: Mapping[Entry, Form] | None = None,
        seed: int | None = None,
        *,
        numbers: bool = False,
    ) -> None:
        self.problem = _of_one_update(problem)
        self.assume, self.seed, self.numbers = dict(assume or {}), seed, numbers
        self.total = False  # whether ∂a/∂b of two quantities counts all ways from b to a, or the direct one
        self.rounded = False  # whether a decimal is an interval, or the number itself
        self.program: Program = Program()
        self.entries: dict[Entry, Node] = {}
        self.names: dict[Node, Entry] = {}
        self._moved: dict[Entry, dict[str, Node]] = {}
        for d in self.graph.definitions:
            for at, env in self.instances(d):
                body = lowered(d.body, self, env)
                self.name((d.name, at), self.program.node("copy", body, (d.name, at)))
        self.ties = {self.entry(*e): lowered(form, self, {}) for e, form in self.assume.items()}
        self.ranges: dict[Node, Region] = {}  # where the spec's assumptions have a node
        for node, relation in differences(self):
            self._assume(node, relation)
        self.choices = self._targets()

    @cached_property
    def twin(self) -> Subject:
        """The same with the spec's numbers for the rate and the options."""
        return Subject(self.problem, self.assume, self.seed, numbers=True)

    @cached_property
    def graph(self) -> Graph:
        p = self.problem
        return build(p.program, fixed_sizes(p.shapes), p.parameters, p.error, p.samples, self._batched(), p.reduction)

    def _batched(self) -> tuple[str, ...]:
        """The leaves that lead with a sample axis."""
        p = self.problem
        data = (*p.inputs, *p.targets)
        return tuple(
            n for n in p.shapes if p.samples and (depth(p.values[n]) > len(p.shapes[n]) if n in p.values else n in data)
        )

    def size(self, n: int | str) -> int:
        return n if isinstance(n, int) else self._sizes[n]

    @cached_property
    def _sizes(self) -> dict[str, int]:
        named = dict.fromkeys(n for shape in self.problem.shapes.values() for n in shape if isinstance(n, str))
        return dict(zip(named, SIZES, strict=False))

    # ---- entries -------------------------------------------------------------------------------------------------

    def name(self, entry: Entry, node: Node) -> None:
        self.entries[entry], self.names[node] = node, entry

    def instances(self, d: Definition | Made) -> Iterator[tuple[Key, Env]]:
        for at in product(*(range(self.size(a.size)) for a in d.axes)):
            env = {a.var: i for a, i in zip(d.axes, at, strict=True)}
            yield tuple(position(i, env) for i in d.at), env

    def entry(self, name: str, at: Key) -> Node:
        """name[at]; what only an update knows is called W1.m, W1.mhat."""
        if (name, at) not in self.entries:
            self.name((name, at), self._leaf(name, at))
        return self.entries[name, at]

    def _leaf(self, name: str, at: Key) -> Node:
        parameter, _, line = name.partition(".")
        if line and parameter in self.graph.parameters:
            lines = self.moved(parameter, at)
            return lines[line] if line in lines else self._state(name, at)
        if name not in self.graph.leaves:
            raise Undecidable(f"the network has no {name}{list(at) or ''}")
        if len(at) != len(shape := self.graph.full_shape(name)) or any(
            not 0 <= i < self.size(n) for i, n in zip(at, shape, strict=True)
        ):
            raise Undecidable(f"{name} has no entry {list(at)}")
        if name in self._fixed:
            value = self.program.const(Fraction(entry_of(self.problem.values[name], at)))
            return self.program.node("copy", value, (name, at))
        return self.program.node("leaf", name, at)

    def _state(self, name: str, at: Key) -> Node:
        return self.program.node("leaf", name, at)

    @cached_property
    def _fixed(self) -> frozenset[str]:
        p = self.problem
        is_open = p.network is None and any(n not in p.values for n in p.shapes)
        symbols = () if is_open else (*p.inputs, *p.targets, *p.parameters)
        return frozenset(n for n in p.values if n not in symbols)

    def hyper(self, name: str) -> Node:
        known = numbers_of(self.problem.training) if self.numbers else {}
        if name in known:
            return self.program.const(known[name])
        return self.program.node("leaf", HYPER + name, ())

    @cached_property
    def branched(self) -> frozenset[Node]:
        """The entries that branch themselves: relu(z), the larger of two."""
        return frozenset(x for x, ops in self._operations() if "select" in ops)

    @cached_property
    def combined(self) -> frozenset[Node]:
        """The entries that are sums and products of others: z = Σ wa + b."""
        return frozenset(x for x, ops in self._operations() if ops <= ARITHMETIC)

    def _operations(self) -> Iterator[tuple[Node, set[str]]]:
        """What each entry does to those that it reads."""
        p = self.program
        for x in self.names:
            if p.nodes[x][0] == "copy":
                yield x, {p.nodes[y][0] for y in p.reach(p.nodes[x][1], stop="copy")}

    # ---- derivatives ---------------------------------------------------------------------------------------------

    @cached_property
    def error(self) -> Node:
        return self.entries[self.graph.error, ()]

    @cached_property
    def _adjoints(self) -> dict[Node, Node]:
        return adjoints(self.program, self.error)

    @cached_property
    def returned(self) -> frozenset[Node]:
        """The derivatives of the error by what the network computes."""
        p = self.program
        back = (self._adjoints.get(x, p.zero) for x in self.names if p.nodes[x][0] == "copy")
        return frozenset(x for x in back if p.below(x))

    def adjoint(self, name: str, at: Key) -> Node:
        return self._adjoints.get(self.entry(name, at), self.program.zero)

    def partial(self, top: Node, bottom: Node) -> Node:
        """∂top/∂bottom: of the error, all ways back; of a quantity that reads bottom itself, that one way, else all."""
        p = self.program
        if top == self.error:
            return self._adjoints.get(bottom, p.zero)
        body = p.nodes[top][1] if p.nodes[top][0] == "copy" else top
        if not self.total and bottom in p.reach(body, stop="copy"):
            return tangent(p, top, bottom, within=body)
        return tangent(p, top, bottom)

    def flow(self, name: str, through: str, at: Key) -> Node:
        """Σ ∂E/∂through[k] · ∂through[k]/∂name[at]."""
        p, bottom = self.program, self.entry(name, at)
        tops = [node for (other, _), node in self.entries.items() if other == through]
        bodies = ((top, p.nodes[top][1]) for top in tops)
        return p.total(p.mul(self._adjoints.get(t, p.zero), tangent(p, t, bottom, within=b)) for t, b in bodies)

    def updated(self, name: str, at: Key) -> Node:
        """The entry after an update; a state W1.m after it, too."""
        parameter, _, state = name.partition(".")
        if parameter not in self.graph.parameters:
            raise Undecidable(f"no update moves {name}")
        return self.moved(parameter, at)[state + "+" if state else "w+"]

    def moved(self, parameter: str, at: Key) -> dict[str, Node]:
        if (parameter, at) not in self._moved:
            self._moved[parameter, at] = updated(self, parameter, at)
        return self._moved[parameter, at]

    # ---- targets -------------------------------------------------------------------------------------------------

    def _targets(self) -> list[list[dict[Node, Fraction]]]:
        """What the loss asks of the targets: ties for those that sum to 1, choices for those of few values."""
        p = self.problem
        if p.network is None:
            return []
        word = p.network.loss
        rule = (
            loss_of(p.network).targets if isinstance(word, str) else LOSSES[word.name].targets if word.name else "any"
        )
        choices: list[list[dict[Node, Fraction]]] = []
        for name in p.targets:
            *rows, n = (range(self.size(k)) for k in self.graph.full_shape(name))
            for row in product(*rows):
                leaves = [self.entry(name, (*row, k)) for k in n]
                if any(x in self.ties for x in leaves) or (len(leaves) == 1 and rule == "distribution"):
                    continue
                if rule == "distribution":
                    others = self.program.total(iter(leaves[:-1]))
                    self.ties[leaves[-1]] = self.program.sub(self.program.one, others)
                if rule == "one-hot":
                    choices.append([{x: Fraction(x == hot) for x in leaves} for hot in leaves])
                if rule == "sign":
                    choices += [[{x: Fraction(1)}, {x: Fraction(-1)}] for x in leaves]
        return choices

    def _assume(self, node: Node, relation: str) -> None:
        """An equality fixes a symbol, an inequality a range."""
        if relation == "==":
            self.ties |= solved(self, node)
        else:
            for u, region in ranges(self, node, relation).items():
                self.ranges[u] = within(self.ranges[u], region) if u in self.ranges else region

    def excludes(self, u: Node, c: Fraction) -> bool:
        """Whether the assumptions say that u is not c."""
        return u in self.ranges and not self.ranges[u].low < c < self.ranges[u].high

    # ---- numbers of the fixed points -----------------------------------------------------------------------------

    def test_number(self, node: Node, k: int) -> Fraction:
        """The number of a symbol at point k: sixteenths up to 2 with either sign; what must be positive, below 1."""
        _, name, at = self.program.nodes[node]
        if (chosen := self._chosen(node, k)) is not None:
            return chosen
        random = Random(f"{k} {name} {at}")
        if node in self.ranges:
            return self.ranges[node].number(Fraction(random.randint(1, 16), 17))
        if name in self.problem.targets:
            n = self.size(self.graph.full_shape(name)[-1]) if at else 1
            return Fraction(random.randint(1, 16), 17 * n)  # so that the last, 1 − Σ, is positive too
        if name.startswith(HYPER) or "." in name:
            return Fraction(random.randint(1, 16), 17)
        return Fraction(random.choice((-1, 1)) * random.randint(1, 32), 16)

    def _chosen(self, node: Node, k: int) -> Fraction | None:
        for number, options in enumerate(self.choices):
            if node in options[0]:
                return options[Random(f"{k} choice {number}").randrange(len(options))][node]
        return None

    def given_number(self, node: Node) -> Fraction:
        """The number that the spec gives a symbol."""
        _, name, at = self.program.nodes[node]
        if name in self.problem.values:
            return Fraction(entry_of(self.problem.values[name], at))
        known = numbers_of(self.problem.training)
        if name.removeprefix(HYPER) in known:
            return known[name.removeprefix(HYPER)]
        if (number := start(self.problem, name, at)) is not None:
            return number
        raise Undecidable(f"the spec has no number for {name}")

    def form(self, node: Node) -> Form | None:
        """A node in words of entries, where it is an entry or made of some by arithmetic."""
        if node in self.names:
            name, at = self.names[node]
            return Form("ref", (name, *(Index(i) for i in at)))
        op, *rest = self.program.nodes[node]
        if op == "const":
            return num(rest[0])
        parts = [self.form(x) for x in self.program.below(node)]
        if op not in WRITTEN or any(f is None for f in parts):
            return None
        return WRITTEN[op](*parts)


WRITTEN: dict[str, Callable[..., Form]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: -y if x == ZERO else x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
}


def _of_one_update(problem: Problem) -> Problem:
    several = problem.samples and problem.training.order != "batch"
    return first_samples(problem) if several else problem


def mentions(form: Form, *ops: str) -> bool:
    return form.op in ops or any(mentions(f, *ops) for f in form.forms)
