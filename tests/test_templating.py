"""Templates: no text is markup by accident, nothing but plain data gets in, a broken template is told by file and line."""

import html
import re
import subprocess
import unicodedata

import cmarkgfm
import pytest
import sympy
import typst
from cmarkgfm.cmark import Options
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree
from system import needs

from symbackprop.errors import TemplateFault
from symbackprop.templating import ESCAPES, Ready, environment, plain, plain_text, templates_folder, typst_string

HOSTILE = [
    r"\input{/etc/passwd}", r"\write18{touch pwned}", r"\immediate\write18{id}", "^^5cinput{x}", "$x^2$ $$y$$ \\(z\\)",
    r"\end{document}", r"\begin{verbatim}", "100 % of it", "a & b", "#1 and #{x}", "~tilde~", "_under_ __score__", "{{ 7*7 }}",
    r"\VAR{7*7} \BLOCK{for x in y}", "{% raw %}", "<script>alert(1)</script>", '<img src=x onerror="alert(1)">', "&lt;b&gt; &amp;copy;",
    "# heading", "- item", "+ item", "* item", "1. item", "2) item", "> quote", "===", "---", "    code", "`code`", "```", "~~~",
    "[link](http://x.y)", "![pic](http://x.y)", "[ref]: http://x.y", "http://example.com", "https://example.com/a_b", "www.example.com",
    "mail a@b.example now", "@someone", "#123", "owner/repo#12", "GH-12", ":smile: :+1:", "| a | b |", "a|b", "**bold** *it*",
    "-- --- ... <<x>> ,,y'' ``z''", "!` ?`", "'single' \"double\"", "/ term: x", "// no comment", "/* no */", "= title", "@label <label>",
    '#eval("1+1")', "#read(\"x\")", "\\u{41}", "\\", "trailing \\", "- [ ] task", "[^1]", "a\\\\b", "-1 2-2-2 -?", "wow!", ".start", "(start)",
    ";start", "[start]", "*start", "3.14", "η ∂E/∂w₅ = −½ × ±1 · √2 ≤ ∞ f′(z)", "Mazur's “quoted” text – and so on…", "é ß ı ł",
]  # fmt: skip

FOREIGN = "nul\x00 esc\x1b rtl\u202eltr bom\ufeff line\u2028break tab\tend\r\nnext \ud800"


def shown(text):
    """What a reader sees, whatever the blanks and the shape of the letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("format", ESCAPES)
def test_what_does_not_print_goes_and_a_line_stays_one(format):
    assert re.sub(r"[\\{}]", "", ESCAPES[format](FOREIGN)) == "nul esc rtlltr bom line break tab end next "


def test_names_in_any_script_keep_their_letters():
    for name in ["Nur Hidayah", "Łukasz Žižek", "王小明", "می‌خواهم", "क्‍ष", "ศรี"]:
        assert plain_text(name) == name


# --- HTML -------------------------------------------------------------------------------------------------------


@given(st.text())
def test_html_is_text_in_a_tag_and_in_an_attribute(text):
    escaped = ESCAPES["html"](text)
    tree = etree.fromstring(f'<p title="{escaped}">{escaped}</p>')
    assert (tree.text or "") == plain_text(text)
    assert tree.get("title") == plain_text(text)
    assert len(tree) == 0


# --- Markdown, by GitHub's own parser -----------------------------------------------------------------------------

PLACES = ["{}", "# {}", "- {}", "> {}", "text {} text", "text\n{}", "| a |\n|---|\n| {} |", "{}[link](#x)"]


def github(markdown):
    return cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE).strip()


def markdown_is_inert(place, text):
    """The page is the one that an innocent word gives, with the text in the word's place."""
    page = github(place.format(ESCAPES["markdown"](text)))
    before, after = github(place.format("INNOCENT")).split("INNOCENT")
    assert page.startswith(before)
    assert page.endswith(after)
    inside = page[len(before) : len(page) - len(after)]
    links = r"(?<!&)[@#](?=\w)|:(?=//)|www(?=\.)|gh-(?=\d)|:[-+\w]+:"
    assert not re.search(links, inside, re.IGNORECASE), "GitHub makes a link or a picture of that by itself"
    seen = html.unescape(re.sub("<!-- -->|</?span>", "", inside))
    assert no_blanks(seen) == no_blanks(plain_text(text))


def no_blanks(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_in_markdown(place, text):
    markdown_is_inert(place, text)


# Signs where Markdown's surprises lie, and any text at all.
TRICKY = st.text(st.sampled_from("ab1 @#:/.-_*~`|<>&[]()!$\\=+^'\"wx{}")) | st.text()


@given(st.sampled_from(PLACES), TRICKY)
def test_any_text_is_inert_in_markdown(place, text):
    assume(plain_text(text).strip())
    markdown_is_inert(place, text)


# --- Typst --------------------------------------------------------------------------------------------------------


# --- LaTeX --------------------------------------------------------------------------------------------------------
