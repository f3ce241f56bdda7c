"""What makes a reader think: R11 to R15.  Each point yields what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from case import Case
from number_reader import numeric
from page import Block, plain, read

Faults = Iterator[str]

# in English, then in Indonesian

QUESTIONS = {
    "ways": r"term for each|acted on .* only|satu suku untuk|hanya memengaruhi",
    "used again": r"used again|dipakai kembali",
    "bias": r"no factor|tidak mempunyai faktor",
    "sign": r"sign|subtract|tanda|mengurangkan",
    "check": r"difference|selisih",
}
BOUNDS = r"below one in a million.*above one in ten thousand|sepersejuta.*sepersepuluh ribu"
FELL = r"fallen from|turun dari"
UP, DOWN = r"\braises\b|\bnaik\b", r"\blowers\b|\bturun\b"


def r11(case: Case) -> Faults:
    last = case.subgoals[-1] if case.subgoals else ""
    checks = [d for d in case.displays if d.part == last and re.search(r"\+ h\).*- h\)", d.lines[0].right)]
    if len(checks) < 2:
        yield f"{len(checks)} central differences"
    for d in checks:
        told = case.gradients.get(case.of(d))
        if told is None:
            yield f"{d.left} was not told"
        elif _far(numeric(d.numbers[0].right, case.places), numeric(told.value, case.places)):
            yield f"the difference for {d.left} is not {told.value}"
    after = [b for b in case.blocks if b.part == last and b.kind == "words"]
    if not any(re.search(BOUNDS, b.text, re.S) for b in after):
        yield "what counts as wrong is not said"
    total = next((d.value for d in case.forward if d.left == case.error), "")
    falls = [plain(x) for b in after if re.search(FELL, b.text) for x in re.findall(r"\$(-?\d[^$]*)\$", b.text)]
    if len(falls) < 2 or falls[0] != total or float(falls[1]) >= float(falls[0]):
        yield f"the error did not fall from {total}: {falls}"


def _far(one: Any, other: Any) -> bool:
    """More than one in a million apart, and more than rounding explains."""
    if one is None or other is None:
        return True
    spread = 1e-6 * abs(float(one.b))
    return float(one.b) + spread < float(other.a) or float(one.a) - spread > float(other.b)


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
    words = " ".join(map(_text, questions.values()))
    asked = {kind for kind, said in QUESTIONS.items() if re.search(said, words, re.S)}
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
        last = [plain(b.text) for b in sentences if b.part == case.subgoals[-1]]
        if not any(f"${name}$" in text and case.gradients[name].value in text for name in largest for text in last):
            yield f"that {', '.join(largest)} moves the error most is not said"
    else:
        yield "no derivatives"


def _speaks(case: Case, text: str, name: str) -> bool:
    r"""Whether a sentence reads sign and size of ∂E/∂name: raising $w$ by $0.01$ raises $E$ by about $0.000822$."""
    if name not in case.gradients:
        return False
    size = r"([-\d.]+(?: \\(?:cdot|times) 10\^\{-?\d+\})?)"
    found = re.search(rf"\${re.escape(name)}\$ \D*?\$(0\.\d+)\$(.*?)\${size}\$", plain(text))
    if found is None:
        return False
    value, step = float(case.gradients[name].value), float(found[1])
    change = float(re.sub(r" \\(?:cdot|times) 10\^\{(-?\d+)\}", r"e\1", found[3]))
    up = bool(re.search(UP, found[2])) and not re.search(DOWN, found[2])
    return up == (value > 0) and abs(change - abs(value) * step) <= 0.006 * change + 10.0 ** -(case.places + 2)
