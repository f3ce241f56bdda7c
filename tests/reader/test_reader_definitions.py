"""A name that a text gives itself is read as what it stands for; a slip of the pen is none."""

from __future__ import annotations

import pytest
from test_reader_laws import read

from symbackprop.form import add, hyper, mul, neg, power, ref
from symbackprop.verifier.claims import Lines

ERROR = add(ref("t", 0), neg(ref("a2", 0)))


def defining(found: Lines) -> list[str]:
    return [c.defines for c in found.claims]


@pytest.mark.parametrize("name", ["s", "err", "epsilon_1", "galat", "e_1"])
def test_a_new_name_stands_for_what_is_behind_its_sign(name: str) -> None:

    found = read(f"{name} = t1 - o1\nE_o1 = {name}*t1")
    assert not found.unread
    definition, use = found.claims
    assert definition.defines == name
    assert definition.left == definition.right == ERROR
    assert not use.defines
    assert use.right == mul(ERROR, ref("t", 0))


def test_the_rest_of_its_chain_is_claimed() -> None:
    found = read(r"$$s = t_1 - o_1 = -0.74$$ so $E_{o1} = \frac12 s^2$")
    assert defining(found) == ["s", "", ""]
    assert found.claims[1].left == ERROR
    assert found.claims[2].right.forms[1] == power(ERROR, found.claims[2].right.forms[1].forms[1])


def test_its_letters_are_indices() -> None:
    found = read(r"$$e_k = t_k - o_k$$ $$e_1 = -0.74$$ $$\sum_j e_j = 0.1$$ $$e_3 = 1$$")
    assert defining(found) == ["e_k", "", ""]
    assert [(a.var, a.size) for a in found.claims[0].free] == [("k", 2)]
    assert found.claims[1].left == ERROR
    assert found.claims[2].left == add(ERROR, add(ref("t", 1), neg(ref("a2", 1))))
    assert "no quantity is called e_3" in found.unread[0].why


def test_an_array_has_entries() -> None:
    found = read(r"$$r = t - o$$ $$r_1 = -0.74$$")
    assert defining(found) == ["r", ""]
    assert found.claims[1].left == ERROR


def test_a_number_of_the_training_may_get_another_name() -> None:
    assert read(r"$$\kappa = \eta$$ $$\kappa = 0.5$$").claims[1].left == hyper("rate")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("E_o1 = s^2/2\ns = t1 - o1", "no quantity is called s"),  # defined only later
        ("ot_h1 = 1/(1 + exp(-net_h1))", "no quantity is called ot_h1; near it: out_h1"),
        ("w_9 = w_5 + w_6", "no quantity is called w_9"),
        ("answer = 5", "no quantity is called answer"),
        ("s = s + t1", "no quantity is called s"),
        ("s <= t1", "no quantity is called s"),
        (r"$$A_j = t_k - o_k$$", "no quantity is called A_j"),
        ("s = t1 - foo", "no quantity is called foo"),
    ],
)
def test_what_is_no_definition_says_why(text: str, why: str) -> None:
    found = read(text)
    assert why in found.unread[0].why
    assert not any(c.defines for c in found.claims[:1] if c.row == found.unread[0].row)


@pytest.mark.parametrize("text", ["$k = 1, 2$", r"$i = 1, \dots, n$", "$K = 3$", "$i, j = 1, 2$", "$h = 0.01$"])
def test_what_an_index_runs_over_is_prose(text: str) -> None:
    assert read(text) == Lines((), ())
