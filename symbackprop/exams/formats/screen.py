r"""What a learning platform shows: the blocks and inlines of variants as HTML, with formulas as it takes them.

    Screen("en", "latex", address)     \( … \), which MathJax sets: Moodle, Canvas
    Screen("en", "html", address)      MathML, and nothing that is not XHTML too: QTI 2 and 3
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable
from typing import Any

from symbackprop.document import Block, Document, Figure, Inlines, blocks
from symbackprop.exams.formats.filled import Filled, Render
from symbackprop.exams.told import Blocks, DrawnQuestion, DrawnVariant, Told, fixed
from symbackprop.exams.variant import Question, Variant
from symbackprop.templating import Ready
from symbackprop.writers.content import block_data, broken
from symbackprop.writers.inlines import inlines, words
from symbackprop.writers.page import page_of
from symbackprop.writers.render import pictures, sandbox

MOST = 20_000  # lines that are kept


class Screen:
    """`address` says where a picture is found, by its name and its content; `finish` is the format's own escape."""

    def __init__(
        self, language: str, target: str, address: Callable[[str, bytes], str], finish: Callable[[str], str] = str
    ) -> None:
        self.language, self.target, self.finish = language, target, finish
        self.address = address
        self.pictures: dict[str, bytes] = {}
        self.filled = Filled(self._page)
        self.empty = page_of(Document("", language, ()), target)
        self.lines: dict[int, tuple[Inlines, str]] = {}  # by identity: feedback is the same object in all variants
        self.drawn: dict[Figure, str] = {}

    # ---- texts ---------------------------------------------------------------------------------------------------

    def given(self, variant: Variant) -> str:
        return self.filled(variant.told if isinstance(variant, DrawnVariant) else fixed(*variant.given))

    def asked(self, question: Question) -> str:
        return self.filled(question.asked if isinstance(question, DrawnQuestion) else fixed(*question.text))

    def worked(self, question: Question) -> str:
        return self.filled(question.worked if isinstance(question, DrawnQuestion) else fixed(*question.solution))

    def told(self, told: Told) -> str:
        return self.filled(told)

    def line(self, some: Inlines) -> str:
        found = self.lines.get(id(some))
        if found is not None:
            return found[1]
        data = self._escaped(inlines(self.empty, some))
        text = self.finish(self._fill("exam/line.html.j2", line=data))
        if len(self.lines) >= MOST:
            self.lines.clear()
        self.lines[id(some)] = some, text
        return text

    def plain(self, some: Inlines) -> str:
        return words(self.empty, some)

    # ---- pictures ------------------------------------------------------------------------------------------------

    def picture(self, figure: Figure) -> str:
        """The address of a picture, whose name says what it shows and tells it from others of that name."""
        if figure not in self.drawn:
            (svg,) = pictures(Document("", self.language, (figure,))).values()
            content = svg.encode()
            name = f"{figure.name}-{hashlib.sha256(content).hexdigest()[:10]}.svg"
            self.pictures[name] = content
            self.drawn[figure] = self.address(name, content)
        return self.drawn[figure]

    # ---- how a block is set --------------------------------------------------------------------------------------

    def _page(self, some: Blocks) -> Render:
        document = Document("", self.language, some)
        page = page_of(document, self.target)
        figures = [block for block in blocks(document) if isinstance(block, Figure)]

        def render(block: Block) -> tuple[str, bool]:
            data = block_data(page, block)
            addresses = {figure.name: self.picture(figure) for figure in figures}
            text = self._fill("exam/page.html.j2", blocks=[self._escaped(data)], pictures=addresses)
            return self.finish(text), broken(data)

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
