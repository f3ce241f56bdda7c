"""Every op in every target, and what no target prints."""

import unicodedata
from fractions import Fraction

import pytest
from html_reader import tree

from symbackprop.form import (
    PI,
    Axis,
    Form,
    Index,
    Symbol,
    adjoint,
    along,
    cases,
    compare,
    flow,
    fn,
    index,
    neg,
    num,
    over,
    partial,
    power,
    ref,
    same,
    shown,
    size,
    symbol,
    updated,
    within,
)
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY
from symbackprop.writers.math import Unprintable, printed
from symbackprop.writers.math.rules import RULES

a, b, x, z = map(symbol, ("a", "b", "x", "z"))
w5, net, out, target = symbol("w", "5"), symbol("net", "h1"), symbol("out", "o1"), symbol("target", "o1")
k = Axis("k", "n")
W, d = symbol("W", sup="(2)", bold=True), symbol("delta", sup="(2)", bold=True)
half = num(Fraction(1, 2))
E_w5 = partial(symbol("E"), w5)
chain = Form("mul", (neg(target - out), out * (1 - out), net))


def node(op, *args):
    return Form(op, args)


SMALL = '<mo lspace="0" rspace="0" stretchy="false">{}</mo>'
STILL = '<mo stretchy="false">{}</mo>'

