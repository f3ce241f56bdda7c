"""Variants made by hand: each type of answer, one part and several, a picture, a table, text that means mischief."""

from decimal import Decimal
from fractions import Fraction

from symbackprop.document import Equation, Figure, Line, Math, Node, Paragraph, Table, Text
from symbackprop.exams.variant import (
    Certificate,
    Choice,
    Exam,
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
from symbackprop.form import Form, mul, shown, symbol
from symbackprop.language import text

MISCHIEF = "]]> <b> & ~ = # { } : \\ % {1:MULTICHOICE:=x} \\(x\\) // $$ -> ''\n\n::no::{T}"


def exam(language="en"):
    return Exam(f"Paper {MISCHIEF}", language, name="quiz/one")


def why(k, *more):
    return (Text(f"Mistake {k}: {MISCHIEF} look at "), Math(Form("partial", (symbol("E"), symbol("w", str(k))))), *more)


def number(key, tolerance, *wrong):
    outcomes = tuple(Outcome(f"mistake-{k}", Decimal(value), why(k)) for k, value in enumerate(wrong))
    return Numeric(Decimal(key), Decimal(tolerance), outcomes)


def choice(*options, right=1):
    return Choice(
        tuple(
            Option((Math(shown(o)),), (Text(f"About {o}."), Math(symbol("w", o[-1]))), "" if k == right else f"m{k}", o)
            for k, o in enumerate(options)
        )
    )


ORDER = Order(
    tuple((Text(f"Step {name} {MISCHIEF}"),) for name in "abc"), (3, 1, 2), (Text("Ask what each step needs."),)
)
WRITTEN = Written(
    "-(t1-o1)*o1*(1-o1)*h1",
    None,
    (Math(symbol("w", "5")),),
    (("sign-inner-derivative", "(t1-o1)*o1*(1-o1)*h1", why(9)), ("hat", "h1 < 2 & {x}", why(8))),
    ("(o1-t1)*o1*(1-o1)*h1",),
)


def label(n):
    return (Text(f"({n}) "), Math(Form("partial", (symbol("E"), symbol("w", str(n))))), Text(" ="))


def part(id, answer, points=1, uses=()):
    return Part(id, label(int(id[1])), Fraction(points), answer, uses=uses)


def solution(x, y):
    lines = (
        Line(symbol("delta", "o1"), mul(symbol("a"), symbol("b"))),
        Line(None, mul(shown(x), shown(y)), why=(Text("numbers < put in"),)),
    )
    return (Equation(lines),)


def picture():
    nodes = (Node(0.5, 0.5, symbol("i", "1"), "input"), Node(2.5, 0.5, symbol("o", "1")))
    return Figure("network", 3.0, 1.0, nodes, (), (Text("The network"),), 'Two units, "i1" < "o1".')


def questions(k):
    off = Decimal(k) / 100
    numeric = number(f"{Decimal('0.1385') + off}", "0.0005", f"{Decimal('-0.1385') - off}", "0.2770", "0.0500")
    several = (
        part("q4.1", number("-0.066039", "0.000012", "0.066039", "0.0700"), 2),
        part("q4.2", choice("0.1", "0.2", "0.3")),
        part("q4.3", WRITTEN, 2, uses=("q4.1",)),
        part("q4.4", ORDER, Fraction(3, 2)),
    )
    asks = (Paragraph((Text(f"Work out {MISCHIEF} "), Math(symbol("w", "5"), "<", shown("0.5")))),)
    return (
        Question("q1", "partial", asks, (part("q1", numeric, 2),), solution(f"0.1{k}", "-0.25")),
        Question(
            "q2", "chain-rule", asks, (part("q2", choice("-0.4", "1.5", "0.6", right=k % 3)),), solution("3", "0.5")
        ),
        Question("q3", "symbolic", asks, (part("q3", WRITTEN),), ()),
        Question("q4", "faded", asks, several, solution("1e-7", "0.05")),
        Question("q5", "order", asks, (part("q5", ORDER),), solution("1", "2")),
        Question("q6", "delta", asks, (part("q6", number("0.5", "0.001")),), ()),
    )


def variant(k):
    table = Table(
        ((Text("What"),), (Text("Value"),)),
        (((Text("w5"),), (Math(shown(f"0.{k}5")),)),),
        "lr",
        (Text("Given"),),
        "given",
    )
    return Variant(
        f"v{k:05d}",
        f"7/v{k:05d}",
        None,
        {},
        (picture(), table, Paragraph((Text("Keep 4 decimals."),))),
        questions(k),
        Certificate(("a", "b", "c"), 3.0, 1.0, {}),
        Student(f"s{k}", f"=Name, {k}\n{MISCHIEF}", "+A"),
    )


def variants(count=3):
    return [variant(k) for k in range(1, count + 1)]


def right(language="en"):
    return text(language, "exam.right")


def made(format, some=None, language="en"):
    """The files of a format, by their names."""
    paper = exam(language)
    pieces = [piece for one in (some or variants()) for piece in format.pieces(paper, one)]
    return {name: b"".join(content) for name, content in format.files(paper, pieces)}
