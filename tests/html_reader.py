"""HTML as a tree, by Python's own parser, and its MathML as LaTeX: what reads the one then reads the other.

Independent of the printer: it knows the elements of MathML Core alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from unicodedata import lookup, name

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []

    @property
    def elements(self) -> list[Element]:
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, tag: str = "") -> Iterator[Element]:
        """This and all below, in the order of reading."""
        if not tag or self.tag == tag:
            yield self
        for child in self.elements:
            yield from child.all(tag)


class _Builder(HTMLParser):
    """Every tag that is opened must be closed, in its place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.at = self.root = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.at = self.at.elements[-1]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        self.at.children.append(Element(tag, {key: value or "" for key, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.at.tag, f"</{tag}> closes <{self.at.tag}>"
        assert self.at.parent
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def tree(html: str) -> Element:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.at is builder.root, f"<{builder.at.tag}> is not closed"
    return builder.root


# --- MathML as LaTeX -------------------------------------------------------------------------------------------------

SIGNS = {
    "−": "-", "·": r"\cdot ", "×": r"\times ", "\u2061": "", "\u2062": "", "∑": r"\sum", "′": r"\prime ",
    "≤": r"\le ", "≥": r"\ge ", "≈": r"\approx ", "≠": r"\ne ", "←": r"\leftarrow ",
}  # fmt: skip
FUNCTIONS = {"tanh", "ln", "exp", "sin", "cos", "max", "min"}


def latex(element: Element) -> str:
    """The formula; parts that only stand side by side are one after the other."""
    return ELEMENTS[element.tag](element)


def _row(element: Element) -> str:
    bars = [child.tag == "mo" and child.text == "|" for child in element.elements]
    inside = "".join(map(latex, element.elements[1:-1] if any(bars) else element.elements))
    return rf"\left\lvert {inside} \right\rvert " if any(bars) else inside


def _name(element: Element) -> str:
    text = element.text
    if len(text) > 1:
        return rf"\{text} " if text in FUNCTIONS else rf"\mathrm{{{text}}}"
    return text if text.isascii() else _letter(text)


def _letter(char: str) -> str:
    if char == "∂":
        return r"\partial "
    if "SCRIPT CAPITAL" in name(char):
        return rf"\mathcal{{{name(char)[-1]}}}"
    word = name(char).removeprefix("GREEK ").removeprefix("SMALL LETTER ")
    assert lookup(f"GREEK SMALL LETTER {word}") == char, char
    return rf"\{word.lower()} "


def _parts(pattern: str) -> Callable[[Element], str]:
    return lambda element: pattern.format(*map(latex, element.elements))


ELEMENTS: dict[str, Callable[[Element], str]] = {
    **dict.fromkeys(("math", "mrow", "mtd"), _row),
    "mi": _name,
    "mn": lambda element: element.text.replace(",", "{,}"),
    "mo": lambda element: SIGNS.get(element.text, element.text),
    "mspace": lambda element: " ",
    "mtext": lambda element: rf"\text{{{element.text}}}",
    "mfrac": _parts(r"\frac{{{}}}{{{}}}"),
    "msub": _parts("{}_{{{}}}"),
    "msup": _parts("{}^{{{}}}"),
    "msubsup": _parts("{}_{{{}}}^{{{}}}"),
    "munderover": _parts("{}_{{{}}}^{{{}}}"),
    "msqrt": lambda element: rf"\sqrt{{{_row(element)}}}",
    "mover": _parts(r"\over{{{}}}{{{}}}"),
    "mtable": lambda element: r"\table ",
}
