"""How the page is set out: R1, R2, R4, R9 and R10.  Each point yields what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from case import Case, named
from number_reader import numeric
from page import Block, Line, chosen, general, plain

Faults = Iterator[str]

# in English, then in Indonesian

CONVENTIONS = {
    "orientation": r"positive derivative|target minus output|turunan positif|target dikurangi",
    "index order": r"index of a weight|numbered|indeks bobot|nomor urut|indeks",
    "the factor ½": r"½|\bhalf\b|cross-entropy|setengah|entropi silang",
    "sum or mean": r"\bsample|sampel",
    "bias": r"\bbias",
    "update order": r"old weights|updated together|bobot lama",
    "rounding": r"rounded|dibulatkan",
}


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
    yield from (f"{len(d.lines)} lines in {named(d)}" for d in case.displays if len(d.lines) > 7)


def r2(case: Case) -> Faults:
    for d in case.displays:
        yield from (f"no reason in {named(d)} for = {line.right}" for line in d.lines if not line.why)
    if len({line.why for d in case.displays for line in d.lines if not line.cites}) < 8:
        yield "the reasons are all alike"


def r4(case: Case) -> Faults:
    for d in case.displays:
        if r"\begin{aligned}" not in d.text or not d.lines:
            yield f"{named(d)} is not aligned"
        elif d in case.plans or general(d):
            continue
        elif not (d.symbolic or r"\partial" in d.left) or not re.fullmatch(r"-?\d+(\.\d+)?", d.value):
            yield f"{named(d)} does not go from symbols to a value"
        elif len(d.numbers) < 2 and d.symbolic and d.symbolic[-1].right not in case.known:
            yield f"no numbers put in in {named(d)}"


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
                yield from (f"too many digits in {named(d)}: {x}" for x in decimals if len(x) > case.places)
            for number in re.findall(r"\d+\.\d+", plain(d.numbers[0].right)) if len(d.numbers) > 1 else ():
                if number not in put_in and len(number.partition(".")[2]) == case.places:
                    yield f"{number} in {named(d)} was not printed before"
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
        yield f"cannot be read, in {named(d)}: {one.right}"
    elif left.b < right.a or right.b < left.a:
        yield f"does not follow, in {named(d)}: {one.right} = {other.right}"
