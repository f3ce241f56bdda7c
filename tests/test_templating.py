"""Templates: no text is markup by accident, only plain data gets in, a broken template is told by file and line."""

import html
import json
import re
import subprocess
import unicodedata

import cmarkgfm
import numpy
import pytest
import sympy
import typst
from cmarkgfm.cmark import Options
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from system import needs

from symbackprop.errors import TemplateFault
from symbackprop.templating import ESCAPES, Ready, environment, plain, plain_text, templates_folder, typst_string
from symbackprop.vocabulary import Role

HOSTILE = [
    r"\input{/etc/passwd}", r"\write18{touch pwned}", r"\immediate\write18{id}", "^^5cinput{x}", "$x^2$ $$y$$ \\(z\\)",
    r"\end{document}", r"\begin{verbatim}", "100 % of it", "a & b", "#1 and #{x}", "~tilde~", "_under_ __score__",
    "{{ 7*7 }}", r"\VAR{7*7} \BLOCK{for x in y}", "{% raw %}", "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">', "&lt;b&gt; &amp;copy;", "# heading", "- item", "+ item", "* item", "1. item",
    "2) item", "> quote", "===", "---", "    code", "`code`", "```", "~~~", "[link](http://x.y)", "![pic](http://x.y)",
    "[ref]: http://x.y", "http://example.com", "https://example.com/a_b", "www.example.com", "mail a@b.example now",
    "@someone", "#123", "owner/repo#12", "GH-12", ":smile: :+1:", "| a | b |", "a|b", "**bold** *it*",
    "-- --- ... <<x>> ,,y'' ``z''", "!` ?`", "'single' \"double\"", "/ term: x", "// no comment", "/* no */", "= title",
    "@label <label>", '#eval("1+1")', "#read(\"x\")", "\\u{41}", "\\", "trailing \\", "- [ ] task", "[^1]", "a\\\\b",
    "-1 2-2-2 -?", "wow!", ".start", "(start)", ";start", "[start]", "*start", "3.14",
    "η ∂E/∂w₅ = −½ × ±1 · √2 ≤ ∞ f′(z)", "Mazur's “quoted” text – and so on…", "é ß ı ł",
]  # fmt: skip

FOREIGN = "nul\x00 esc\x1b rtl\u202eltr bom\ufeff line\u2028break tab\tend\r\nnext \ud800"


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


# --- Typst, by its own tree ---------------------------------------------------------------------------------------

MARKUP = ["#box[{}]<t>", "#box[a\n{}]<t>", "#box[a {} b]<t>", "#box[#strong[a]{}]<t>", "#box[{}#strong[b]]<t>"]


def typst_words(markup):
    """The boxes labelled <t> as plain words; anything else than words in them is an error."""

    def words(node):
        match node:
            case {"func": "text" | "symbol", "text": text}:
                return text
            case {"func": "sequence", "children": children}:
                return "".join(map(words, children))
            case {"func": "strong", "body": body}:
                return words(body)
            case {"func": "space"}:
                return " "
        raise AssertionError(f"not a word: {node}")

    boxes = json.loads(typst.query(markup.encode(), "<t>", ignore_system_fonts=True))
    return [words(box.get("body", {"func": "space"})) for box in boxes]


def typst_is_inert(markup, text):
    (seen,) = typst_words(markup.replace("{}", ESCAPES["typst"](text)))
    (frame,) = typst_words(markup.replace("{}", "INNOCENT"))
    assert no_blanks(seen) == no_blanks(frame.replace("INNOCENT", plain_text(text)))


@pytest.mark.parametrize("markup", MARKUP)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_in_typst(markup, text):
    typst_is_inert(markup, text)


@given(st.sampled_from(MARKUP), TRICKY)
def test_any_text_is_inert_in_typst(markup, text):
    typst_is_inert(markup, text)


@given(TRICKY)
def test_any_text_is_a_string_of_typst(text):
    (seen,) = typst_words(f"#box(text({typst_string(text)}))<t>")
    assert no_blanks(seen) == no_blanks(plain_text(text))


# --- LaTeX, by pdflatex and what it printed -----------------------------------------------------------------------

