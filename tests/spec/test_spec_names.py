"""The names of [presentation.names]: what a key reads as, what the entries are called, and the round trip."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.errors import ReadError, SpecError
from symbackprop.form import Form, Index, Symbol, adjoint, hyper, index, ref
from symbackprop.reader.symbols import ACCENTS, FONTS, symbol_of, with_indices
from symbackprop.spec import dumps, loads
from symbackprop.spec.given import Given, given_names
from symbackprop.writers.math import printed
from symbackprop.writers.math.targets import TARGETS

READS = [
    ("w", Symbol("w")),
    ("w1", Symbol("w", "1")),
    ("w_1", Symbol("w", "1")),
    ("w_{1}", Symbol("w", "1")),
    (r"\mathbf{w}_{1}", Symbol("w", "1")),
    (r"\mathbf{w_1}", Symbol("w", "1")),
    ("net_h1", Symbol("net", "h1")),
    (r"\mathrm{net}_{h_1}", Symbol("net", "h1")),
    (r"\hat{y}_1", Symbol("y", "1", accent="hat")),
    (r"\hat y_1", Symbol("y", "1", accent="hat")),
    (r"\widetilde{w}^{(2)}_{ji}", Symbol("w", "ji", "(2)", accent="tilde")),
    (r"w_{h1 \to o}", Symbol("w", "h1→o")),
    (r"w_{\eta i}", Symbol("w", "eta i")),
    (r"\alpha", Symbol("alpha")),
    ("alpha", Symbol("alpha")),
    (r"\varepsilon_0", Symbol("epsilon", "0")),
    ("w''", Symbol("w", "", "''")),
    (r"w^\prime_2", Symbol("w", "2", "'")),
    (r"\mathcal{L}(w)", Symbol("L", script=True, of="w")),
    (r"E_\text{total}", Symbol("E", "total")),
    ("z^{[1]}_{2,10}", Symbol("z", "2,10", "[1]")),
    ("x(t+1)", Symbol("x", of="t+1")),
]


@pytest.mark.parametrize(("key", "symbol"), READS, ids=[key for key, _ in READS])
def test_a_key_is_read_as_a_symbol(key: str, symbol: Symbol) -> None:
    assert symbol_of(key) == symbol


REFUSED = [
    ("", "starts with a letter"),
    ("1w", "starts with a letter"),
    (r"\href{a}{b}", r"the command \href "),
    (r"w_{\frac12}", r"the command \frac "),
    (r"\sum_i", r"the command \sum "),
    ("\u0430", "U+0430"),
    ("w_\u0430", "U+0430"),
    ("w\u202e", "U+202E"),
    ("\\\x1b", "U+001B"),
    ("w=b", "'='"),
    ("w b", "'b'"),
    ("w*", "'*'"),
    ("w$", "'$'"),
    ("w_{1", "ends too early"),
    ("w_", "ends too early"),
    ("w_{}", "holds nothing"),
    ("w_1_2", "two subscripts"),
    ("w1_2", "two subscripts"),
    (r"\hat{\bar{w}}", "two accents"),
    ("w(a)(b)", "'('"),
    ("w_{(1]}", "']'"),
    ("{" * 50 + "w", "deep"),
    ("w" * 81, "at most 80"),
]


@pytest.mark.parametrize(("key", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_is_no_name_is_refused_by_name_or_code_point(key: str, why: str) -> None:
    with pytest.raises(ReadError) as error:
        symbol_of(key)
    assert why in str(error.value)


@settings(max_examples=300)
@given(st.text(max_size=20) | st.text(alphabet="\\{}_^()[],'+- wy1hat→", max_size=20))
def test_any_text_is_read_or_refused_and_what_is_read_prints_everywhere(text: str) -> None:
    try:
        s = symbol_of(text)
    except ReadError:
        return
    for target in TARGETS:
        assert printed(Form("symbol", (s,)), target)


letter = st.sampled_from("abcwyzLJ") | st.sampled_from([r"\alpha ", r"\theta ", "net", "out"])
script = st.sampled_from(["1", "ji", "2,10", r"h1 \to o", "(2)", r"\text{in}", "h_1", r"\eta"])


@given(letter, st.sampled_from(sorted(FONTS)), st.sampled_from(sorted(ACCENTS)), script, script)
def test_fonts_and_the_order_of_scripts_carry_no_meaning(base: str, font: str, accent: str, sub: str, sup: str) -> None:
    one = symbol_of(rf"\{accent}{{{base}}}_{{{sub}}}^{{{sup}}}")
    other = symbol_of(rf"\{font}{{\{accent}{{{base}}}}}^{{{sup}}}_{{{sub}}}")
    assert one == other._replace(script=False)


INDEXED = [
    ("w_{ji}", {"j": "2", "i": "1"}, "21"),
    ("w_{ji}", {"j": "2", "i": "10"}, "2,10"),
    (r"w_{h1 \to o}", {"o": "2"}, "h1→2"),
    ("net_{hj}", {"j": "12"}, "h12"),
    ("E_{total}", {"t": "3"}, "total"),
    ("w_{total}", {"t": "1", "o": "2", "a": "3", "l": "4"}, "12134"),
]


@pytest.mark.parametrize(("key", "given_", "sub"), INDEXED)
def test_indices_are_letters_of_their_own(key: str, given_: dict[str, str], sub: str) -> None:
    assert with_indices(symbol_of(key), given_).sub == sub


SMALL = """
[network]
inputs = 2
loss = "half-squared-error"
[[network.layers]]
units = 2
activation = "sigmoid"
[training]
optimizer = "adam"
[presentation.names]
"""


def test_what_the_rows_mean() -> None:
    rows = r"""
