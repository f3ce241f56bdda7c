"""What of a row is formula and what is words: labels, comments and reasons are cut off, pieces are parted at words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from symbackprop.reader.documents import Row
from symbackprop.reader.tokens import Token
from symbackprop.reader.trees import RELATIONS
from symbackprop.verifier.glossary import Glossary

COUNTED = frozenset(("…", "{", "}", "{{", "}}", "-", "+", *RELATIONS))  # i = 0, …, n − 1
PARTS = frozenset((",", ";", "⇒", ":"))
DEEPER, SHALLOWER = frozenset(("(", "[", "{", "{{", "begin")), frozenset((")", "]", "}", "}}", "end"))
LABEL = re.compile(r"\s*(?:[|>]\s+)?(?:(?:\(\d{1,4}\)|\d{1,4}[.)]|[*•|>-])\s+)?")
PROSE = re.compile(r"[^\W\d_][\w\s,.;'’()-]*")
SHAPE = re.compile(r"\w+(?: × \w+)+(?:;[\w\s,.;()]*)?")  # of an array, behind the line that gives it
QUESTION = re.compile(r"\?(?=\s|$)")
PAIR = re.compile(r"\b([^\W\d_]{2,}),? (?=([^\W\d_]{2,})\b)")
WORD = re.compile(r"[^\W\d_]{2,}")
WORDS = re.compile(r"[^\W\d_]{2,}(?:[,.]? [^\W\d_]{2,})*[,.]?")


def relates(t: Token) -> bool:
    return t.kind == "sign" and t.text in RELATIONS


def trimmed(row: Row, names: Glossary) -> Row:
    """A line of plain text without its number, its comment and the reason behind it."""
    text = row.text
    label = LABEL.match(text)
    start = label.end() if label else 0
    asked = QUESTION.search(text, start)
    ends = (text.find("#", start), text.find("//", start), asked.start() if asked else -1)
    end = min((k for k in ends if k >= 0), default=len(text))
    body = text[:end].rstrip()
    for gap in re.finditer(r"\s{2,}(?=\S)", body):
        rest = body[gap.end() :]
        if gap.start() and (told(rest, names) or SHAPE.fullmatch(rest)):
            body = body[: gap.start()]
            break
    k = max(body.rfind(" ("), body.rfind(" ["))
    if k > 0 and body.endswith((")", "]")) and WORDS.fullmatch(body[k + 2 : -1]) and told(body[k + 2 : -1], names):
        body = body[:k].rstrip()
    relation = re.search(r"[=≈←]", body[start:])
    for gap in re.finditer(r"\s{2,}(?=\S)", body[start : start + relation.start()] if relation else ""):
        if any(not known(w, names) for w in WORD.findall(body[start : start + gap.start()])):
            start += gap.end()
            break
    body = body[start:]
    lead = len(body) - len(body.lstrip())
    return Row(body.strip(), row.offset + start + lead)


def told(text: str, names: Glossary) -> bool:
    """Whether it is words of prose, be there a name among them."""
    return bool(PROSE.fullmatch(text)) and any(w not in names.known for w in WORD.findall(text))


def sentence(text: str, bare: str, names: Glossary) -> bool:
    """Whether words of prose stand on both sides: let the step be h = 0.01 on each side."""
    left, relation, _ = (*re.split(r"([=≈←])", text, maxsplit=1), "", "")[:3]
    right = re.split(r"[=≈←]", bare, maxsplit=1)[-1]
    return bool(relation) and all(any(not spoken(a, names) and not spoken(b, names) for a, b in PAIR.findall(part))
                                  for part in (left, right))  # fmt: skip


def spoken(word: str, names: Glossary) -> bool:
    """Whether a word of plain text is a name, or a d before one."""
    return known(word, names) or (word[0] == "d" and known(word[1:], names))


def pieces(some: list[Token], is_plain: bool, names: Glossary) -> list[tuple[str, list[Token]]]:
    """A row cut at words, commas and ⇒ outside of brackets, each piece with what stands before it."""
    out: list[tuple[str, list[Token]]] = [("", [])]
    outside = {id(t) for t in top(some)}
    for t, after in zip(some, (*some[1:], None), strict=True):
        stop = t.text == "." and not (after and after.glued)  # w5.T is no end of a sentence
        cut = t.kind == "word" or (t.kind == "sign" and (t.text in PARTS or stop))
        if t.kind == "sign" and t.text == "&" and id(t) in outside:
            continue
        if cut and id(t) in outside:
            out.append(("word" if t.kind == "word" or t.text in ".:" else ",", []))
            if t.text == ":":
                out = [("", [])] if not any(relates(x) for _, p in out for x in p) else out
        else:
            out[-1][1].append(t)
    if not is_plain:
        return out
    return [(b if k == 0 else "word", unworded(q, names)) for b, p in out for k, q in enumerate(parted(p, names))]


def parted(piece: list[Token], names: Glossary) -> list[list[Token]]:
    """A piece of plain text cut at a word between two formulas: a = 1 and b = 2."""
    outside = {id(t) for t in top(piece)}
    signs = [k for k, t in enumerate(piece) if relates(t) and id(t) in outside]
    for j in range(signs[0] + 2, signs[-1]) if signs else ():
        if id(piece[j]) in outside and prosaic(piece, j, names):
            return [piece[:j], *parted(piece[j + 1 :], names)]
    return [piece]


def top(some: list[Token]) -> Iterator[Token]:
    """The tokens outside of all brackets."""
    deep = 0
    for t in some:
        if t.kind in ("sign", "command"):
            deep -= t.text in SHALLOWER
            if deep <= 0:
                yield t
            deep += t.text in DEEPER
        elif deep <= 0:
            yield t


def bared(some: list[Token]) -> list[Token]:
    """A row without the braces around all of it."""
    while len(some) > 2 and some[0].text == "{" and some[-1].text == "}":
        deep = 0
        for k, t in enumerate(some):
            deep += (t.text == "{") - (t.text == "}")
            if not deep and k < len(some) - 1:
                return some
        some = some[1:-1]
    return some


def unworded(piece: list[Token], names: Glossary) -> list[Token]:
    """Words of prose before a formula in plain text: so dE/dw5 = …"""
    outside = {id(t) for t in top(piece)}
    first = next((k for k, t in enumerate(piece) if relates(t) and id(t) in outside), 0)
    k = 0
    while k < first and strange(piece[k], names):
        if k + 1 < len(piece) and piece[k + 1].glued:
            break
        k += 1
    last = max((j for j in range(k, first) if id(piece[j]) in outside and prosaic(piece, j, names)), default=k - 1)
    return piece[last + 1 :] if last + 1 < first else piece


def prosaic(piece: list[Token], k: int, names: Glossary) -> bool:
    """Whether a token is a word between words: untuk w6 diperoleh dE/dw6 = …"""
    t, after = piece[k], piece[k + 1]
    joined = after.glued or (after.kind == "sign" and after.text not in ("∂", "∇"))
    apart = k == 0 or piece[k - 1].kind != "sign"
    return strange(t, names) and not joined and apart


def wordy(piece: list[Token], names: Glossary) -> bool:
    """Whether words of prose stand side by side in it: and we want it to fall."""
    return any(strange(t, names) and strange(after, names) for t, after in pairwise(piece))


def strange(t: Token, names: Glossary) -> bool:
    """Whether a token is a word that names nothing."""
    return t.kind == "name" and len(t.text) > 1 and not known(t.text, names)


def unworded_end(piece: list[Token], names: Glossary) -> list[Token]:
    """Words of prose behind a formula in a sentence: … = −0.07 is negative"""
    end = len(piece)
    while end > 1 and strange(piece[end - 1], names):
        end -= 1
    return piece[:end]


def known(word: str, names: Glossary) -> bool:
    return word in names.known or word in names.whole


def remark(piece: list[Token], names: Glossary, counting: bool) -> bool:
    """k = 1, 2: what an index runs over is no claim, nor is i = 1, …, n where i is an input too."""
    head = piece[0]
    if head.text == "h" and len(piece) == 3 and relates(piece[1]) and piece[2].kind == "number":
        return True  # the step of a difference quotient
    single = len(head.text) == 1 and head.text.isalpha() and (head.text not in names.bases or counting)
    letters = [t.text for t in piece[2:] if not t.text.isdigit() and t.text not in COUNTED]
    counts = all(len(text) == 1 and text.isalpha() and text not in names.bases for text in letters)
    return head.kind == "name" and single and counts and len(piece) > 1 and relates(piece[1])
