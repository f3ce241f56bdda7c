"""HTML as a browser takes it: one file, MathML Core, links that lead somewhere, nothing from outside is markup."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import pairwise

import pytest
from html_reader import Element, tree
from sample_document import document
from test_writers_documents import HOSTILE, LACED

import symbackprop as sb
from symbackprop.document import Document, Equation, Heading, Math
from symbackprop.form import Form
from symbackprop.templating import plain_text
from symbackprop.writers import render

CORE = set("math mrow mi mn mo mtext mspace mfrac msqrt msub msup msubsup mover munderover mtable mtr mtd".split())
HTML = set(
    "html head meta title style body main nav section div p span a em strong h1 h2 h3 ol li figure figcaption table "
    "caption thead tbody tr th td".split()
)
SVG = set("svg title desc rect g line polygon circle text tspan".split())

EXAMPLES = {
    "mazur": {},
    "mazur-id": {"lang": "id"},
    "softmax": {"readings": ("unit", "matrix")},
    "batch": {"readings": ("unit", "index", "matrix")},
    "equations": {"readings": ("unit", "index", "matrix"), "notation": "bishop"},
}


@cache
def made(name: str, checkout) -> Document:
    if name in ("sample", "laced"):
        return document() if name == "sample" else LACED
    problem = sb.load(checkout / "examples" / f"{name.partition('-')[0]}.toml")
    return sb.solution(sb.derive(problem), **EXAMPLES[name]).document


@pytest.fixture(params=["sample", "laced", *EXAMPLES], scope="module")
def some(request, checkout) -> Document:
    return made(request.param, checkout)


@pytest.fixture(scope="module")
def page(some) -> Element:
    return tree(str(render(some, "html")))


def inside(element: Element, tag: str) -> bool:
    return element.parent is not None and (element.parent.tag == tag or inside(element.parent, tag))


def every(part: object, kind: type) -> list[object]:
    """All parts of a kind in a document, wherever they stand."""
    if isinstance(part, Form):
        return []
    found = [part] if isinstance(part, kind) else []
    under = [getattr(part, f.name) for f in fields(part)] if is_dataclass(part) else part
    return found + [one for some in under for one in every(some, kind)] if isinstance(under, list | tuple) else found


def test_there_are_the_elements_of_html_svg_and_mathml_core_only(page):
    for element in list(page.all())[1:]:
        known = SVG if element.tag == "svg" or inside(element, "svg") else HTML | CORE
        assert element.tag in known, element.tag
        assert (element.tag in CORE) == (element.tag == "math" or (element.tag in CORE and inside(element, "math")))
        assert not [key for key in element.attributes if key.startswith("on") or key in ("style", "srcset")]


def test_each_element_of_mathml_has_the_parts_that_it_takes(page):
    parts = {"mfrac": 2, "msub": 2, "msup": 2, "mover": 2, "msubsup": 3, "munderover": 3}
    for element in page.all():
        if element.tag in parts:
            assert len(element.elements) == parts[element.tag]
        if element.tag in ("mi", "mn", "mo"):
            assert not element.elements
            assert element.text.strip()
        if element.tag == "mtr":
            assert {cell.tag for cell in element.elements} == {"mtd"}


def test_every_formula_is_mathml(page, some):
    contents = [block.content for block in some.blocks if isinstance(block, Heading) and block.level == 2]
    formulas = [*every(some.blocks, Math), *every(some.blocks, Equation), *every(tuple(contents), Math)]
    assert len(list(page.all("math"))) == len(formulas)
    displays = [math for math in page.all("math") if math.attributes.get("display") == "block"]
    assert len(displays) == len(every(some.blocks, Equation))


def test_nothing_is_fetched_and_nothing_runs(page):
    assert not list(page.all("script"))
    for element in page.all():
        assert not {"src", "data", "poster", "xlink:href", "action"} & element.attributes.keys()
        if "href" in element.attributes:
            assert element.tag == "a"
            assert element.attributes["href"].startswith(("#", "https://mattmazur.com/"))
    assert not [style for style in page.all("style") if re.search(r"url\(|@import|http|expression", style.text)]
    (policy,) = [m for m in page.all("meta") if m.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy.attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_each_name_stands_once_and_each_link_leads_somewhere(page, some):
    names = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(names) == len(set(names))
    assert not [name for name in names if not re.fullmatch("[A-Za-z][A-Za-z0-9-]*", name)]
    for element in page.all():
        target = element.attributes.get("href", "")
        assert not target.startswith("#") or target[1:] in names, target
        assert set(element.attributes.get("aria-labelledby", "").split()) <= set(names)
    numbers = [equation.number for equation in every(some.blocks, Equation) if equation.number is not None]
    assert {f"eq-{number}" for number in numbers} <= set(names)


def test_the_page_says_its_language_title_and_parts(page, some):
    (html,) = page.all("html")
    assert html.attributes["lang"] == some.language
    (title,) = [element for element in page.all("title") if not inside(element, "svg")]
    assert title.text == plain_text(some.title)
    (contents,) = page.all("nav")
    parts = [h.attributes["id"] for h in page.all("h2") if not inside(h, "section")]
    assert [a.attributes["href"] for a in contents.all("a")] == [f"#{part}" for part in parts]
    levels = [int(h.tag[1]) for h in page.all() if re.fullmatch("h[1-6]", h.tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_has_words(page):
    for svg in page.all("svg"):
        assert svg.attributes["role"] == "img"
        assert [child.tag for child in svg.elements[:2]] == ["title", "desc"]
        assert all(len(child.text) > 10 for child in svg.elements[:2])
        assert svg.attributes["aria-labelledby"].split() == [child.attributes["id"] for child in svg.elements[:2]]


def test_hostile_text_changes_no_element():
    """There are those of the innocent document, but for where a longer reason stands; every letter can be read."""

    def tags(some):
        moved = {"tspan", "mtr", "mtd", "mspace"}
        elements = [e for e in tree(str(render(some, "html"))).all() if e.tag not in moved]
        return Counter((e.tag, *sorted(e.attributes)) for e in elements)

    assert tags(LACED) == tags(document())
    words = tree(str(render(LACED, "html"))).text
    assert words.count(plain_text(HOSTILE)) > 40


def test_hostile_text_in_an_attribute_ends_it_nowhere():
    page = tree(str(render(LACED, "html")))
    names = [element.attributes["data-edge"] for element in page.all("g") if "data-edge" in element.attributes]
    assert names
    assert all(name.endswith(plain_text(HOSTILE)) for name in names)


def test_a_notebook_gets_a_part_that_keeps_its_rules_to_itself(checkout):
    derivation = sb.derive(checkout / "examples" / "mazur.toml")
    part = tree(derivation._repr_html_())
    assert derivation._repr_html_() == sb.solution(derivation)._repr_html_()
    assert [element.tag for element in part.elements] == ["style", "div"]
    style, block = part.elements
    assert block.attributes == {"class": "symbackprop", "lang": "en"}
    assert len(list(block.all("math"))) > 50
    plain = re.sub(r"(?s)/\*.*?\*/", "", style.text)
    for rule in re.findall(r"(?:^|[{};])\s*([^{};@]+)\{", re.sub(r"@media[^{]*\{", "", plain)):
        assert rule.strip().startswith(".symbackprop"), rule
