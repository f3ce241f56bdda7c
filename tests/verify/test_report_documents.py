"""The author's own document comes back whole, with a verdict beside each row and nothing that does anything."""

from __future__ import annotations

import json
import re
import subprocess
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import WRONG, report, told
from system import needs

from symbackprop.verdicts import FORMATS
from symbackprop.verdicts.places import kind, spots

RIGHT = r"\frac{\partial E}{\partial w_5} = \delta_{o1} h_1"
MARKDOWN = rf"""# Homework

Given $w_5 = 0.4$ and `code $w_6 = 1$`:

$$
\begin{{aligned}}
\frac{{\partial E}}{{\partial w_5}} &= -(t_1-o_1) o_1 (1-o_1) h_1 \\

\frac{{\partial E}}{{\partial w_6}} &= -(t_1-o_1) h_2
\end{{aligned}}

$$

1. Next
   $${RIGHT}$$
   and so on

> $${RIGHT}$$

| a | b |
|---|---|
| ${RIGHT}$ | yes |

```python
x = "$w_5 = 1$"

y = 2
```
"""
LATEX = rf"""\documentclass{{article}}
\usepackage{{amsmath}}
% \begin{{document}} is below
\begin{{document}}
\section{{On $w_5 = 0.4$}}
We find\footnote{{See \[ {RIGHT} \] there.}}
\begin{{align}}
\frac{{\partial E}}{{\partial w_5}} &= -(t_1-o_1) o_1 (1-o_1) h_1 \label{{a}}\\ % so
\frac{{\partial E}}{{\partial w_6}} &= -(t_1-o_1) h_2 % \\
\end{{align}}
where all is well, \(w_5 = 0.4\).
\[ {RIGHT} \tag{{3}} \]
\[ \begin{{array}}{{rcl}} w_5 &=& 0.4 \\[2pt] w_6 &=& 0.45 \end{{array}} \]

$$ {RIGHT} \eqno(7) $$
The end.
\end{{document}}
after the end
"""
MARK = re.compile(r"\\symbackprop(?:mark|inline)\{\w+\}\{\d+\}\{[^{}]*\}")
NOTES = re.compile(r"\n\\begin\{symbackpropnotes\}.*?\\end\{symbackpropnotes\}", re.DOTALL)


def made(format: str, text: str, wrong: int = 0, lang: str = "en", suffix: str = "") -> str:
    return FORMATS[format].render(told(text, {wrong: WRONG}, lang), suffix)


# ---- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "suffix", "is_"),
    [
        (MARKDOWN, "", "markdown"),
        (LATEX, "", "latex"),
        ("w5 = 0.4", "", "plain"),
        ("w5 = 0.4", ".md", "markdown"),
        (f"so\n\\[ {RIGHT} \\]", "", "latex"),
        (f"so\n\\[ {RIGHT} \\]", ".md", "markdown"),
        (f"$$\n\\begin{{align}} {RIGHT} \\end{{align}}\n$$", "", "markdown"),
        ('{"cells": []}', "", "markdown"),
    ],
)
def test_what_a_document_is_written_in(text: str, suffix: str, is_: str) -> None:
    assert kind(text, suffix) == is_


def test_each_row_of_a_formula_has_its_part_of_the_line() -> None:
    text = f"so $w_5 = 0.4$ and $w_6 = 0.5$:\n$$ {RIGHT} $$\n"
    found = report(text, {1: WRONG})
    assert [(s.row.text, s.line.verdict, len(s.line.claims)) for s in spots(found)] == [
        ("w_5 = 0.4", "wrong", 1), ("w_6 = 0.5", "wrong", 1), (RIGHT, "ok", 1)
    ]  # fmt: skip


def test_a_notebook_on_one_row_of_its_file() -> None:
    cells = [{"cell_type": "markdown", "source": [f"$$ {RIGHT} $$"]} for _ in range(3)]
    found = report(json.dumps({"cells": cells}))
    assert [line.row for line in found.lines] == [1]
    assert [len(s.line.claims) for s in spots(found)] == [1, 1, 1]
    assert made("markdown", json.dumps({"cells": cells})).count("Row 1: ok") == 3


# ---- Markdown --------------------------------------------------------------------------------------------------------


