"""Sentences by key, in each language, and numbers as the language writes them.

A sentence is text with `{name}` slots, `*emphasis*` and `**strong**` words.  What fills a slot is never read as a
sentence again, so no name or title can bring in markup.  A key or a slot that is missing raises, in either direction.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from symbackprop.document import Emphasis, Inline, Inlines, Math, Strong, Text
from symbackprop.errors import SymbackpropError
from symbackprop.form import Form
from symbackprop.templating import templates_folder

Slot = Form | str | Inline | Inlines


class LanguageError(SymbackpropError):
    """A language that there is no catalogue for, or a sentence that does not fit what is said."""


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(sorted(path.stem for path in (templates_folder() / "language").glob("*.toml")))


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every sentence of a language by its dotted key."""
    if language not in languages():
        raise LanguageError(f"there is no language {language!r}; there are {', '.join(languages())}")
    folder = templates_folder() / "language"
    paths = [folder / f"{language}.toml", *sorted((folder / language).glob("*.toml"))]
    return {k: v for path in paths for k, v in _flat("", tomllib.loads(path.read_text(encoding="utf-8")))}


def _flat(prefix: str, node: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            assert isinstance(value, str), f"{prefix}{key} is no sentence"
            yield prefix + key, value


def sentence(language: str, key: str) -> str:
    """The sentence as the catalogue has it."""
    try:
        return catalogue(language)[key]
    except KeyError:
        raise LanguageError(f"the catalogue {language!r} has no sentence {key!r}") from None


def slots(of: str) -> frozenset[str]:
    """The names of a sentence's slots."""
    return frozenset(re.findall(r"\{([a-z_]+)\}", of))


# --- saying ----------------------------------------------------------------------------------------------------

_PART = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<emphasis>[^*]+)\*|\{(?P<slot>[a-z_]+)\}|(?P<text>[^*{]+)")


def say(language: str, key: str, **given: Slot) -> Inlines:
    """The sentence with its slots filled in."""
    return joined(*_said(_checked(language, key, given), given))


def text(language: str, key: str, **given: str | int) -> str:
    """A sentence without formulas, as a string."""
    return _filled(_checked(language, key, given), given)


def _checked(language: str, key: str, given: Mapping[str, object]) -> str:
    found = sentence(language, key)
    if slots(found) != given.keys():
        wanted, got = (", ".join(sorted(names)) or "none" for names in (slots(found), given))
        raise LanguageError(f"the sentence {key!r} of {language!r} has the slots {wanted}, and was given {got}")
    return found


def _said(of: str, given: Mapping[str, Slot]) -> Iterator[Inlines]:
    for part in _PART.finditer(of):
        if part["slot"]:
            yield inlines(given[part["slot"]])
        elif part["text"]:
            yield (Text(part["text"]),)
        else:
            words = _filled(part["strong"] or part["emphasis"], given)
            yield (Strong(words) if part["strong"] else Emphasis(words),)


def _filled(of: str, given: Mapping[str, object]) -> str:
    """With strings and numbers in its slots: what is emphasised holds no formula."""
    return re.sub(r"\{([a-z_]+)\}", lambda slot: _string(given[slot[1]]), of)


def _string(value: object) -> str:
    if not isinstance(value, str | int):
        raise LanguageError(f"a {type(value).__name__} cannot stand where only words can")
    return str(value)


def inlines(value: Slot) -> Inlines:
    """A slot's value as inlines."""
    if isinstance(value, str):
        return (Text(value),)
    return value if isinstance(value, tuple) else (Math(value),) if isinstance(value, Form) else (value,)


def joined(*parts: Slot) -> Inlines:
    """The parts one after the other, neighbouring texts as one."""
    out: list[Inline] = []
    for inline in (inline for part in parts for inline in inlines(part)):
        if isinstance(inline, Text) and out and isinstance(out[-1], Text):
            out[-1] = Text(out[-1].text + inline.text)
        else:
            out.append(inline)
    return tuple(out)


def listed(language: str, items: Sequence[Slot]) -> Inlines:
    """a, b and c · a, b, dan c"""
    if len(items) < 2:
        return joined(*items)
    comma = text(language, "list.between")
    first = joined(*[part for item in items[:-1] for part in (comma, item)][1:])
    return say(language, "list.two" if len(items) == 2 else "list.more", first=first, last=joined(items[-1]))


def counted(language: str, count: int) -> str:
    """How many, in words up to ten: two · dua."""
    key = f"count.{count}"
    return text(language, key) if key in catalogue(language) else str(count)


# --- numbers ---------------------------------------------------------------------------------------------------


@cache
def decimal_mark(language: str) -> str:
    """The sign before the decimals."""
    from babel.numbers import get_decimal_symbol  # here, since Babel takes longer to import than `--help` may take

    return get_decimal_symbol(language)


@cache
def group_mark(language: str) -> str:
    """The sign between thousands."""
    from babel.numbers import get_group_symbol

    return get_group_symbol(language)


_NUMBER = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+)(?:\.(?P<decimals>[0-9]+))?(?:e(?P<exponent>[+-]?[0-9]+))?")
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(digits: str, language: str, target: str = "text") -> str:
    """The digits "-3.5e-5" as prose has them, −3,5 × 10⁻⁵, or for target "latex" as a formula has them, -3{,}5 …

    Thousands are parted in prose only and only from 10,000 on: 8.750 and 8,750 are too easily taken for each other.
    """
    found = _NUMBER.fullmatch(digits)
    if found is None:
        raise LanguageError(f"{digits!r} is no number as it is printed")
    tex = target == "latex"
    mark = decimal_mark(language)
    whole = found["whole"] if tex else _grouped(found["whole"], group_mark(language))
    decimals = (mark.replace(",", "{,}") if tex else mark) + found["decimals"] if found["decimals"] else ""
    return ("-" if tex else "−") * bool(found["sign"]) + whole + decimals + _power(found["exponent"], language, tex)


def _grouped(whole: str, mark: str) -> str:
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", lambda _: mark, whole) if len(whole) > 4 else whole


def _power(exponent: str | None, language: str, tex: bool) -> str:
    if exponent is None:
        return ""
    sign, power = text(language, "math.number-product"), str(int(exponent))
    if tex:
        return {"·": r" \cdot ", "×": r" \times "}[sign] + f"10^{{{power}}}"
    return f" {sign} 10{power.translate(_RAISED)}"