# op, Form, then what it is in LaTeX, Typst and plain text in Indonesian (decimal comma, × between numbers)
PRINTED = [
    ("num", num(3), "3", "3", "3"),
    ("num", half, r"\frac{1}{2}", "frac(1, 2)", "½"),
    ("num", num(Fraction(-3, 7)), r"-\frac{3}{7}", "-frac(3, 7)", "−3/7"),
    ("shown", shown("0.750"), "0{,}750", 'upright("0,750")', "0,750"),
    ("shown", shown("-3.5e-5"), r"-3{,}5 \times 10^{-5}", '-upright("3,5") times 10^(-5)', "−3,5 × 10⁻⁵"),
    ("size", size("n_1"), "n_{1}", "n_(1)", "n₁"),
    ("pi", 2 * PI, r"2\pi", "2 pi", "2π"),
    ("symbol", w5, "w_{5}", "w_(5)", "w₅"),
    ("symbol", net, r"\mathrm{net}_{h1}", 'upright("net")_(h 1)', "net_h1"),
    ("symbol", symbol("x1"), "x_{1}", "x_(1)", "x₁"),
    ("symbol", symbol("w", "kj"), "w_{kj}", "w_(k j)", "w_kj"),
    ("symbol", symbol("W", "j,i"), "W_{j,i}", "W_(j , i)", "W_(j,i)"),
    ("symbol", symbol("E", "total"), r"E_{\mathrm{total}}", 'E_(upright("total"))', "E_total"),
    ("symbol", symbol("delta", "o1"), r"\delta_{o1}", "delta_(o 1)", "δ_o1"),
    ("symbol", symbol("w", "eta 1"), r"w_{\eta \,1}", "w_(eta thin 1)", "w_(η 1)"),
    ("symbol", symbol("w", "5", "+"), "w_{5}^{+}", "w_(5)^(+)", "w₅⁺"),
    ("symbol", symbol("w", "5", "(t+1)"), "w_{5}^{(t+1)}", "w_(5)^(( t + 1 ))", "w₅^(t+1)"),
    ("symbol", symbol("w", "", "'"), r"w^{\prime}", "w^(prime)", "w′"),
    ("symbol", symbol("y", "1", accent="hat"), r"\hat{y}_{1}", "hat(y)_(1)", "y\u0302₁"),
    ("symbol", symbol("w", "1", accent="tilde"), r"\tilde{w}_{1}", "tilde(w)_(1)", "w\u0303₁"),
    ("symbol", symbol("w", "h1→o1"), r"w_{h1\to o1}", "w_(h 1 -> o 1)", "w_(h1→o1)"),
    ("symbol", Form("symbol", (Symbol("L", script=True, of="w"),)), r"\mathcal{L}(w)", "cal(L) (w)", "\u2112(w)"),
    ("symbol", symbol("x", accent="bar"), r"\bar{x}", "overline(x)", "x\u0304"),
    ("symbol", W, r"\mathbf{W}^{(2)}", "upright(bold(W))^(( 2 ))", "W^(2)"),
    ("symbol", d, r"\boldsymbol{\delta}^{(2)}", "bold(delta)^(( 2 ))", "δ^(2)"),
    ("partial", E_w5, r"\frac{\partial E}{\partial w_{5}}", "frac(partial E, partial w_(5))", "∂E/∂w₅"),
    (
        "partial",
        partial(a * b, a),
        r"\frac{\partial }{\partial a} (a \cdot b)",
        "frac(partial , partial a) (a dot b)",
        "∂/∂a (a · b)",
    ),
    ("neg", neg(a + b), "-(a + b)", "-(a + b)", "−(a + b)"),
    ("neg", neg(neg(a)), "-(-a)", "-(-a)", "−(−a)"),
    ("add", a - b + shown("-3"), "(a - b) + (-3)", "(a - b) + (-3)", "(a − b) + (−3)"),
    ("add", shown("-3") + a, "-3 + a", "-3 + a", "−3 + a"),
    ("add", node("add", a, neg(b), neg(b + a)), "a - b - (b + a)", "a - b - (b + a)", "a − b − (b + a)"),
    ("mul", a * b, r"a \cdot b", "a dot b", "a · b"),
    ("mul", a * (1 - a), "a(1 - a)", "a (1 - a)", "a(1 − a)"),
    (
        "mul",
        shown("0.5") * shown("-0.2"),
        r"0{,}5 \times (-0{,}2)",
        'upright("0,5") times (-upright("0,2"))',
        "0,5 × (−0,2)",
    ),
    ("mul", shown("-0.2") * a, r"-0{,}2 \cdot a", '-upright("0,2") dot a', "−0,2 · a"),
    ("mul", 2 * z, "2z", "2 z", "2z"),
    ("mul", 2 * out, r"2 \cdot \mathrm{out}_{o1}", '2 dot upright("out")_(o 1)', "2 · out_o1"),
    ("mul", a * neg(b), r"a \cdot (-b)", "a dot (-b)", "a · (−b)"),
    (
        "mul",
        chain,
        r"-(\mathrm{target}_{o1} - \mathrm{out}_{o1}) \cdot \mathrm{out}_{o1}(1 - \mathrm{out}_{o1}) \cdot "
        r"\mathrm{net}_{h1}",
        '-(upright("target")_(o 1) - upright("out")_(o 1)) dot upright("out")_(o 1) (1 - upright("out")_(o 1)) dot '
        'upright("net")_(h 1)',
        "−(target_o1 − out_o1) · out_o1(1 − out_o1) · net_h1",
    ),
    ("div", 1 / (1 + fn("exp", neg(z))), r"\frac{1}{1 + e^{-z}}", "frac(1, 1 + e^(-z))", "1/(1 + e^(−z))"),
    ("div", (a * b) / (x * z), r"\frac{a \cdot b}{x \cdot z}", "frac(a dot b, x dot z)", "(a · b)/(x · z)"),
    ("pow", half * power(a - b, num(2)), r"\frac{1}{2}(a - b)^{2}", "frac(1, 2) (a - b)^(2)", "½(a − b)²"),
    ("pow", power(shown("-3"), num(2)), "(-3)^{2}", "(-3)^(2)", "(−3)²"),
    ("pow", power(symbol("w", "5", "+"), num(2)), "(w_{5}^{+})^{2}", "(w_(5)^(+))^(2)", "(w₅⁺)²"),
    ("pow", power(x, half), "x^{1/2}", r"x^(1\/2)", "x^(1/2)"),
    ("pow", power(fn("tanh", z), num(2)), r"\tanh^{2}(z)", "tanh^(2) (z)", "tanh²(z)"),
    ("pow", power(fn("exp", z), num(2)), "(e^{z})^{2}", "(e^(z))^(2)", "(e^z)²"),
    ("pow", power(a / b, num(2)), r"\left(\frac{a}{b}\right)^{2}", "(frac(a, b))^(2)", "(a/b)²"),
    ("fn", fn("sigmoid", z), r"\sigma(z)", "sigma (z)", "σ(z)"),
    ("fn", fn("f'", z), r"f^{\prime}(z)", "f^(prime ) (z)", "f′(z)"),
    ("fn", fn("log", a / b), r"\ln\!\left(\frac{a}{b}\right)", "ln (frac(a, b))", "ln(a/b)"),
    ("fn", fn("sqrt", x + 1), r"\sqrt{x + 1}", "sqrt(x + 1)", "√(x + 1)"),
    ("fn", fn("abs", x), r"\left\lvert x \right\rvert", "abs(x)", "|x|"),
    ("fn", fn("exp", neg(a / b)), r"\exp\!\left(-\frac{a}{b}\right)", "exp (-frac(a, b))", "e^(−a/b)"),
    ("fn", fn("my-own_f", x), r"\operatorname{my-own-f}(x)", 'op("my-own-f") (x)', "my-own-f(x)"),
    (
        "along",
        along("softmax", symbol("z", "i"), symbol("z", "k"), k),
        r"\operatorname{softmax}(z_{i}; (z_{k})_{k=1}^{n})",
        r'op("softmax") (z_(i) \; (z_(k))_(k = 1)^(n))',
        "softmax(z_i; (z_k)_(k=1…n))",
    ),
    ("moved", node("moved", symbol("E"), w5 + symbol("h")), "E(w_{5} + h)", "E (w_(5) + h)", "E(w₅ + h)"),
    ("over", over(a * b, k), r"\sum_{k=1}^{n} a \cdot b", "sum_(k = 1)^(n) a dot b", "Σ_(k=1…n) a · b"),
    (
        "over",
        over(a + b, Axis("i", 2), Axis("j", "m")),
        r"\sum_{i=1}^{2} \sum_{j=1}^{m} (a + b)",
        "sum_(i = 1)^(2) sum_(j = 1)^(m) (a + b)",
        "Σ_(i=1…2) Σ_(j=1…m) (a + b)",
    ),
    ("over", x * over(a, k), r"x \sum_{k=1}^{n} a", "x sum_(k = 1)^(n) a", "x Σ_(k=1…n) a"),
    (
        "over",
        over(a, k) * x,
        r"\left(\sum_{k=1}^{n} a\right) \cdot x",
        "(sum_(k = 1)^(n) a) dot x",
        "(Σ_(k=1…n) a) · x",
    ),
    (
        "cases",
        cases(z, z > 0, 0),
        "\\begin{cases}\nz & \\text{jika }z > 0 \\\\\n0 & \\text{selain itu}\n\\end{cases}",
        'cases(z & quad "jika "z > 0, 0 & quad "selain itu")',
        "{z jika z > 0; 0 selain itu}",
    ),
    ("compare", compare(x, ">=", z), r"x \ge z", "x >= z", "x ≥ z"),
    ("same", same(index("j"), index("k")), r"\delta_{jk}", "delta_(j k)", "δ_jk"),
    ("same", same(index("j"), Index(1, ((2, "k"),))), r"\delta_{j,2k}", "delta_(j , 2 k)", "δ_(j,2k)"),
    (
        "within",
        within(Index(-1, ((1, "i"), (1, "k"))), "n"),
        r"\mathbf{1}[1 \le i+k-2 \le n]",
        "upright(bold(1)) [1 <= i + k -2 <= n]",
        "1[1 ≤ i+k−2 ≤ n]",
    ),
    (
        "blank",
        node("blank", 7, shown("-0.5")) * a,
        r"\boxed{\quad(7)\quad} \cdot a",
        "#box(stroke: 0.5pt, inset: (x: 1em), outset: (y: 2pt))[(7)] dot a",
        "[ (7) ] · a",
    ),
    ("ones", node("ones", "n"), r"\mathbf{1}_{n}", "upright(bold(1))_(n)", "1_n"),
    ("transpose", node("transpose", W), r"(\mathbf{W}^{(2)})^{\top}", "(upright(bold(W))^(( 2 )))^(top)", "(W^(2))ᵀ"),
    ("matmul", node("matmul", x, a + b), r"x\, (a + b)", "x thin (a + b)", "x (a + b)"),
    ("hadamard", node("hadamard", node("matmul", x, a), b), r"(x\, a) \odot b", "(x thin a) dot.o b", "(x a) ⊙ b"),
]