def test_markdown_comes_back_whole_with_notes_where_blocks_end() -> None:
    out = made("markdown", MARKDOWN, 9).split("\n")
    kept = iter(out)
    assert all(line in kept for line in MARKDOWN.rstrip("\n").split("\n"))  # in this order
    at = {line: k for k, line in enumerate(out) if "Row " in line}
    rows = [int(re.search(r"Row (\d+)", line)[1]) for line in out if "Row " in line]
    assert rows == [3, 7, 9, 15, 18, 22]
    assert next(line for line in at if "Row 9" in line).startswith("> - **✗ Row 9: wrong.**")
    assert next(line for line in at if "Row 15" in line).startswith("   > - **✓ Row 15: ok.**")  # in its list
    assert next(line for line in at if "Row 18" in line).startswith("> > - **")  # in its quotation
    between = out[out.index("$$") : len(out) - out[::-1].index("$$")]
    assert not any("Row" in line for line in between)  # an empty line inside a formula ends nothing
    assert out[out.index("| a | b |") + 2].endswith("| yes |")  # the table is one


def test_a_text_that_is_no_markdown_is_shown_as_source() -> None:
    out = made("markdown", "w5 = 0.4 ``` <b>\nw6 = 0.45\n")
    assert "````text\n" in out
    assert out.count("````") == 2


# ---- LaTeX -----------------------------------------------------------------------------------------------------------


def test_latex_comes_back_whole() -> None:
    out = made("latex", LATEX, 9)
    start = out.index("% Verdicts of symbackprop")
    assert out[:start] == LATEX[: LATEX.index("\\begin{document}\n\\section")]
    body = NOTES.sub("", MARK.sub("", out[out.index("\\begin{document}\n\\section") :]))
    assert re.sub(r"\n\s*(?=\\end\{document\})", "\n", body) == LATEX[LATEX.index("\\begin{document}\n\\section") :]
    assert r"h_2\symbackpropmark{wrong}{9}{wrong} % \\" in out
    assert r"w_5 = 0.4$\symbackpropinline{ok}{5}{ok}}" in out
    assert out.index("Row 9: wrong") < out.index("where all is well")
    out = made("latex", LATEX, 6)
    assert out.index("Row 6: wrong") > out.index("The end.")  # a list has no place in a footnote


@needs("pdflatex", "booktabs.sty", "tikz.sty", "lmodern.sty")
@pytest.mark.parametrize("text", [LATEX, MARKDOWN, f"δ and\n\\[ {RIGHT} \\]\n", "w5 = 0.4 ~ \\x{ #%&_ $\n"[:9]])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_latex_compiles(text: str, lang: str, tmp_path) -> None:
    wrong = 9 if text == LATEX else 1
    (tmp_path / "a.tex").write_text(made("latex", text, wrong, lang), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]


# ---- hostile text ----------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script> \\write18{rm} \\input{x} [a](javascript:b) {{7*7}} \x1b[31m \u202e ``` = <img src>"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.verdicts: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.verdicts += [value for name, value in attrs if name == "data-verdict"]


def test_hostile_text_is_inert_where_we_print_it() -> None:
    text = f"{HOSTILE}\nw5 = 0.4\n"
    tags = Tags()
    tags.feed(page := made("html", text))
    assert not {"script", "img"} & set(tags.seen)
    assert tags.verdicts == ["unread", "ok"]
    assert "49" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    latex = made("latex", text)
    assert "\\write18" not in latex
    assert "\\input{x}" not in latex
    for format in FORMATS:
        assert not {"\x1b", "\u202e"} & set(made(format, text)), format


def test_a_message_about_hostile_text_is_inert_in_the_author_s_own_document() -> None:
    text = "\\documentclass{article}\\begin{document}\n\\[ w_5 = \\write18{rm} \\]\n\\end{document}\n"
    added = made("latex", text).replace("\\[ w_5 = \\write18{rm}", "")
    assert "\\write18" not in added


@given(st.text(alphabet="$\\[]{}`>- \n#|ab1=&%()", max_size=60))
def test_any_text_comes_back(some: str) -> None:
    text = f"{some}\n\nw5 = 0.4\n\n$$ {RIGHT} $$\n\n{some}"
    try:
        found = told(text)
    except Exception:  # what the reader says of such a text is its own tests' matter
        return
    kept = iter(FORMATS["markdown"].render(found, ".md").split("\n"))
    assert all(line in kept for line in text.rstrip("\n").split("\n"))
    tags = Tags()
    tags.feed(FORMATS["html"].render(found, ""))
    assert len(tags.verdicts) == len(found.rows)
    out = FORMATS["latex"].render(found, ".tex")
    assert NOTES.sub("", MARK.sub("", out)).replace("\n", "").count(text.replace("\n", "")) == 1
