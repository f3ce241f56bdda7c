"""GIFT as Moodle's importer reads it (question/format/gift), and stricter: one error spoils a whole import there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from checks.moodle import like, near, number

SIGNS = ":#={}~\n"
HELD = {sign: chr(0xE000 + k) for k, sign in enumerate(SIGNS)}
WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]*)?)%")


def held(text: str) -> str:
    """Escaped signs as placeholders, before anything is looked for."""
    text = text.replace("\\\\", "\ue100")
    for sign in SIGNS:
        text = text.replace("\\n" if sign == "\n" else "\\" + sign, HELD[sign])
    return text.replace("\ue100", "\\")


def freed(text: str) -> str:
    for sign, hold in HELD.items():
        text = text.replace(hold, sign)
    return text.strip()


@dataclass
class Item:
    name: str
    category: str
    text: str
    kind: str
    ways: list[tuple[Decimal, str, str, str]]  # what it earns, the answer, its tolerance or partner, what is said
    worked: str = ""
    faults: list[str] = field(default_factory=list)


def read(data: bytes) -> list[Item]:
    items, category = [], ""
    for block in re.split(r"\n\s*\n", data.decode().strip()):
        text = held("\n".join(line for line in block.split("\n") if not line.strip().startswith("//")))
        if text.startswith("$CATEGORY:"):
            category = freed(text[10:])
        else:
            items.append(item(text, category))
    return items


def item(text: str, category: str) -> Item:
    found = re.fullmatch(r"::(.*?)::(?:\[html\])(.*?)\{(.*)\}", text, re.S)
    if not found:
        return Item(text[:20], category, text, "?", [], faults=["no ::name::[html]text{answers}"])
    name, body, answers = found.groups()
    answers, _, worked = answers.rpartition("####") if "####" in answers else (answers, "", "")
    made = Item(freed(name), category, freed(body), "?", [], freed(worked))
    if "{" in body or "}" in body or "{" in answers or "}" in answers or "{" in worked or "}" in worked:
        made.faults.append("a brace that ends it too early")
    if any(sign in body for sign in "~=#:"):
        made.faults.append("a sign that means something in the text")
    fill(made, answers.strip())
    return made


def fill(made: Item, answers: str) -> None:
    if answers.startswith("#"):
        made.kind, parts = "numerical", answers[1:].split("=")[1:]
    elif "~" in answers:
        made.kind, parts = "multichoice", re.findall(r"[~=][^~=]*", answers)
    elif "->" in answers:
        made.kind, parts = "match", answers.split("=")[1:]
    else:
        made.kind, parts = "shortanswer", answers.split("=")[1:]
    for part in parts:
        right = made.kind != "multichoice" or part[0] == "="
        text = part.strip("~=").strip() if made.kind == "multichoice" else part.strip()
        weight = WEIGHT.match(text)
        earned = Decimal(weight[1]) / 100 if weight else Decimal(right)
        text = text[weight.end() :] if weight else text
        answer, _, said = text.partition("#")
        if "#" in said:
            made.faults.append("a # in what is said")
        if made.kind == "match":
            answer, _, more = answer.partition("->")
        elif made.kind == "numerical":
            answer, _, more = answer.partition(":")
        else:
            more = ""
        made.ways.append((earned, freed(answer), freed(more), freed(said)))
    check(made)


def check(made: Item) -> None:
    if made.kind == "numerical":
        made.faults += [f"{a}:{t} is no number" for _, a, t, _ in made.ways if None in (number(a), number(t))]
    if made.kind == "multichoice" and sum(earned == 1 for earned, *_ in made.ways) != 1:
        made.faults.append("not one right choice")
    if made.kind != "match" and not any(earned == 1 for earned, *_ in made.ways):
        made.faults.append("nothing is right")
    if made.kind == "match" and (len(made.ways) < 2 or not all(more for _, _, more, _ in made.ways)):
        made.faults.append("a match without its partner")


def faults(data: bytes) -> list[str]:
    items = read(data)
    names = [(i.category, i.name) for i in items]
    twice = [f"{name}: twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    lost = [f"{i.name}: no category" for i in items if not i.category.startswith("$course$/")]
    return twice + lost + [f"{i.name}: {fault}" for i in items for fault in i.faults]


def mark(made: Item, given: str) -> tuple[Decimal, str]:
    """What it earns, of 1, and what is said; a choice by its number, a match by the partners in their order: "312"."""
    if made.kind == "match":
        fits = [partner == one for (_, _, partner, _), one in zip(made.ways, given, strict=True)]
        return Decimal(sum(fits)) / len(fits), ""
    if made.kind == "multichoice":
        earned, _, _, said = made.ways[int(given)]
        return earned, said
    for earned, answer, tolerance, said in made.ways:
        if near(answer, tolerance, given) if made.kind == "numerical" else like(answer, given):
            return earned, said
    return Decimal(0), ""