LATEX = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{lmodern}
\usepackage[english]{babel}
\usepackage[paperwidth=50cm]{geometry}
\raggedright
\pagestyle{empty}
\makeatletter \def\UTFviii@undefined@err#1{[?]} \makeatother % a letter that pdflatex has no font for
\begin{document}
TEXTS
\end{document}
"""
NEEDS_LATEX = needs("pdflatex", "booktabs.sty", "lmodern.sty", "pdftotext")


def latex_prints(texts, folder):
    """The texts as pdflatex printed them, with every power given to it that they could misuse."""
    lines = "\n\n".join(rf"\section*{{A{ESCAPES['latex'](text)}Z}} and so on" for text in texts)
    (folder / "t.tex").write_text(LATEX.replace("TEXTS", lines), encoding="utf-8")
    command = ["pdflatex", "-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert run.returncode == 0, run.stdout.decode(errors="replace")[-2000:]
    subprocess.run(["pdftotext", "-raw", "t.pdf"], cwd=folder, check=True)
    return (folder / "t.txt").read_text(encoding="utf-8")


@NEEDS_LATEX
def test_hostile_text_is_inert_in_latex(tmp_path):
    printed = as_seen(latex_prints(HOSTILE, tmp_path))
    for text in HOSTILE:
        assert as_seen(f"A{text}Z") in printed
    assert {path.suffix for path in tmp_path.iterdir()} == {".tex", ".aux", ".log", ".pdf", ".txt"}


def as_seen(text):
    """Without blanks, and with letters in whatever shape the font has: fi as one glyph, ½ as ½."""
    return no_blanks(unicodedata.normalize("NFKD", text)).replace("’", "'")


@NEEDS_LATEX
@settings(max_examples=5)
@given(st.lists(TRICKY, min_size=40))
def test_any_text_is_inert_in_latex(tmp_path_factory, texts):
    latex_prints(texts, tmp_path_factory.mktemp("latex"))


# --- the sandbox ---------------------------------------------------------------------------------------------------


@pytest.fixture
def fill(tmp_path):
    """A user's template of some format, filled in."""

    def filled(format, source, **data):
        (tmp_path / "t").write_text(source, encoding="utf-8")
        return environment(format, tmp_path).fill("t", data)

    return filled


@pytest.mark.parametrize(
    "source",
    [
        r"\VAR{x}",
        r"\BLOCK{macro m(y)}\VAR{y}\BLOCK{endmacro}\VAR{m(x)}",
        r"\BLOCK{set y}\VAR{x}\BLOCK{endset}\VAR{y}",
        r"\BLOCK{macro m()}\VAR{caller()}\BLOCK{endmacro}\BLOCK{call m()}\VAR{x}\BLOCK{endcall}",
        r"\BLOCK{block b}\VAR{x}\BLOCK{endblock}",
        r"\BLOCK{for y in [x] recursive}\VAR{y if y is string else loop(y)}\BLOCK{endfor}",
        r"\VAR{[x]|join}",
        r"\VAR{x|indent}",
        r"\VAR{x ~ ''}",
        r"\VAR{[x]|first}",
        r"\VAR{'a_b\\$'}",
        r"\VAR{'a_b' if x else x}\BLOCK{raw}\BLOCK{endraw}\VAR{'\\$'}",
    ],
)
def test_whatever_way_text_takes_through_a_template_it_is_escaped_once(fill, source):
    assert fill("latex", source, x="a_b\\$") == r"a\_b\textbackslash{}\$"


def test_markup_made_by_a_writer_stands_as_it_is(fill):
    assert fill("latex", r"$\VAR{f}$ \VAR{f|indent} \VAR{[f, t]|join('_')}", f=Ready(r"\eta^2"), t="_") == (
        r"$\eta^2$ \eta^2 \eta^2\_\_"
    )


def test_markup_and_text_joined_by_a_tilde_are_text(fill):
    assert fill("latex", r"\VAR{f ~ t}", f=Ready(r"\eta"), t="_") == r"\textbackslash{}eta\_"


@pytest.mark.parametrize(
    "refused",
    [
        "{{ x|safe }}",
        "{{ x|e }}",
        "{{ x|replace('b', '') }}",
        "{{ ready.format(x) }}",
        "{{ ready['format'](x) }}",
        "{{ ready.format_map({'a': x}) }}",
        "{% filter reverse %}{{ x }}{% endfilter %}",
    ],
)
def test_what_could_make_text_ready_is_refused(fill, refused):
    with pytest.raises(TemplateFault, match=r"No filter named|not for templates"):
        fill("html", refused, x="<b>", ready=Ready("{}"))


@pytest.mark.parametrize(
    "code",
    ["ready + x", "ready % x", "ready.join([x])", "ready.replace('%s', x)", "(ready ~ x)[:]", "ready|default(x) ~ x"],
)
def test_text_that_meets_markup_stays_text(fill, code):
    assert "<b>" not in fill("html", "{{ " + code + " }}", x="<b>", ready=Ready("<i>%s"))


