"""What people leave out or write in their own way, each habit beside a line in which it would be a guess."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.form import Form, add, adjoint, fn, mul, ref
from symbackprop.verifier.claims import Claim, Lines, lines
from symbackprop.verifier.glossary import glossary

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@cache
def read(text: str, notation: str = "mazur", activation: str = "sigmoid", out: str = "sigmoid") -> Lines:
    spec = (EXAMPLES / "mazur.toml").read_text(encoding="utf-8").split("[source]")[0]
    d = sb.derive(sb.loads(spec.replace('"sigmoid"', f'"{activation}"', 1).replace('"sigmoid"', f'"{out}"')))
    return lines(text, glossary(d.names(notation), d.derivation))


def only(found: Lines) -> Claim:
    assert not found.unread, found.unread
    (claim,) = found.claims
    return claim


BACK = add(mul(adjoint("z2", 0), ref("W2", 0, 0)), mul(adjoint("z2", 1), ref("W2", 1, 0)))


def test_h_is_the_one_hidden_unit_left_of_the_sign() -> None:
    assert only(read(r"$$\frac{\partial E}{\partial out_{h1}} = \sum_o \delta_o w_{ho}$$")).right == BACK
    first, second = read(r"$$\frac{\partial E}{\partial out_{h1}} = \sum_o \delta_o w_{ho} = 0.036$$").claims
    assert second.left == first.right == BACK
    assert not second.free


@pytest.mark.parametrize("left", ["E", r"out_{h1} + out_{h2}"])
def test_of_no_unit_or_of_two_h_is_asked_for_and_nothing_behind_it_is_judged(left: str) -> None:
    found = read(rf"$${left} = \sum_o \delta_o w_{{ho}} = 3$$")
    assert not found.claims
    assert [u.why for u in found.unread] == ["which h is meant? nothing left of the sign says it: write its number"]


@pytest.mark.parametrize(
    "text", [r"\sum (t_k - o_k)", r"\sum_k (t_k - o_k)", r"\sum (t - o)", r"\sum_{k=1}^{2} (t_k - o_k)", "∑(t−o)"]
)
def test_a_sum_without_an_index_is_over_all_there_is(text: str) -> None:
    assert only(read(f"$$E = {text}$$")).right == only(read("$$E = (t_1 - o_1) + (t_2 - o_2)$$")).right


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (r"$$E = \sum w_{kj}^{(2)}$$", "a sum names its index"),  # of two letters
        (r"$$E = \sum w_5$$", "a sum names its index"),
        (r"$$E = \sum W^{(2)}$$", "a sum names its index"),
        ("E = sum(t - o)^2", "can be read in two ways"),
        (r"$$w_5^* = 0.4$$", "a star as a mark"),
        (r"$$w_5^{\star} = 0.4$$", "a star as a mark"),
        (r"$$\nabla^2 E = 0$$", "second derivatives"),
        (r"$$\frac{d^2 E}{d w_5^2} = 0$$", "second derivatives"),
        (r"$$\log_2 o_1 = 0$$", "write ln x / ln 2"),
        (r"$$o_k = \mathbb{1}(t_1 = k)$$", "k is an index here"),
        ("w5 -= 0.1", "-= is a program's sign"),
        (r"$$\partial w_5 = 0.1$$", "a differential stands in a fraction"),
        ("dE = 0.1", "a differential stands in a fraction"),
        (r"$$\text{hence} = 3$$", "no quantity is called hence"),
        (r"$$ = 3$$", "nothing stands left of this sign"),
    ],
)
def test_what_would_be_a_guess_is_unread(text: str, why: str) -> None:
    found = read(text)
    assert not found.claims
    assert why in found.unread[0].why


@pytest.mark.parametrize(
    ("activation", "out", "row"),
    [
        ("sigmoid", "sigmoid", "sigmoid"),
        ("tanh", "tanh", "tanh"),
        ("tanh", "identity", "tanh"),
        ("tanh", "sigmoid", "sigmoid"),
    ],
)
def test_sigma_is_the_networks_one_activation_else_the_sigmoid(activation: str, out: str, row: str) -> None:
    text = r"$$out_{h1} = \sigma(net_{h1})$$"
    assert only(read(text, activation=activation, out=out)).right == fn(row, ref("z1", 0))
    slope = only(read(text.replace(r"\sigma", r"\sigma'"), activation=activation, out=out)).right
    assert slope == fn(f"{row}'", ref("z1", 0))
    named = only(read(text.replace(r"\sigma", r"\operatorname{sigmoid}"), activation=activation, out=out))
    assert named.right == fn("sigmoid", ref("z1", 0))


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        (r"$$\frac{\partial E_n}{\partial a_k} = 1$$", "z2"),
        (r"$$\frac{\partial E_n}{\partial a_j} = 1$$", "z1"),
        (r"$$\delta_k = 1$$", "z2"),
        (r"$$\frac{\partial E}{\partial a_k^{(1)}} = 1$$", "z1"),
    ],
)
def test_in_bishops_book_k_is_an_output_and_j_a_hidden_unit(text: str, entry: str) -> None:
    left = only(read(text, "bishop")).left
    assert (left.op, left.name) == ("adjoint", entry)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("dE_dw5 = 1", adjoint("W2", 0, 0)),
        ("grad_w5 = 1", adjoint("W2", 0, 0)),
        ("dw5 = 1", adjoint("W2", 0, 0)),
        ("$$dW^{(2)}_{12} = 1$$", adjoint("W2", 0, 1)),
        ("(\U0001d715\U0001d438)/(\U0001d715\U0001d464_5) = 1", adjoint("W2", 0, 0)),
        (r"$$net\_{h1} = 1$$", ref("z1", 0)),
        ("\u210e_1 = 1", ref("a1", 0)),
        (r"$$output_{o1} = 1$$", ref("a2", 0)),
    ],
)
def test_habits_of_programs_and_word(text: str, form: Form) -> None:
    assert only(read(text)).left == form


def test_an_assignment_to_itself_is_an_update() -> None:
    assert only(read("w5 := w5 - 0.5*dE/dw5")).rel == "←"
    assert only(read("E := E_o1 + E_o2")).rel == "="
