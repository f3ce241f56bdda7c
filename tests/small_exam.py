"""Two variants by hand, with every kind of answer: what formats make of them does not hang on how they are drawn."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from symbackprop.document import Edge, Emphasis, Equation, Figure, Inlines, Line, Math, Node, Paragraph, Table, Text
from symbackprop.exams.variant import (
    Certificate,
    Choice,
    Exam,
    Kind,
    Numeric,
    Option,
    Order,
    Outcome,
    Part,
    Question,
    Student,
    Variant,
    Written,
)
from symbackprop.form import add, mul, neg, num, partial, shown, symbol

EXAM = Exam("Backpropagation <by hand> & $5", "en", course="Networks", instructions=("Write every step down.",))
INDONESIAN = Exam("Propagasi balik", "id", course="Jaringan", instructions=("Tuliskan setiap langkah.",))

E, w1, w5, w7, t, o, h = (symbol(*name.split("_")) for name in "E w_1 w_5 w_7 t o h".split())
slope = partial(E, w5)
error = add(t, neg(o))


def said(text: str) -> Inlines:
    return (Text(text),)


def outcome(mistake: str, value: str, text: str) -> Outcome:
    return Outcome(
        mistake, Decimal(value), (Text(text + " Look again at the step for "), Math(slope), Text(".")), "dE/dw5"
    )


def numeric(key: str, wrong: str) -> Numeric:
    known = (
        outcome("missing-activation-derivative", wrong, "The slope of the activation is left out."),
        outcome("sign-inner-derivative", "-" + key, 'The sign is "turned" round, as 1 < 2.'),
    )
    return Numeric(Decimal(key), Decimal("0.0005"), known)


def choice(*values: str, right: int) -> Choice:
    options = [
        Option((Math(shown(v)),), said(f"This is what {v} comes from."), "" if k == right else f"mistake-{k}", v)
        for k, v in enumerate(values)
    ]
    return Choice(tuple(options))


def written() -> tuple[Written, Written]:
    """A shape and a formula."""
    shape = Written("2x3", None, said("2x3"), (("missing-transpose", "3x2", said("Turned round.")),), ("2×3", "(2, 3)"))
    key = mul(neg(error), o, add(num(1), neg(o)), h)
    others = (("missing-activation-derivative", "-(t-o)*h", said("The slope is left out.")),)
    return shape, Written("-(t-o)*o*(1-o)*h", key, (Math(key),), others)


def variant(id: str, keys: tuple[str, str, str], right: int, student: Student | None = None) -> Variant:
    first, second, third = keys
    shape, formula = written()
    asks = Paragraph((Text("What is "), Math(slope), Text("? Give "), Emphasis("four"), Text(" decimals.")))
    solved = (Equation((Line(slope, shown(first)),)),)
    number = numeric(first, "0.3220")
    steps = Order(((Math(slope),), (Math(w5),), (Math(h),)), (3, 1, 2), said("Each step needs the one before."))

    def question(
        id: str, kind: Kind, text: str | Paragraph, *parts: Part, solution: tuple[Equation, ...] = ()
    ) -> Question:
        return Question(id, kind, (text if isinstance(text, Paragraph) else Paragraph(said(text)),), parts, solution)

    questions = (
        question("q1", "partial", asks, Part("q1", (Math(slope),), Fraction(2), number), solution=solved),
        question(
            "q2", "chain-rule", "Which is right?",
            Part("q2", said("The right one:"), Fraction(1), choice("0.1", "0.2", "0.3", right=right)),
        ),
        question(
            "q3", "faded", "Work out both.",
            Part("q3.1", said("(1)"), Fraction(1, 2), numeric(second, "0.9000")),
            Part("q3.2", said("(2)"), Fraction(1), numeric(third, "0.8000"), uses=("q3.1",)),
        ),
        question("q4", "order", "Order them.", Part("q4", said("The order:"), Fraction(1), steps)),
        question("q5", "shape", "What shape?", Part("q5", said("Shape:"), Fraction(1), shape)),
        question("q6", "partial", "As a formula?", Part("q6", (Math(slope),), Fraction(2), formula)),
    )  # fmt: skip
    certificate = Certificate(("a", "b", "c"), 3.0, 10.0, {"score": 10.0})
    problem: Any = None
    return Variant(id, f"7/{id}", problem, {}, given(), questions, certificate, student)


def given() -> tuple[Any, ...]:
    nodes = (Node(0, 0, h), Node(2, 0, o))
    figure = Figure(
        "network", 3.0, 1.0, nodes, (Edge(0.5, 0, 1.5, 0, w5, name="w5"),), said("The network."), "Two units."
    )
    rows = ((said("weight"), (Math(w5, "=", shown("0.35")),)),)
    return figure, Table((said("What"), said("Value")), rows, "ll", said("The numbers."), "numbers")


VARIANTS = (
    variant("v00001", ("0.0822", "0.2500", "0.4321"), 1),
    variant("v00002", ("0.0917", "0.1250", "0.1234"), 0),
)