@pytest.mark.parametrize(("op", "form", "latex", "typst", "plain"), PRINTED)
def test_printed(op, form, latex, typst, plain):
    assert [printed(form, target, "id") for target in ("latex", "typst", "plain")] == [latex, typst, plain]


MATHML = [
    (num(Fraction(-3, 7)), '<mo form="prefix">−</mo><mfrac><mn>3</mn><mn>7</mn></mfrac>'),
    (shown("0.750"), "<mn>0,750</mn>"),
    (w5, "<msub><mi>w</mi><mn>5</mn></msub>"),
    (symbol("w", "5", "+"), f"<msubsup><mi>w</mi><mn>5</mn>{SMALL.format('+')}</msubsup>"),
    (symbol("Delta", "total"), '<msub><mi mathvariant="normal">Δ</mi><mi>total</mi></msub>'),
    (symbol("x", accent="bar"), '<mover accent="true"><mi>x</mi><mo stretchy="false">¯</mo></mover>'),
    (symbol("W", bold=True), "<mi>\N{MATHEMATICAL BOLD CAPITAL W}</mi>"),
    (symbol("delta", bold=True), "<mi>𝜹</mi>"),
    (2 * z, "<mn>2</mn><mo>\u2062</mo><mi>z</mi>"),
    (fn("f'", z), f"<mi>f</mi>{SMALL.format('′')}<mo>\u2061</mo>{STILL.format('(')}<mi>z</mi>{STILL.format(')')}"),
    (
        fn("log", a / b),
        "<mi>ln</mi><mo>\u2061</mo><mrow><mo>(</mo><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>)</mo></mrow>",
    ),
    (
        over(a, k),
        f"<munderover><mo>∑</mo><mrow><mi>k</mi>{SMALL.format('=')}<mn>1</mn></mrow><mi>n</mi></munderover><mi>a</mi>",
    ),
    (
        cases(z, z > 0, 0),
        '<mrow><mo>{</mo><mtable class="cases"><mtr><mtd><mi>z</mi></mtd><mtd><mtext>jika\u00a0</mtext><mi>z</mi> '
        '<mo form="infix">&gt;</mo> <mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mtext>selain itu</mtext>'
        "</mtd></mtr></mtable></mrow>",
    ),
]


