"""[presentation.names]: one's own names are read as what they name, and the notation's names stay readable."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from reader_laws import canonical
from test_reader_laws import FORMS

import symbackprop as sb
from symbackprop.errors import SpecError
from symbackprop.form import Form, Index, adjoint, hyper, index, partial, ref
from symbackprop.readings.names import Names
from symbackprop.verifier.claims import Lines, lines
from symbackprop.verifier.glossary import Glossary, glossary
from symbackprop.writers.math import printed

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MAZUR = r"""
"\\hat{y}_1" = "a2[0]"
'w_{h1 \to o}' = "W2[o,0]"
"g" = "dE/dz2"
"\\alpha" = "rate"
"p" = "a1"
"s_j" = "z1[j]"
"\\mathcal{L}(w)" = "E"
"""
BATCH = r"""
"x^{(n)}_i" = "x[n,i]"
'p_{n,k}' = "a2[n,k]"
"u_j" = "z1[j]"
"""
ADAM = """
[equations]
program = ["z = w*x", "E = (z - t)**2/2"]
error = "E"
parameters = ["w"]
[values]
x = 1
w = 2
t = 3
[training]
optimizer = "adam"
rate = 0.1
[presentation.names]
"m" = "m"
"V" = "v"
"""


def spec(example: str, rows: str) -> str:
    return (EXAMPLES / f"{example}.toml").read_text(encoding="utf-8").split("[source]")[0] + (
        f"[presentation.names]{rows}"
    )


@cache
def known(spec_: str) -> tuple[Names, Glossary]:
    d = sb.derive(sb.loads(spec_))
    return d.names(), glossary(d.names(), d.derivation)


@cache
def read(spec_: str, text: str) -> Lines:
    return lines(text, known(spec_)[1])


def left(spec_: str, text: str) -> Form:
    found = read(spec_, text)
    assert not found.unread, found.unread
    (claim,) = found.claims
    return claim.left


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        (r"\hat y_1", ref("a2", 0)),
        (r"w_{h1 \to 2}", ref("W2", 1, 0)),
        (r"w_{h1 \to o_2}", ref("W2", 1, 0)),
        (r"w_{h_1\rightarrow o2}", ref("W2", 1, 0)),
        (r"w_{h1 \to k}", ref("W2", index("k").plus(Index(-1)), 0)),
        ("g_2", adjoint("z2", 1)),
        (r"\alpha", hyper("rate")),
        ("p_2", ref("a1", 1)),
        ("s_1", ref("z1", 0)),
        (r"\mathcal{L}(w)", ref("E")),
        (r"\frac{\partial \mathcal{L}(w)}{\partial w_5}", adjoint("W2", 0, 0)),
        (r"\frac{\partial p_1}{\partial s_1}", partial(ref("a1", 0), ref("z1", 0))),
        (r"\eta", hyper("rate")),  # the notation's own names stay
        ("w_7", ref("W2", 1, 0)),
        (r"\delta_{o1}", adjoint("z2", 0)),
        ("out_{h1}", ref("a1", 0)),
        ("E", ref("E")),
    ],
)
def test_a_name_is_what_its_row_says(name: str, entry: Form) -> None:
    found = left(spec("mazur", MAZUR), f"$${name} = 1$$")
    assert found.where({"k": index("k").plus(Index(-1))}) == entry if "k" in name else found == entry


def test_a_letter_of_the_row_is_summed_over() -> None:
    (claim,) = read(spec("mazur", MAZUR), r"$$\sum_o w_{h1 \to o} = 1$$").claims
    assert list(claim.left.forms) == [ref("W2", 0, 0), ref("W2", 1, 0)]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("x^{(2)}_1", ref("x", 1, 0)),
        ("p_{3,1}", ref("a2", 2, 0)),
        ("u_2^{[4]}", ref("z1", 3, 1)),  # the sample, which the row leaves out, stands above
    ],
)
def test_of_several_samples(name: str, entry: Form) -> None:
    assert left(spec("batch", BATCH), f"$${name} = 1$$") == entry


def test_letters_above_and_below_run_over_their_axes() -> None:
    (claim,) = read(spec("batch", BATCH), "$$x^{(k)}_i = 1$$").claims
    assert [(a.var, a.size) for a in claim.free] == [("k", 4), ("i", 2)]


def test_a_state_is_written_by_its_own_letter_where_there_is_one_parameter() -> None:
    assert left(ADAM, "m = 0") == left(ADAM, "m_w = 0") == ref("w.m")
    assert left(ADAM, "V = 0") == ref("w.v")
    many = spec("mazur", "").replace('"sgd"', '"adam"').replace("[presentation.names]", "")
    assert "m_w8" in read(many, "m = 0").unread[0].why


@pytest.mark.parametrize("text", [r"$$w_{h1 \to 3} = 1$$", "$$g_3 = 1$$", r"$$\hat y_2 = 1$$", "$$c = out_{h1}^2 q$$"])
def test_what_no_row_names_is_unread(text: str) -> None:
    found = read(spec("mazur", MAZUR), text)
    assert not found.claims
    assert "no quantity is called" in found.unread[0].why


@pytest.mark.parametrize(
    ("one", "other"),
    [(r'"w1" = "W2[0,0]"', r'"w_1" = "W2[0,1]"'), (r'"L" = "a1"', r'"\\mathcal{L}(w)" = "E"')],
)
def test_two_keys_that_read_alike_and_differ_are_a_fault_that_names_both(one: str, other: str) -> None:
    with pytest.raises(SpecError) as caught:
        sb.loads(spec("mazur", f"\n{one}\n{other}\n"))
    (fault,) = caught.value.faults
    assert "read alike" in fault.message
    assert all(text.split('"')[1].replace("\\\\", "\\") in f"{fault.message} {fault.place}" for text in (one, other))
    same = other.replace(other.split('"')[3], one.split('"')[3])
    sb.loads(spec("mazur", f"\n{one}\n{same}\n"))


@pytest.mark.parametrize("target", ["latex", "markdown", "plain"])
@given(form=FORMS)
def test_what_is_printed_with_ones_own_names_reads_back(target: str, form: Form) -> None:
    names, words = known(spec("mazur", MAZUR))
    text = f"{printed(names.spelled(ref('E')), target)} = {printed(names.spelled(form), target)}"
    found = lines(text if target == "plain" else f"$${text}$$", words)
    assert not found.unread, (text, found.unread)
    (claim,) = found.claims
    assert canonical(claim.right) == canonical(form), text