"\\hat{y}_1" = "a1[0]"
'w_{h1 \to o}' = "W1[o,0]"
"g" = "dE/dz1"
"\\alpha" = "rate"
"s" = "m"
"J" = "E"
"""
    problem = loads(SMALL + rows)
    found = {given.key: given.form for given in given_names(problem)}
    assert found == {
        r"\hat{y}_1": ref("a1", 0),
        r"w_{h1 \to o}": ref("W1", "o", 0),
        "g": adjoint("z1"),
        r"\alpha": hyper("rate"),
        "s": hyper("m"),
        "J": ref("E"),
    }
    assert loads(dumps(problem)) == problem
    assert list(loads(dumps(problem)).presentation.names) == list(problem.presentation.names)


def test_an_entry_is_called_as_its_row_says() -> None:
    row = Given("w", symbol_of(r"w_{h1 \to o}"), ref("W2", "o", 0))
    assert row.named((Index(1), Index(0)), ("2", "1")) == Symbol("w", "h1→2")
    assert row.named((Index(1), Index(1)), ("2", "2")) is None
    assert row.named((index("j"), Index(0)), ("j", "1")) == Symbol("w", "h1→j")
    assert row.named((), ()) is None
    whole = Given("h", symbol_of("h"), ref("a1"))
    assert (whole.named((), ()), whole.named((Index(3),), ("4",))) == (Symbol("h"), Symbol("h", "4"))
    twice = Given("d", symbol_of("d_i"), ref("W", "i", "i"))
    assert twice.named((Index(1), Index(1)), ("2", "2")) == Symbol("d", "2")
    assert twice.named((Index(1), Index(0)), ("2", "1")) is None


def test_a_quantity_may_have_two_names() -> None:
    rows = '"h_1" = "a1[0]"\n"o_1" = "a1[0]"\n"h" = "a1"\n'
    assert len(given_names(loads(SMALL + rows))) == 3


def test_an_array_of_the_program_comes_before_a_number_of_the_training() -> None:
    text = """
[equations]
program = ["m = w*x", "E = m**2"]
error = "E"
parameters = ["w"]
[shapes]
w = []
x = []
[training]
optimizer = "adam"
[presentation.names]
k = "m"
u = "v"
"""
    assert [given.form for given in given_names(loads(text))] == [ref("m"), hyper("v")]


def test_with_several_samples_the_index_of_the_sample_may_be_left_out() -> None:
    data = "[data]\ninputs = [[1, 2], [3, 4]]\ntargets = [[0, 1], [1, 0]]\n"
    body = SMALL.replace("[presentation", data + "[presentation")
    assert len(given_names(loads(body + '"y_k" = "a1[k]"\n"v_{nk}" = "a1[n,k]"\n'))) == 2
    with pytest.raises(SpecError) as error:
        loads(body + '"y_k" = "a1[2,k]"\n')
    assert "the index 2 is out of range: the entries of a1 have 0 to 1 there" in str(error.value)