@pytest.mark.parametrize(("form", "mathml"), MATHML)
def test_printed_in_mathml(form, mathml):
    assert printed(form, "html", "id") == mathml


@pytest.mark.parametrize(("op", "form", *"abc"), PRINTED)
def test_mathml_says_the_words_of_the_plain_text(op, form, a, b, c):
    """The letters and digits of the one are in the other, in whatever order; and every element is closed."""
    words = tree(f"<math>{printed(form, 'html', 'id')}</math>").text.replace("⊤", "T").replace("exp", "e")
    assert letters(words) == letters(printed(form, "plain", "id"))


def letters(text):
    whole = unicodedata.normalize("NFKD", text)
    return sorted(char for char in whole if char.isalnum() and char not in "Σ")


@pytest.mark.parametrize(
    ("form", "plain"),
    [
        ((a / b) / x, "(a/b)/x"),
        (a / (b / x), "a/(b/x)"),
        (a / (b * x), "a/(b · x)"),
        ((a + b) / x, "(a + b)/x"),
        (a / power(b, num(2)), "a/b²"),
        ((a / b) * x, "a/b · x"),
        (x * (a / b), "x · a/b"),
        (neg(a / b), "−a/b"),
        (neg(a) / b, "(−a)/b"),
        (num(Fraction(3, 5)) * (a + b), "3/5 · (a + b)"),
        (power(num(Fraction(3, 5)), num(2)), "(3/5)²"),
        (power(E_w5, num(2)), "(∂E/∂w₅)²"),
        (a * E_w5 * b, "(a · ∂E/∂w₅) · b"),
    ],
)
def test_a_fraction_on_one_line_has_the_parentheses_it_needs(form, plain):
    assert printed(form, "plain") == plain