@pytest.mark.parametrize("value", [None, True, [1], {"a": 1}])
def test_what_is_no_text_is_not_printed(fill, value):
    with pytest.raises(TemplateFault, match="is no text to print"):
        fill("text", "{{ x }}", x=value)


def test_an_entry_comes_before_a_method_of_its_name(fill):
    assert fill("text", "{{ d.values }} {% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}", d={"values": 3}) == (
        "3 values3"
    )


def test_typst_strings(fill):
    assert fill("typst", "alt: {{ x|string }}", x='a "b" \\ #c') == r'alt: "a \"b\" \\ #c"'


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"steps": [{"form": sympy.Symbol("x")}]}, "data.steps[0].form"),
        ({"e": sympy.Integer(3)}, "data.e"),
        ({"f": numpy.float64(1)}, "data.f"),  # a float by inheritance, and with .tofile()
        ({"r": Role.SLOPE}, "data.r"),
        ({"o": object()}, "data.o"),
        ({"d": {1: "a"}}, "data.d"),
        ({"d": {sympy.Symbol("x"): "a"}}, "data.d"),
        ({"l": [0, (1, {2})]}, "data.l[1][1]"),
    ],
)
def test_only_plain_data_gets_in(data, path):
    with pytest.raises(TypeError, match=re.escape(f"{path}: a template takes")):
        plain(data)


def test_plain_data_is_copied():
    data = {"a": [1, 2.5, "t", Ready("m"), None, True], "b": {"c": (1, 2)}}
    assert plain(data) == {"a": [1, 2.5, "t", "m", None, True], "b": {"c": [1, 2]}}
    assert type(plain(data)["a"][3]) is Ready
    assert plain(data)["a"] is not data["a"]


@pytest.mark.parametrize(
    "escape",
    [
        "''.__class__",
        "[].__class__.__mro__",
        "self.__init__.__globals__",
        "range.__init__",
        "x.copy.__self__",
        "x.append(1)",
    ],
)
def test_the_sandbox_holds(fill, escape):
    with pytest.raises(TemplateFault):
        fill("text", "{{ " + escape + " }}", x=[])


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("a\n{{ nothing }}", 2, "'nothing' is undefined"),
        ("{% if x %}\n{{ x }}\n", 2, "Unexpected end of template"),
        ("a\n\n{% wrong %}", 3, "unknown tag 'wrong'"),
        ("{{ x|safe }}", 1, "No filter named 'safe'"),
        ("{% include 'other' %}", 1, "there is no template 'other'"),
        ("{% include '../t' %}", 1, "there is no template '../t'"),
        ("a\n{% include 't' %}", 2, "RecursionError"),
        ("\n\n{{ 1 // 0 }}", 3, "ZeroDivisionError"),
        ("{{ x.y }}", 1, "has no attribute 'y'"),
        ("{% macro m(a) %}\n{{ a.b }}{% endmacro %}\n{{ m(x) }}", 2, "has no attribute 'b'"),
    ],
)
def test_a_broken_template_is_told_by_file_and_line(fill, tmp_path, source, line, message):
    with pytest.raises(TemplateFault, match=re.escape(message)) as caught:
        fill("text", source, x="1")
    assert caught.value.place.file == str(tmp_path / "t")
    assert caught.value.place.line == line


def test_a_template_that_is_no_text_is_told_by_name(tmp_path):
    (tmp_path / "t").write_bytes(b"\xff")
    with pytest.raises(TemplateFault, match=r"^t: .*can't decode"):
        environment("text", tmp_path).fill("t", {})


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(TemplateFault, match="nowhere: there is no such folder of templates"):
        environment("text", tmp_path / "nowhere")


def test_a_user_replaces_one_template_and_keeps_the_others(tmp_path, monkeypatch):
    user, built_in = tmp_path / "user", tmp_path / "built-in"
    for file, text in {
        user / "text/a.txt": "{% extends 'built-in/text/a.txt' %}{% block b %}mine, {{ super() }}{% endblock %}",
        built_in / "text/a.txt": "<{% block b %}ours{% endblock %}> {% include 'text/b.txt' %}",
        built_in / "text/b.txt": "b\n",
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setattr("symbackprop.templating.templates_folder", lambda: built_in)
    assert environment("text", user).fill("text/a.txt", {}) == "<mine, ours> b\n"
    assert environment("text").fill("text/a.txt", {}) == "<ours> b\n"


def test_built_in_templates_are_found():
    assert templates_folder().is_dir()
