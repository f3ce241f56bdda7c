r"""What a learning platform shows: the blocks and inlines of variants as HTML, with formulas as it takes them.

    Screen("en", "latex")     \( … \), which MathJax sets: Moodle, Canvas
    Screen("en", "html")      MathML, and nothing that is not XHTML too: QTI 2 and 3

Formats share one `Setting` of each, so that a text is set once for all of them; `address` says where the pictures of a
format are found, and `escape` is its own escape.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from symbackprop.document import Block, Document, Figure, Inlines, Math, Paragraph, blocks
from symbackprop.exams.formats.filled import Filled, Render
from symbackprop.exams.told import Blocks, DrawnQuestion, DrawnVariant, Told, fixed
from symbackprop.exams.variant import Question, Variant
from symbackprop.form import shown
from symbackprop.templating import Ready
from symbackprop.writers.content import block_data, broken
from symbackprop.writers.inlines import inlines
from symbackprop.writers.page import page_of
from symbackprop.writers.render import pictures, sandbox

MOST = 20_000  # lines that are kept
HERE = "@@PLUGINFILE@@/"  # where a picture lies; the address that Moodle knows
_PICTURE = re.compile(HERE + r'([^"]+)')


class Setting:
    """How blocks and lines are set, before a format says where its pictures lie."""

    def __init__(self, language: str, target: str) -> None:
        self.language, self.target = language, target
        self.pictures: dict[str, bytes] = {}
        self.filled = Filled(self._page)
        self.numbers = Filled(self._lines)
        self.empty = page_of(Document("", language, ()), target)
        self.drawn: dict[Figure, str] = {}

    def line(self, some: Inlines) -> str:
        return self._fill("exam/line.html.j2", line=self._escaped(inlines(self.empty, some)))

    def _lines(self, some: Blocks) -> Render:
        """A paragraph's content alone."""

        def render(block: Block) -> tuple[str, bool]:
            assert isinstance(block, Paragraph)
            return self.line(block.content), False

        return render

    def picture(self, figure: Figure) -> str:
        """The name of a picture: it says what it shows, and tells it from others of that name."""
        if figure not in self.drawn:
            (svg,) = pictures(Document("", self.language, (figure,))).values()
            content = svg.encode()
            name = f"{figure.name}-{hashlib.sha256(content).hexdigest()[:10]}.svg"
            self.pictures[name] = content
            self.drawn[figure] = name
        return self.drawn[figure]

    def _page(self, some: Blocks) -> Render:
        document = Document("", self.language, some)
        page = page_of(document, self.target)
        figures = [block for block in blocks(document) if isinstance(block, Figure)]

        def render(block: Block) -> tuple[str, bool]:
            data = block_data(page, block)
            names = {figure.name: f"{HERE}{self.picture(figure)}" for figure in figures}
            text = self._fill("exam/page.html.j2", blocks=[self._escaped(data)], pictures=names)
            return text, broken(data)

        return render

    def _fill(self, template: str, **data: Any) -> str:
        return sandbox("html").fill(template, {"tex": self.target == "latex", "pictures": {}, **data})

    def _escaped(self, data: Any) -> Any:
        """TeX in HTML: < and & are signs of both."""
        if self.target != "latex":
            return data
        if isinstance(data, dict):
            return {key: self._escaped(x) for key, x in data.items()}
        if isinstance(data, list):
            return [self._escaped(x) for x in data]
        return Ready(html.escape(data, quote=False)) if isinstance(data, Ready) else data


def number(digits: tuple[str, ...]) -> Blocks:
    return (Paragraph((Math(shown(digits[0])),)),)


def lone_number(some: Inlines) -> str | None:
    """The digits, where there is nothing else: each variant has other ones, so they are filled in."""
    one = some[0] if len(some) == 1 else None
    if isinstance(one, Math) and one.right is None and one.form.op == "shown":
        digits = one.form.args[0]
        assert isinstance(digits, str)
        return digits
    return None


@lru_cache(16)
def setting(language: str, target: str) -> Setting:
    return Setting(language, target)


class Screen:
    """The texts of one format."""

    def __init__(
        self, language: str, target: str, address: Callable[[str, bytes], str], escape: Callable[[str], str] = str
    ) -> None:
        self.language, self.address, self.escape = language, address, escape
        self.setting = setting(language, target)
        self.lines: dict[int, tuple[Inlines, str]] = {}  # by identity: feedback is the same object in all variants
        self.finish = self._finish  # one object, since texts are kept by it

    @property
    def pictures(self) -> dict[str, bytes]:
        return self.setting.pictures

    def given(self, variant: Variant) -> str:
        return self.told(variant.told if isinstance(variant, DrawnVariant) else fixed(*variant.given))

    def asked(self, question: Question) -> str:
        return self.told(question.asked if isinstance(question, DrawnQuestion) else fixed(*question.text))

    def worked(self, question: Question) -> str:
        return self.told(question.worked if isinstance(question, DrawnQuestion) else fixed(*question.solution))

    def told(self, told: Told) -> str:
        return self.setting.filled(told, self.finish)

    def line(self, some: Inlines) -> str:
        found = self.lines.get(id(some))
        if found is not None:
            return found[1]
        if (digits := lone_number(some)) is not None:
            return self.setting.numbers(Told(number, lambda: (digits,)), self.finish)
        text = self.finish(self.setting.line(some))
        if len(self.lines) >= MOST:
            self.lines.clear()
        self.lines[id(some)] = some, text
        return text

    def _finish(self, text: str) -> str:
        return self.escape(_PICTURE.sub(lambda found: self.address(found[1], self.pictures[found[1]]), text))