def test_every_op_is_shown_above():
    assert {row[0] for row in PRINTED} == set(RULES)


def test_a_gap_stands_in_the_parentheses_of_its_answer():
    gap = node("blank", 2, shown("-0.5"))
    assert printed(a * gap, "plain") == "a · ([ (2) ])"
    assert printed(a * gap, "width") == printed(a * shown("-0.5"), "width")
    assert printed(a * node("blank", 2, shown("0.5")), "plain") == "a · [ (2) ]"


def test_english_writes_points_and_dots():
    assert printed(shown("0.5") * shown("0.25")) == r"0.5 \cdot 0.25"
    assert printed(shown("3.5e-5"), "plain") == "3.5 · 10⁻⁵"


@pytest.mark.parametrize("form", [ref("W", 0), adjoint("W", 0), updated("W", 0), flow("a", "z", 0)])
def test_an_entry_is_spelled_before_it_is_printed(form):
    with pytest.raises(Unprintable, match=form.op):
        printed(a + form)


HOSTILE = [
    symbol("w}", "5"),
    symbol("w", r"\input{x}"),
    symbol("w", "5", "^"),
    symbol("w", "#eval"),
    symbol("w", "(1"),
    symbol("w", "1)["),
    symbol("ω"),
    symbol(""),
    symbol("w", accent="dot"),
    shown("1e5\\input"),
    shown("nan"),
    fn(r"\write18", x),
    fn("f(", x),
    compare(x, r"\le", z),
    over(a, Axis("k}", "n")),
    over(a, Axis("k", "n$")),
    size("n;"),
]


@pytest.mark.parametrize("form", HOSTILE)
@pytest.mark.parametrize("target", ["latex", "markdown", "typst", "html", "plain", "text"])
def test_nothing_hostile_is_printed(form, target):
    with pytest.raises(Unprintable):
        printed(form, target)


@pytest.mark.parametrize("row", [*ACTIVATIONS.values(), *ELEMENTARY.values()], ids=lambda row: row.name)
def test_a_function_is_printed_as_its_row_says(row):
    if row.symbol and row.name not in ("exp", "sqrt", "abs"):
        assert printed(fn(row.name, z)) == f"{row.symbol}(z)"


@pytest.mark.parametrize("row", ALONG.values(), ids=lambda row: row.name)
def test_a_function_along_an_axis_is_printed_as_its_row_says(row):
    assert printed(along(row.name, a, b, k)).startswith(f"{row.symbol}(")


def test_markdown_has_nothing_that_github_breaks():
    texts = [printed(form, "markdown") for _, form, *_ in PRINTED]
    assert not [text for text in texts if any(bad in text for bad in (r"\,", r"\!", r"\{", r"\operatorname", "|"))]
