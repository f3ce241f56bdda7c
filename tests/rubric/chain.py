"""How the chain rule is told: R3, R5, R6, R7 and R8.  Each point yields what is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from case import Case, named
from page import Block, Line, depth, general, partial, partials, quantities, summands

Faults = Iterator[str]

# in English, then in Indonesian

GRANULARITY = r"two operations|dua operasi"
LIKEWISE = r"\b(?:similarly|likewise|analogously|in the same way|go the same way|serupa|demikian pula|cara yang sama)\b"


def r3(case: Case) -> Faults:
    first = next((d for d in case.displays if case.derivative(d)), None)
    if first is None or first not in case.plans:
        yield "the backward pass does not begin with a plan"
    asked = {case.of(d) for d in case.plans}
    if len(asked & {*case.given}) < 2:
        yield f"{len(asked)} plans, of no two parameters"
    for plan in case.plans:
        last = plan.lines[-1].right
        links = [len(partials(s)) + s.count(r"\delta") for s in summands(last)]
        if min(links) < 2 or (plan is case.plans[0] and r"\delta" in last):
            yield f"no whole chain in {named(plan)}"
        for top, bottom in dict.fromkeys(partials(last)):
            if not _worked_out(case, partial(top, bottom)):
                yield f"∂{top}/∂{bottom} of a plan is never worked out"


def _worked_out(case: Case, factor: str) -> bool:
    """It is what a display is about, or the line after it has something for it."""
    for d in case.displays:
        if d.left == factor and d.numbers:
            return True
        if d not in case.plans and any(factor in a.right and factor not in b.right for a, b in pairwise(d.lines)):
            return True
    return False


def r5(case: Case) -> Faults:
    pictured = [b for b in case.blocks if b.kind == "picture"]
    for plan in case.plans:
        near = [b for b in pictured if 0 < plan.at - b.at <= 3]
        if not near:
            yield f"no picture beside {named(plan)}"
            continue
        svg = case.pictures.get(near[-1].file, "")
        if not svg:
            yield f"the picture {near[-1].file} is missing"
        drawn, wanted = _ways(svg), len(summands(plan.lines[-1].right))
        if svg and drawn != wanted and not ("…" in svg and 2 < drawn < wanted):
            yield f"{drawn} ways are drawn and {wanted} summands written for {named(plan)}"
        if svg.count("<text") < drawn + 2:
            yield f"{near[-1].file} has few labels"
    yield from (f"{b.file} has no words for those who cannot see it" for b in pictured if len(b.text) < 40)
    if not case.plans:
        yield "there is no plan to draw"


def _ways(svg: str) -> int:
    """Strokes that differ, among the thick ones."""
    strokes = set()
    for color, inside in re.findall(r'<g[^>]*? stroke="(#\w+)"[^>]*>\n(<line.*?)</g>', svg, re.S):
        width = re.search(r'stroke-width="([\d.]+)"', inside)
        dash = re.search(r'stroke-dasharray="([^"]*)"', inside)
        if width and float(width[1]) > 1.5:
            strokes.add((color, dash[1] if dash else ""))
    return len(strokes)


def r6(case: Case) -> Faults:
    several = 0
    for d in case.backward:
        if d in case.plans or general(d) or d.number is None:
            continue
        ways = [way for way in map(case.through, summands(d.lines[0].right)) if way]
        users = {f.left for f in case.forward if case.of(d) in quantities(f.lines[0].right, case.known)}
        if ways and users and set(ways) != users:
            yield f"{named(d)} goes through {sorted(set(ways))}, and {case.of(d)} acts on {sorted(users)}"
        if len(set(ways)) > 1:
            several += 1
            apart = [line for line in d.numbers if len(summands(line.right)) >= len(set(ways))]
            if not apart:
                yield f"the {len(set(ways))} ways of {named(d)} are never numbers side by side"
            counts = {len(summands(line.right)) for line in d.symbolic[1:]} | {len(summands(a.right)) for a in apart}
            if len(counts) > 1:
                yield f"the number of summands changes in {named(d)}: {sorted(counts)}"
            if len(d.symbolic[0].right) and len(d.numbers) < 2:
                yield f"{named(d)} is added up silently"
    if not several:
        yield "no quantity with several ways"


def r7(case: Case) -> Faults:
    backward = {d.left: d.number for d in case.backward if d.number and d.numbers}
    used = Counter(name for d in case.displays for name in backward if d.left != name and name in _symbols(d))
    if sum(count > 1 for count in used.values()) < 2:
        yield "no derivative is used twice"
    where = {d.left: number for number, d in case.numbered.items() if d.numbers}
    for d in case.displays:
        for before, line in pairwise(d.lines):
            gone = [c for c in line.cites if not _stands(case, c, before, line.numeric)]
            yield from (f"{named(d)} cites ({c}), whose result it does not use" for c in gone)
            if line.numeric and not before.numeric and "…" not in line.why and d.part != case.subgoals[-1]:
                due = {number: name for name, number in where.items() if _uses(case, name, before)}
                lacking = {*due} - {*line.cites, d.number}
                yield from (f"{named(d)} uses {due[n]} and does not cite ({n})" for n in lacking)
        yield from (f"({c}) is cited before it stands" for line in d.lines for c in line.cites if _later(case, c, d))


def _symbols(d: Block) -> str:
    return " ".join(line.right for line in d.symbolic)


def _later(case: Case, number: int, d: Block) -> bool:
    return number not in case.numbered or case.numbered[number].at >= d.at


def _stands(case: Case, number: int, line: Line, numeric: bool) -> bool:
    """Whether the number that a display found goes into a line; or, between symbols, its formula into a derivative."""
    if number not in case.numbered:
        return False
    left = case.numbered[number].left
    return _uses(case, left, line) or (not numeric and any(top == left for top, _ in partials(line.right)))


def _uses(case: Case, name: str, line: Line) -> bool:
    if r"\partial" in name:
        return name in line.right
    return name in quantities(_without(line.right), case.known)


def _without(formula: str) -> str:
    for top, bottom in partials(formula):
        formula = formula.replace(partial(top, bottom), " ")
    return formula


def r8(case: Case) -> Faults:
    for d in case.displays:
        for one, other in pairwise(d.numbers):
            done = _depth(one.right, case.places) - _depth(other.right, case.places)
            if done > 2:
                yield f"{done} operations in one go in {named(d)}: {one.right}"
    if not re.search(GRANULARITY, case.text):
        yield "how much a line does is not said"
    yield from _unknown(case)
    lacking = [name for row in case.groups for name in row if name not in case.gradients and _trained(case, name)]
    yield from (f"no derivative by {name}" for name in lacking)
    told = [min((d.at for name, d in case.gradients.items() if name in row), default=0) for row in case.groups]
    third = ([at for at in sorted(told) if at] + 3 * [len(case.blocks)])[2]
    for b in case.blocks:
        if b.kind == "words" and b.at < third and re.search(LIKEWISE, b.text, re.I):
            yield f"left to the reader too early: {b.text}"


def _trained(case: Case, name: str) -> bool:
    """A parameter: others of its row have a derivative."""
    row = next(row for row in case.groups if name in row)
    return any(other in case.gradients for other in row)


def _depth(formula: str, places: int) -> int:
    try:
        return depth(formula, places)
    except (ValueError, KeyError, TypeError):
        return 99


def _unknown(case: Case) -> Faults:
    """A quantity that a line takes from nowhere."""
    known = {*case.given}
    for d in case.displays:
        if d.part == case.subgoals[-1]:
            break
        if d.numbers and d.symbolic:
            line = d.symbolic[-1].right
            for top, bottom in partials(line):
                if partial(top, bottom) not in known and top == case.error:
                    yield f"{named(d)} takes ∂{top}/∂{bottom} from nowhere"
            for name in quantities(_without(line), case.known):
                if name not in known:
                    yield f"{named(d)} takes {name} from nowhere"
        known |= {d.left}
        if (q := case.of(d)) and d.numbers:
            known |= {partial(case.error, q)}
