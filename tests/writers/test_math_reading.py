"""A printed formula reads back as the tree it was printed from."""

from fractions import Fraction

from html_reader import latex, tree
from hypothesis import given
from hypothesis import strategies as st
from latex_reader import canonical, read

from symbackprop.form import Axis, add, div, fn, mul, neg, num, over, power, shown, symbol
from symbackprop.writers.math import printed

LEAVES = st.one_of(
    st.sampled_from([symbol("x", "1"), symbol("y"), symbol("net", "h1"), symbol("eta"), symbol("w", "kj")]),
    st.sampled_from([num(2), num(-3), num(Fraction(1, 3)), num(Fraction(-2, 7))]),
    st.sampled_from([shown("0.5"), shown("-0.25"), shown("12")]),
)


def _larger(forms):
    several = st.lists(forms, min_size=2, max_size=4)
    return st.one_of(
        forms.map(neg),
        several.map(lambda some: add(*some)),
        several.map(lambda some: mul(*some)),
        st.builds(div, forms, forms),
        st.builds(power, forms, st.sampled_from([num(2), num(3), num(-1), symbol("n")])),
        st.builds(fn, st.sampled_from(["tanh", "exp", "log", "sqrt", "sigmoid", "abs"]), forms),
        forms.map(lambda f: over(f, Axis("k", "n"))),
        forms.map(lambda f: over(f, Axis("i", "m"), Axis("j", "n"))),
    )


FORMS = st.recursive(LEAVES, _larger, max_leaves=12)


@given(FORMS)
def test_latex_reads_back_as_the_same_tree(form):
    assert canonical(read(printed(form))) == canonical(form)


@given(FORMS)
def test_markdown_is_the_same_formula(form):
    assert canonical(read(printed(form, "markdown"))) == canonical(form)


@given(FORMS)
def test_mathml_is_the_same_formula(form):
    (math,) = tree(f"<math>{printed(form, 'html')}</math>").elements
    assert canonical(read(latex(math))) == canonical(form)
