r"""Commands to tokens: \frac, \sum and \mathrm{out}; \quad and \color{red} leave none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symbackprop.reader.alphabet import (
    ACCENTS,
    ARGUMENTS,
    COMMAND_SIGNS,
    FUNCTION_COMMANDS,
    GREEK,
    OTHER_NAMES,
    SPACES,
    STRUCTURE,
    WORDS,
)
from symbackprop.reader.array import character

if TYPE_CHECKING:
    from symbackprop.reader.tokens import Scanner

COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
NAMED = re.compile(r"\s*(?:[_^]|(?:&\s*)?(?:=|\\approx))")  # what stands behind a name, not behind a word
POINTER = re.compile(r"\\hyperlink\{[^{}]*\}\{([^{}]*)\}")  # to an equation, within words


def command(s: Scanner, start: int) -> None:
    found = COMMAND.match(s.text, start)
    if found is None:
        raise s.fault(start, "a backslash stands at the end: leave it out")
    s.at, name = found.end(), found[0][1:]
    bare = name.rstrip("*")
    if name in ("{", "}"):
        s.put("sign", "{{" if name == "{" else "}}", start)
        return
    if name == "_":  # net\_h1, as Markdown wants it
        s.put("sign", "_", start)
        return
    if name == "|":
        s.put("sign", "‖", start)
        return
    if name in SPACES or name.isspace():
        s.glued = False
        if name in ("left", "right", "middle") or name[:3].lower() == "big":
            delimiter(s)
        return
    if bare in ARGUMENTS:
        for _ in range(ARGUMENTS[bare]):
            group(s)
        return
    if bare in WORDS:
        words(s, start)
        return
    if bare in ACCENTS:
        s.put("command", ACCENTS[bare], start)
        return
    if bare in OTHER_NAMES:
        s.put(*other(s, bare, start))
        return
    if name in COMMAND_SIGNS:
        s.sign(COMMAND_SIGNS[name], start)
        return
    if bare in STRUCTURE:
        s.put("command", "frac" if bare.endswith("frac") else bare, start)
        return
    if name in GREEK or name in FUNCTION_COMMANDS:
        s.put("name", name, start)
        return
    if name == "\\":
        s.put("sign", "\\\\", start)
        return
    raise s.fault(start, f"the command \\{name if name.isprintable() else character(name)} is not read")


def other(s: Scanner, name: str, start: int) -> tuple[str, str, int]:
    if OTHER_NAMES[name] != "\U0001d7d9":
        return "name", OTHER_NAMES[name], start
    inner = group(s).strip()
    if inner not in ("1", "I"):
        raise s.fault(start, f"\\{name}{{…}} is read where it holds a 1, as an indicator")
    return "sign", "\U0001d7d9", start


def delimiter(s: Scanner) -> None:
    """\\left. stands for nothing."""
    rest = s.text[s.at : s.at + 2].lstrip()
    if rest[:1] == ".":
        s.at = s.text.index(".", s.at) + 1


def group(s: Scanner) -> str:
    """The raw text of the next {…}, passed over; one character where there are no braces."""
    while s.at < len(s.text) and s.text[s.at].isspace():
        s.at += 1
    start = s.at
    if s.text[start : start + 1] != "{":
        s.at = start + 1
        return s.text[start : start + 1]
    deep = 0
    for k in range(start, len(s.text)):
        c = s.text[k]
        if c in "{}" and s.text[k - 1] != "\\":
            deep += 1 if c == "{" else -1
            if not deep:
                s.at = k + 1
                return s.text[start + 1 : k]
    raise s.fault(start, "this brace is never closed")


def words(s: Scanner, start: int) -> None:
    r"""\mathrm{out} is a name, \text{ if } are words, \mathrm{net_{h1}} is read as what it holds."""
    begin = s.at
    inner = re.sub(r"\\([a-z]+) ", lambda m: "" if m[1] in SPACES else m[0], POINTER.sub(r"\1", group(s)))
    name = re.sub(r"\s+", "", inner) if s.spaced or " " not in inner.strip() else inner.strip()
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name) and (s.in_script() or name in s.known):
        if name == "d":
            s.put("sign", "∂", start)
        else:
            s.put("name", name, start)
        return
    if re.fullmatch(r"[A-Za-z]+", inner) and NAMED.match(s.text, s.at):  # a new name: \text{MSE} = …
        s.put("name", inner, start)
        return
    if re.fullmatch(r"[A-Za-z]+\d+", name) and name.rstrip("0123456789") in s.known:
        s.cut(name, [start] * len(name))
        return
    if s.in_script() and re.fullmatch(r"[A-Za-z0-9+,() -]+", name):
        for x in re.findall(r"[A-Za-z]+|\d+|[+,()-]", name):
            s.put("name" if x.isalpha() else "number" if x.isdigit() else "sign", x, start)
        return
    if re.search(r"[_^\\]", inner) and "$" not in inner:
        s.at = begin  # the group is read in its own right
    else:
        s.put("word", inner.strip(), start)
