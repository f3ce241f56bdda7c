"""What stands above and below a name: indices, layers, and the marks of what is updated or transposed."""

from __future__ import annotations

import re
from functools import lru_cache

from symbackprop.form import Index

AFTER = frozenset(("+", "(t+1)", "t+1", "{t+1}", "new", "(new)", "baru", "(baru)", "'"))
BEFORE = frozenset(("(t)", "t", "old", "(old)", "lama", "(lama)"))
SAID = re.compile(r"(.*?),?(new|baru|old|lama)")
TURNED = frozenset(("⊤", "T"))
LAYER = re.compile(r"[(\[]?(?:([lL])([+-]\d+)?|(\d+))[)\]]?")
AFFINE = re.compile(r"(?:\d{1,9}|\d{0,3}[A-Za-z]'*)(?:[+-](?:\d{0,3}[A-Za-z]'*|\d{1,9}))*")
TERM = re.compile(r"([+-]?)(?=[\dA-Za-z])(\d*)([A-Za-z]?'*)")
PARTS = re.compile(r"[A-Za-z]'*|.")


@lru_cache(maxsize=1024)
def marks(sup: str) -> tuple[str, bool, bool, str]:
    """A superscript in its parts: the layer, whether the update is over, whether transposed, and all that was cut."""
    after = turned = False
    rest = ""
    while True:
        cut = next((m for m in (*AFTER, *BEFORE, *TURNED) if sup.endswith(m) and _apart(sup[: -len(m)], m)), None)
        if cut is None:
            return sup, after, turned, rest
        sup = sup[: -len(cut)].rstrip(",")
        after, turned, rest = after or cut in AFTER, turned ^ (cut in TURNED), rest + cut


def opened(sup: str) -> str:
    """(3,+) and ([1]), as plain text writes what is more than a layer, without their parentheses"""
    inner = sup[1:-1]
    more = (
        sup[:1] == "(" and sup[-1:] == ")" and sup not in AFTER and ("," in inner or "[" in inner or inner[-1:] in "+'")
    )
    return inner if more and _balanced(inner) else sup


def _balanced(text: str) -> bool:
    deep = 0
    for c in text:
        deep += (c == "(") - (c == ")")
        if deep < 0:
            return False
    return not deep


def _apart(stem: str, mark: str) -> bool:
    """Whether a mark ends a superscript, and is no part of a longer word."""
    return not stem or (not (stem[-1].isalpha() and mark[0].isalpha()) and not (mark == "t" and stem[-1] not in ",)"))


def split(sub: str, n: int) -> list[str] | None:
    """A subscript as n indices: ji, j,i, 11, k+1, h1→o."""
    if n == 1 and sub and "," not in sub:
        return [sub]
    parts = parts_of(sub)
    return parts if len(parts) == n else None


def parts_of(script: str) -> list[str]:
    """What stands between commas; without one, each letter, figure and sign."""
    return script.split(",") if "," in script else PARTS.findall(script)


@lru_cache(maxsize=1024)
def affine(text: str) -> Index | None:
    """An index as a book counts, from 1: 3, k, k+1, 2l-1; a variable counts from 1 as well."""
    if not AFFINE.fullmatch(text):
        return None
    out = Index(-1)
    for sign, count, letter in TERM.findall(text):
        n = int(f"{sign}{count or 1}")
        out = out.plus(Index(n, ((n, letter),) if letter else ()))
    return out
