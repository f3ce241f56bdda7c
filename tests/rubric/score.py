r"""Fifteen points of a good worked example, scored on the Markdown that was emitted: what a stranger with the page sees.

    python tests/rubric/score.py outputs/mazur.md …

Beside STEM.md lie its pictures and its companions: STEM.faded-1-backward.md, STEM.faded-1-backward.key.md, the same with
2 and with forward, STEM.erroneous.md and STEM.erroneous.key.md.  Several files are also held against one another (R1).

R1  Subgoals: 5 to 8 headings of the second level, no two alike, none empty, the same ones in every document of a
    language; at most 7 lines to a display.  (Catrambone 1998; Margulieux & Catrambone 2018)
R2  Every line of every display has its reason beside it, and the reasons are of many kinds.  (Renkl: principle-based
    self-explanation)
R3  The plan first: the backward pass begins with the whole chain in symbols, for an output parameter and for a hidden one;
    no number of the backward pass comes before the first; every factor of a plan is then worked out.  (Mazur)
R4  Symbols → numbers put in → value, on aligned lines of one display.  (handcalcs)
R5  A picture beside the formula of each plan, with as many ways as the formula has summands, each with its labels.
    (Atkinson, Derry, Renkl & Wortham 2000: integrated sources)
R6  All ways are summed: the summands of ∂E/∂q go through exactly those quantities whose lines of the forward pass use q,
    and stand as separate numbers before they are added.
R7  Deltas are defined, named, used again in other displays; where numbers are put in, the displays that computed them are
    cited, and only those.  (CS231n: staged computation)
R8  No silent step: from line to line at most two operations, one inside the other, a weighted sum counting as one; this is
    said; every quantity in a line is given or has been worked out; every parameter given has its derivative; nothing is
    "likewise" before derivatives of three kinds of parameters were told.  (element interactivity; mathsteps)
R9  The conventions stand first, in a box: orientation, index order, ½, sum or mean, bias, update order, rounding.
R10 The rounding is stated and obeyed: every line of numbers follows from the one before within it; no number has more
    digits; every number put in is given or was printed before.
R11 The check: a central difference for two parameters or more that gives the derivative told above; the bounds of
    agreement and of a mistake; the error fell, from the error told above.  (CS231n, gradient checks)
R12 At least 3 questions of different kinds (of the ways, of what is used again, of a bias, of a sign), spread over the text,
    each with its answer.  (Chi et al. 1989; Atkinson, Renkl & Merrill 2003)
R13 Faded companions of two levels, in both orders, each with a key to all gaps, in the solution's own words;
    level 2 leaves out more; forward begins earlier than backward.  (Renkl & Atkinson; Moreno, Reisslein & Ozogul 2009)
R14 An erroneous companion: one display differs at first, the key cites it, names the mistake, explains it and gives the right
    line.  (McLaren, Adams & Mayer 2015)
R15 Interpretation: for each group of parameters a sentence that reads sign and size of a derivative told above, and which
    parameter moves the error most.  (CS231n: sensitivity)
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a script: tests/ has what tests share

from number_reader import numeric, printed
from page import Block, Line, chosen, depth, partial, partials, plain, quantities, read, summands

# What a reader looks for in words; the first is English, the second Indonesian.
CONVENTIONS = {
    "orientation": r"positive derivative|target minus output|turunan positif|target dikurangi",
    "index order": r"index of a weight|numbered|indeks bobot|nomor urut|indeks",
    "the factor ½": r"½|\bhalf\b|cross-entropy|setengah|entropi silang",
    "sum or mean": r"\bsample|sampel",
    "bias": r"\bbias",
    "update order": r"old weights|updated together|bobot lama",
    "rounding": r"rounded|dibulatkan",
}
QUESTIONS = {
    "ways": r"term for each|acted on .* only|satu suku untuk|hanya memengaruhi",
    "used again": r"used again|dipakai kembali",
    "bias": r"no factor|tidak mempunyai faktor",
    "sign": r"sign|subtract|tanda|mengurangkan",
    "check": r"difference|selisih",
}
DIGITS = r"to (\d+) digits after|hingga (\d+) angka di belakang"
GRANULARITY = r"two operations|dua operasi"
LIKEWISE = r"\b(?:similarly|likewise|analogously|in the same way|go the same way|serupa|demikian pula|cara yang sama)\b"
UP, DOWN = r"\braises\b|\bnaik\b", r"\blowers\b|\bturun\b"
BOUNDS = r"below one in a million.*above one in ten thousand|sepersejuta.*sepersepuluh ribu"
FELL = r"fallen from|turun dari"


@dataclass
class Case:
    """A document with what lies beside it."""

    text: str
    pictures: Mapping[str, str] = field(default_factory=dict)  # file → SVG
    companions: Mapping[str, str] = field(default_factory=dict)  # "faded-1-backward.key" → Markdown
    siblings: Sequence[Sequence[str]] = ()  # the subgoals of other documents in the same language

    @cached_property
    def blocks(self) -> list[Block]:
        return read(self.text)

    @cached_property
    def displays(self) -> list[Block]:
        return [b for b in self.blocks if b.kind == "display"]

    @cached_property
    def subgoals(self) -> list[str]:
        return [b.text for b in self.blocks if b.kind == "heading" and b.level == 2]

    @cached_property
    def numbered(self) -> dict[int, Block]:
        return {d.number: d for d in self.displays if d.number is not None}

    @cached_property
    def places(self) -> int:
        stated = re.search(DIGITS, self.text)
        return int(stated[1] or stated[2]) if stated else 0

    @cached_property
    def groups(self) -> list[dict[str, str]]:
        """Each row of the first table: name → value."""
        table = next((b for b in self.blocks if b.kind == "table"), None)
        rows = [re.findall(r"\$([^$]*?) = ([^$]*?)\$", row[-1]) for row in (table.rows if table else ())]
        return [{name: plain(value) for name, value in row} for row in rows]

    @cached_property
    def given(self) -> dict[str, str]:
        return {name: value for row in self.groups for name, value in row.items()}

    @cached_property
    def known(self) -> set[str]:
        return {*self.given, *(d.left for d in self.displays)}

    @cached_property
    def error(self) -> str:
        tops = [top for d in self.displays for top, _ in partials(d.left)]
        return Counter(tops).most_common(1)[0][0] if tops else ""

    @cached_property
    def forward(self) -> list[Block]:
        """The displays before the first derivative."""
        first = next((d.at for d in self.displays if self.derivative(d)), 0)
        return [d for d in self.displays if d.at < first]

    @cached_property
    def backward(self) -> list[Block]:
        """The displays of derivatives of the error, before the check."""
        return [d for d in self.displays if self.derivative(d) and self.of(d) and d.part != self.subgoals[-1]]

    def derivative(self, display: Block) -> bool:
        return r"\partial" in display.left or display.left.startswith(r"\delta")

    def of(self, display: Block) -> str:
        """q, of a display of ∂E/∂q; that of a delta by its definition."""
        if display.left.startswith(r"\delta"):
            return self.deltas.get(display.left, "")
        ((top, bottom), *_) = partials(display.left) or [("", "")]
        return bottom if top == self.error else ""

    @cached_property
    def deltas(self) -> dict[str, str]:
        """δ → the quantity that it is the derivative by: the last one in its definition."""
        found: dict[str, str] = {}
        for d in self.displays:
            if d.left.startswith(r"\delta") and (parts := partials(summands(d.lines[0].right)[0])):
                found.setdefault(d.left, parts[-1][1])
        return found

    @cached_property
    def plans(self) -> list[Block]:
        """Displays of the backward pass that are products of derivatives, without a number."""
        return [d for d in self.backward if not d.numbers and d.number is None and partials(d.lines[-1].right)]

    @cached_property
    def gradients(self) -> dict[str, Block]:
        """Parameter → the numbered display of its derivative."""
        return {self.of(d): d for d in self.backward if self.of(d) in self.given and d.number and d.numbers}

    def through(self, summand: str) -> str:
        """The quantity that a summand of ∂E/∂q goes through: the top of its last ∂y/∂q, or that of what came back."""
        parts = partials(summand)
        if parts and parts[-1][0] != self.error:
            return parts[-1][0]
        if parts:
            return parts[0][1]
        return next((self.deltas[q] for q in quantities(summand, self.known) if q in self.deltas), "")


Faults = Iterator[str]


def r1(case: Case) -> Faults:
    names = case.subgoals
    if not 5 <= len(names) <= 8:
        yield f"{len(names)} subgoals"
    if len(set(names)) < len(names):
        yield "two subgoals have one name"
    for other in case.siblings:
        if list(other) != names:
            yield f"other subgoals than elsewhere: {sorted({*other} ^ {*names})}"
    parts = {b.part for b in case.blocks if b.kind != "heading"}
    yield from (f"nothing under {name!r}" for name in names if name not in parts)
    yield from (f"{len(d.lines)} lines in {_named(d)}" for d in case.displays if len(d.lines) > 7)


def r2(case: Case) -> Faults:
    for d in case.displays:
        yield from (f"no reason in {_named(d)} for = {line.right}" for line in d.lines if not line.why)
    if len({line.why for d in case.displays for line in d.lines if not line.cites}) < 8:
        yield "the reasons are all alike"


def r3(case: Case) -> Faults:
    first = next((d for d in case.displays if case.derivative(d)), None)
    if first is None or first not in case.plans:
        yield "the backward pass does not begin with a plan"
    asked = {case.of(d) for d in case.plans}
    if len(asked & {*case.given}) < 2:
        yield f"{len(asked)} plans, of no two parameters"
    for plan in case.plans:
        last = plan.lines[-1].right
        if max((len(partials(s)) for s in summands(last)), default=0) < 2:
            yield f"no chain in {_named(plan)}"
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


def r4(case: Case) -> Faults:
    for d in case.displays:
        if r"\begin{aligned}" not in d.text or not d.lines:
            yield f"{_named(d)} is not aligned"
        elif d in case.plans or _general(d):
            continue
        elif not (d.symbolic or r"\partial" in d.left) or not re.fullmatch(r"-?\d+(\.\d+)?", d.value):
            yield f"{_named(d)} does not go from symbols to a value"
        elif len(d.numbers) < 2 and d.symbolic and d.symbolic[-1].right not in case.known:
            yield f"no numbers put in in {_named(d)}"


def _general(d: Block) -> bool:
    """Told for every unit: letters for indices."""
    return re.search(r"_\{[\w,]*[a-z][^{}]*\}", d.left.replace("mathrm", "")) is not None and not d.numbers


def r5(case: Case) -> Faults:
    pictured = [b for b in case.blocks if b.kind == "picture"]
    for plan in case.plans:
        near = [b for b in pictured if 0 < plan.at - b.at <= 3]
        if not near:
            yield f"no picture beside {_named(plan)}"
            continue
        svg = case.pictures.get(near[-1].file, "")
        if not svg:
            yield f"the picture {near[-1].file} is missing"
        drawn, wanted = _ways(svg), len(summands(plan.lines[-1].right))
        if svg and drawn != wanted and not ("…" in svg and 2 < drawn < wanted):
            yield f"{drawn} ways are drawn and {wanted} summands written for {_named(plan)}"
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
        if d in case.plans or _general(d) or d.number is None:
            continue
        ways = [way for way in map(case.through, summands(d.lines[0].right)) if way]
        users = {f.left for f in case.forward if case.of(d) in quantities(f.lines[0].right, case.known)}
        if ways and users and set(ways) != users:
            yield f"{_named(d)} goes through {sorted(set(ways))}, and {case.of(d)} acts on {sorted(users)}"
        if len(set(ways)) > 1:
            several += 1
            apart = [line for line in d.numbers if len(summands(line.right)) >= len(set(ways))]
            if not apart:
                yield f"the {len(set(ways))} ways of {_named(d)} are never numbers side by side"
            counts = {len(summands(line.right)) for line in d.symbolic[1:]} | {len(summands(a.right)) for a in apart}
            if len(counts) > 1:
                yield f"the number of summands changes in {_named(d)}: {sorted(counts)}"
            if len(d.symbolic[0].right) and len(d.numbers) < 2:
                yield f"{_named(d)} is added up silently"
    if not several:
        yield "no quantity with several ways"


def r7(case: Case) -> Faults:
    backward = {d.left: d.number for d in case.backward if d.number and d.numbers}
    used = Counter(name for d in case.displays for name in backward if d.left != name and name in _symbols(d))
    if sum(count > 1 for count in used.values()) < 2:
        yield "no derivative is used twice"
    where = {d.left: n for n, d in case.numbered.items() if d.left}
    for d in case.displays:
        for before, line in pairwise(d.lines):
            gone = [c for c in line.cites if not _stands(case, c, before, line.numeric)]
            yield from (f"{_named(d)} cites ({c}), whose result it does not use" for c in gone)
            if line.numeric and not before.numeric and "…" not in line.why and d not in case.plans:
                for name, number in where.items():
                    if number != d.number and _uses(case, name, before) and number not in line.cites and name in backward:
                        yield f"{_named(d)} uses {name} and does not cite ({number})"
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
                yield f"{done} operations in one go in {_named(d)}: {one.right}"
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
                    yield f"{_named(d)} takes ∂{top}/∂{bottom} from nowhere"
            for name in quantities(_without(line), case.known):
                if name not in known:
                    yield f"{_named(d)} takes {name} from nowhere"
        known |= {d.left}
        if (q := case.of(d)) and d.numbers:
            known |= {partial(case.error, q)}


def r9(case: Case) -> Faults:
    first = case.displays[0].at if case.displays else 0
    box = next((b for b in case.blocks if b.kind == "box" and b.at < first), None)
    items = [line for b in box.inner for line in re.split(r"\n(?=\d+\. )", b.text)] if box else []
    if len(items) < 7:
        yield f"{len(items)} conventions before the first line"
    for name, words in CONVENTIONS.items():
        if not any(re.search(words, item, re.I) for item in items):
            yield f"nothing of {name}"


def r10(case: Case) -> Faults:
    if not case.places:
        yield "no rounding is stated"
        return
    checked = 0
    put_in = {_bare(x) for x in case.given.values()}
    for d in case.displays:
        for one, other in pairwise(d.numbers):
            checked += 1
            yield from _follows(d, one, other, case.places)
        if d.part != case.subgoals[-1]:
            for line in d.numbers:
                decimals = re.findall(r"\d+\.(\d+)", plain(line.right))
                yield from (f"too many digits in {_named(d)}: {x}" for x in decimals if len(x) > case.places)
            for number in re.findall(r"\d+\.\d+", plain(d.numbers[0].right)) if len(d.numbers) > 1 else ():
                if number not in put_in and len(number.partition(".")[2]) == case.places:
                    yield f"{number} in {_named(d)} was not printed before"
            put_in |= {_bare(number) for line in d.numbers for number in re.findall(r"\d+\.\d+", plain(line.right))}
    if checked < 20:
        yield f"only {checked} lines of numbers"


def _bare(number: str) -> str:
    return number.lstrip("-")


def _follows(d: Block, one: Line, other: Line, places: int) -> Faults:
    try:
        left, right = (numeric(chosen(line.right, places), places) for line in (one, other))
    except ValueError:
        left = right = None
    if left is None or right is None:
        yield f"cannot be read, in {_named(d)}: {one.right}"
    elif left.b < right.a or right.b < left.a:
        yield f"does not follow, in {_named(d)}: {one.right} = {other.right}"


def r11(case: Case) -> Faults:
    last = case.subgoals[-1] if case.subgoals else ""
    checks = [d for d in case.displays if d.part == last and re.search(r"\+ h\).*- h\)", d.lines[0].right)]
    if len(checks) < 2:
        yield f"{len(checks)} central differences"
    for d in checks:
        told = case.gradients.get(case.of(d))
        if told is None:
            yield f"{d.left} was not told"
        elif _far(numeric(d.numbers[0].right, case.places), printed_value(told.value, case.places)):
            yield f"the difference for {d.left} is not {told.value}"
    after = [b for b in case.blocks if b.part == last and b.kind == "words"]
    if not any(re.search(BOUNDS, b.text, re.S) for b in after):
        yield "what counts as wrong is not said"
    total = next((d.value for d in case.forward if d.left == case.error), "")
    falls = [plain(x) for b in after if re.search(FELL, b.text) for x in re.findall(r"\$(-?\d[^$]*)\$", b.text)]
    if len(falls) < 2 or falls[0] != total or float(falls[1]) >= float(falls[0]):
        yield f"the error did not fall from {total}: {falls}"


def printed_value(text: str, places: int) -> object:
    value = printed(text.lstrip("-"), places)
    return -value if text.startswith("-") else value


def _far(one: object, other: object) -> bool:
    """More than one in a million apart, and more than rounding explains."""
    if one is None:
        return True
    slack = 1 + 1e-6
    low, high = min(one.a, one.b, key=float), max(one.a, one.b, key=float)  # type: ignore[attr-defined]
    spread = abs(float(high)) * (slack - 1)
    return float(high) + spread < float(other.a) or float(low) - spread > float(other.b)  # type: ignore[attr-defined]


def r12(case: Case) -> Faults:
    titled = [(re.fullmatch(r"(.*?) (\d+)", b.text), b) for b in case.blocks if b.kind == "box"]
    found = [(title[1], int(title[2]), b) for title, b in titled if title]
    kinds = list(dict.fromkeys(kind for kind, _, _ in found))
    questions = {n: b for kind, n, b in found if kind == kinds[0]}
    answers = {n: b for kind, n, b in found if kind != kinds[0]}
    if len(questions) < 3:
        yield f"{len(questions)} questions"
    for n, b in questions.items():
        if "?" not in _text(b):
            yield f"question {n} asks nothing"
        if n not in answers or len(_text(answers[n])) < 40 or answers[n].at < b.at:
            yield f"question {n} has no answer"
    asked = {kind for kind, words in QUESTIONS.items() if any(re.search(words, _text(b), re.S) for b in questions.values())}
    if len(asked) < 3:
        yield f"all questions are of {sorted(asked)}"
    if len({b.part for b in questions.values()}) < 3:
        yield "the questions stand all in one place"


def _text(b: Block) -> str:
    return " ".join(inner.text for inner in b.inner)


GAP = re.compile(r"\\boxed\{\\quad\((\d+)\)\\quad\}")


def r13(case: Case) -> Faults:
    gaps: dict[tuple[int, str], list[int]] = {}
    solution = case.text.replace("{}", "")
    for level in (1, 2):
        for order in ("backward", "forward"):
            name = f"faded-{level}-{order}"
            faded, key = (case.companions.get(name + end, "") for end in ("", ".key"))
            if not faded or not key:
                yield f"no {name} with its key"
                continue
            answers = dict(re.findall(r"^\((\d+)\) \$(.*?)\$$", key, re.M | re.S))
            wanted = GAP.findall(faded)
            if lacking := {*wanted} - {*answers}:
                yield f"{name}: no answers to {sorted(lacking)}"
            strange = [answer for answer in answers.values() if answer.replace("{}", "") not in solution]
            if len(strange) > len(answers) / 10:
                yield f"{name}: the key has other lines than the solution: {strange[:3]}"
            gaps[level, order] = [faded[: gap.start()].count("\n") for gap in GAP.finditer(faded)]
    for order in ("backward", "forward"):
        one, two = gaps.get((1, order), []), gaps.get((2, order), [])
        if not 0 < len(one) < len(two):
            yield f"level 2 ({order}) leaves out no more than level 1"
    for level in (1, 2):
        first, last = gaps.get((level, "forward")), gaps.get((level, "backward"))
        if first and last and sum(first) / len(first) >= sum(last) / len(last):
            yield f"level {level}: both orders are the same"


def r14(case: Case) -> Faults:
    wrong, key = case.companions.get("erroneous", ""), case.companions.get("erroneous.key", "")
    if not wrong or not key:
        yield "no erroneous companion with its key"
        return
    other = {d.number: d for d in read(wrong) if d.kind == "display" and d.number}
    changed = [n for n, d in case.numbered.items() if n in other and _asked(other[n]) != _asked(d)]
    if len(changed) != 1:
        yield f"{len(changed)} displays begin differently"
    told = read(key)
    words = "\n".join(b.text for b in told if b.kind == "words")
    cited = re.search(r"\[\((\d+)\)\]", words)
    if not cited or [int(cited[1])] != changed[:1]:
        yield f"the key cites {cited and cited[1]}, and {changed} is wrong"
    if not re.search(r"\*[a-z]+(?:-[a-z]+)+\*", words):
        yield "the mistake has no name"
    if sum(b.kind == "words" for b in told) < 5:
        yield "the mistake is not explained"
    shown = [d for d in told if d.kind == "display"]
    if changed and (not shown or shown[-1].lines != case.numbered[changed[0]].lines):
        yield "the key does not give the right line"


def _asked(d: Block) -> tuple[str, str, list[str]]:
    return d.left, d.lines[0].right, [line.right for line in d.symbolic]


def r15(case: Case) -> Faults:
    sentences = [b for b in case.blocks if b.kind == "words"]
    for row in case.groups:
        if not any(name in case.gradients for name in row):
            continue
        read_out = [b for b in sentences if any(_speaks(case, b.text, name) for name in row)]
        if not read_out:
            yield f"no sentence reads the derivatives by {', '.join(row)}"
    values = {name: abs(float(d.value)) for name, d in case.gradients.items()}
    if values:
        largest = {name for name, value in values.items() if value == max(values.values())}
        said = [b for b in sentences if any(f"${name}$" in b.text and case.gradients[name].value in plain(b.text) for name in largest)]
        if not any(b.part == case.subgoals[-1] for b in said):
            yield f"that {', '.join(largest)} moves the error most is not said"
    else:
        yield "no derivatives"


def _speaks(case: Case, text: str, name: str) -> bool:
    r"""Whether a sentence reads sign and size of ∂E/∂name: raising $w$ by $0.01$ raises $E$ by about $0.000822$."""
    if name not in case.gradients:
        return False
    found = re.search(rf"\${re.escape(name)}\$ \D*?\$(0\.\d+)\$(.*?)\$([-\d.]+(?: \\(?:cdot|times) 10\^\{{-?\d+\}})?)\$", plain(text))
    if found is None:
        return False
    value, step = float(case.gradients[name].value), float(found[1])
    size = float(re.sub(r" \\(?:cdot|times) 10\^\{(-?\d+)\}", r"e\1", found[3]))
    up = bool(re.search(UP, found[2])) and not re.search(DOWN, found[2])
    return up == (value > 0) and abs(size - abs(value) * step) <= 0.006 * size + 10.0 ** -(case.places + 2)


def _named(d: Block) -> str:
    return f"({d.number})" if d.number else f"the display of {d.left} under {d.under or d.part}"


POINTS: dict[str, tuple[str, Callable[[Case], Iterable[str]]]] = {
    "R1": ("subgoals", r1),
    "R2": ("a reason for every line", r2),
    "R3": ("the plan before the numbers", r3),
    "R4": ("symbols, numbers, value", r4),
    "R5": ("pictures of the ways", r5),
    "R6": ("all ways summed", r6),
    "R7": ("deltas used again and cited", r7),
    "R8": ("no silent step", r8),
    "R9": ("conventions first", r9),
    "R10": ("rounding stated and obeyed", r10),
    "R11": ("checked in view", r11),
    "R12": ("questions with answers", r12),
    "R13": ("faded companions", r13),
    "R14": ("erroneous companion", r14),
    "R15": ("interpretation", r15),
}


def score(case: Case) -> dict[str, list[str]]:
    """Point → what is missing; nothing is missing where it is given."""
    return {point: list(faults(case)) for point, (_, faults) in POINTS.items()}


def lying(file: Path, siblings: Sequence[Sequence[str]] = ()) -> Case:
    """A document on disk with what lies beside it."""
    text = file.read_text(encoding="utf-8")
    pictures = {path.name: path.read_text(encoding="utf-8") for path in file.parent.glob(f"{file.stem}*.svg")}
    companions = {
        path.name.removeprefix(f"{file.stem}.").removesuffix(".md"): path.read_text(encoding="utf-8")
        for path in file.parent.glob(f"{file.stem}.*.md")
    }
    return Case(text, pictures, companions, siblings)


def main(files: Sequence[str]) -> int:
    cases = {name: lying(Path(name)) for name in files}
    worst = len(POINTS)
    for name, case in cases.items():
        language = "{,}" in case.text
        case.siblings = [c.subgoals for other, c in cases.items() if other != name and ("{,}" in c.text) == language]
        missing = score(case)
        given = sum(not faults for faults in missing.values())
        worst = min(worst, given)
        print(f"{name}: {given} of {len(POINTS)}")
        for point, (title, _) in POINTS.items():
            faults = missing[point]
            print(f"  {point:4}{'no ' if faults else 'yes'} {title}" + "".join(f"\n          {x}" for x in faults[:6]))
            if len(faults) > 6:
                print(f"          … {len(faults) - 6} more")
    return 0 if worst == len(POINTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
