"""A document with every kind of block and inline: two steps of Mazur's example, by hand.

`python tests/writers/sample_document.py` accepts what the writers make of it as the golden files.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from symbackprop.document import (
    Block,
    Box,
    Cite,
    Document,
    Edge,
    Emphasis,
    Equation,
    Figure,
    Heading,
    Inlines,
    Line,
    Link,
    Listing,
    Math,
    Node,
    Paragraph,
    Strong,
    Table,
)
from symbackprop.form import Axis, Form, add, cases, fn, index, mul, neg, num, over, partial, power, same, shown, symbol
from symbackprop.language import joined
from symbackprop.writers import render
from symbackprop.writers.render import filled, pictures

GOLDEN = Path(__file__).parent / "golden"

E, eta, z, h = symbol("E", "total"), symbol("eta"), symbol("z"), symbol("h", "1")
w1, w5, w7, i1 = symbol("w", "1"), symbol("w", "5"), symbol("w", "7"), symbol("i", "1")
out_o, out_h, net_o, net_h = symbol("out", "o1"), symbol("out", "h1"), symbol("net", "o1"), symbol("net", "h1")
target, d1, d2 = symbol("target", "o1"), symbol("delta", "o1"), symbol("delta", "o2")
w_kj, d_k = symbol("w", "kj"), symbol("delta", "k")
half = num(Fraction(1, 2))


def m(form: Form) -> Math:
    return Math(form)


def text(*parts: object) -> Inlines:
    return joined(*parts)  # type: ignore[arg-type]


CONVENTIONS = Box(
    "conventions",
    (),
    (
        Listing(
            (
                text(
                    "The error is ",
                    Math(
                        E,
                        "=",
                        over(mul(half, power(symbol("target", "o") - symbol("out", "o"), num(2))), Axis("o", 2)),
                    ),
                    ".",
                ),
                text("Weights are numbered by the unit they lead into: ", m(w5), " leads from ", m(h), "."),
                text("All figures are shown to nine decimals; the last may differ."),
            )
        ),
    ),
)

VALUES = Table(
    header=(text("weight"), text(m(w1)), text(m(w5)), text(m(w7))),
    rows=(
        (text("value"), text(m(shown("0.15"))), text(m(shown("0.40"))), text(m(shown("0.50")))),
        (text("trained"), text("yes"), text("yes"), text("no")),
    ),
    align="lccr",
    caption=text("Some weights before the step"),
    name="weights",
)

FORWARD = Equation(
    (
        Line(out_h, fn("sigmoid", net_h), why=text("activation")),
        Line(None, 1 / (1 + fn("exp", neg(net_h)))),
        Line(None, shown("0.593269992"), "≈"),
    ),
    1,
)

NODES = {
    "i1": Node(0.7, 3.6, i1, "input"),
    "h1": Node(4.1, 3.6, h, lit=True),
    "h2": Node(4.1, 1.5, symbol("h", "2")),
    "o1": Node(7.5, 3.6, symbol("o", "1"), lit=True),
    "o2": Node(7.5, 1.5, symbol("o", "2"), lit=True),
    "E": Node(10.3, 2.55, E, "error", 0.5),
    "b": Node(2.4, 0.4, "1", "bias", 0.3),
    "sum": Node(8.8, 0.4, "sum of both", "box"),
    "note": Node(5.8, 0.4, "output layer", "plain"),
}


def edge(start: str, end: str, label: Form | None = None, path: int = 0, dim: bool = False, at: float = 0.3) -> Edge:
    a, b = NODES[start], NODES[end]
    return Edge(a.x, a.y, b.x, b.y, label, at, path, dim, f"{start}-{end}")


PATHS = Figure(
    name="paths",
    width=11.2,
    height=4.5,
    nodes=tuple(NODES.values()),
    edges=(
        edge("i1", "h1", w1, path=1),
        edge("h1", "o1", w5, path=1),
        edge("h1", "o2", w7, path=2),
        edge("o1", "E", path=1),
        edge("o2", "E", path=2),
        edge("i1", "h2", symbol("w", "3"), dim=True),
        edge("h2", "o1", symbol("w", "6"), path=3),
        edge("b", "h1", symbol("b", "1"), path=4),
        edge("b", "h2", symbol("b", "1")),
        edge("sum", "E"),
    ),
    caption=text("The ways from ", m(w1), " to the error"),
    alt="From w1 one path leads over o1, drawn solid, and one over o2, drawn dashed.",
)

CHAIN = Equation(
    (
        Line(
            partial(E, w5),
            mul(partial(E, out_o), partial(out_o, net_o), partial(net_o, w5)),
            why=text("chain rule along the one path from ", m(w5), ", see ", Cite("paths")),
        ),
        Line(None, mul(neg(target - out_o), out_o * (1 - out_o), out_h), why=text("each factor by itself")),
        Line(None, mul(shown("0.741365070"), shown("0.186815602"), shown("0.593269992")), why=text("numbers put in")),
        Line(None, shown("0.082167041")),
    ),
    2,
)

BACK = Equation(
    (
        Line(
            partial(E, out_h),
            add(mul(d1, w5), mul(d2, w7)),
            why=text("sum over both paths; each summand is the delta at the far end of an edge times its weight"),
        ),
        Line(None, add(mul(shown("0.138498562"), shown("0.40")), mul(shown("-0.038098237"), shown("0.50")))),
        Line(None, shown("0.036350306")),
    ),
    3,
)

_path_1, _path_2 = (
    mul(partial(E, symbol("out", o)), partial(symbol("out", o), symbol("net", o)), partial(symbol("net", o), out_h))
    for o in ("o1", "o2")
)
LONG = Equation(
    (
        Line(
            partial(E, w1),
            add(mul(*_path_1.forms, partial(out_h, net_h)), mul(*_path_2.forms, partial(out_h, net_h)), *(d1, d2) * 4),
            why=text("a reason that has no room beside a line that is as long as this one"),
        ),
        Line(None, shown("3.5e-5"), why=text("a number")),
    ),
)

GENERAL = Equation(
    (
        Line(symbol("w", "5", "+"), w5 - mul(eta, partial(E, w5)), "←"),
        Line(
            symbol("delta", "j"),
            mul(fn("f'", symbol("z", "j")), over(w_kj * d_k, Axis("k", "n"))),
        ),
        Line(fn("relu", z), cases(z, z > 0, 0)),
        Line(
            partial(symbol("p", "j"), symbol("z", "k")),
            mul(symbol("p", "j"), same(index("j"), index("k")) - symbol("p", "k")),
            why=text(Emphasis("softmax"), " & co."),
        ),
    ),
)


def document(language: str = "en") -> Document:
    blocks: tuple[Block, ...] = (
        Heading(1, text("Two steps of Mazur’s example")),
        Paragraph(
            text(
                "Wanted are the derivatives with respect to ", m(w5), " and ", m(w1), ", ", Emphasis("each"), " with ",
                Strong("every"), " step. See ", Cite("weights"), ", ", Cite(2), " and ",
                Link("Mazur’s page", "https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/"), ".",
            )
        ),
        CONVENTIONS,
        VALUES,
        Heading(2, text("Forward pass")),
        FORWARD,
        Heading(2, text("Output layer")),
        Heading(3, text("The weight ", m(w5))),
        Paragraph(text("The weight acts on ", m(E), " through ", m(net_o), ".")),
        PATHS,
        CHAIN,
        Box("question", (), (Paragraph(text("Why is there one term only?")),)),
        Box("answer", (), (Paragraph(text("Since ", Math(partial(symbol("E", "o2"), w5), "=", num(0)), ".")),)),
        Heading(2, text("Hidden layer")),
        BACK,
        LONG,
        Box("note", text("In general"), (Paragraph(text("With ", m(fn("f'", z)), " the slope:")), GENERAL)),
    )  # fmt: skip
    return Document("Two steps of Mazur's example", language, blocks, "mazur")


def files() -> dict[str, str]:
    """What the writers make of the sample; pictures are files of their own."""
    svg = pictures(document())["paths"]
    one = {"latex": "tex", "typst": "typ", "html": "html", "text": "txt"}
    out = {f"sample.{suffix}": str(render(document(), name)) for name, suffix in one.items()}
    markdown = filled(document(), "markdown", ".md", pictures={"paths": "sample-paths.svg"})
    office = filled(document(), "office", ".html", pictures={"paths": "sample-paths.png"})
    exam = str(render(document(), "latex-exam"))
    out |= {"sample.office.html": office, "sample.exam.tex": exam}
    return {**out, "sample.md": markdown, "sample-paths.svg": svg}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, content in files().items():
        (GOLDEN / name).write_text(content, encoding="utf-8")
