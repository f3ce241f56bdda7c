"""Long lines break alike in every target, where a book breaks them."""

from hypothesis import given
from hypothesis import strategies as st
from latex_reader import canonical, read
from test_math_reading import FORMS

from symbackprop.form import add, mul, neg, partial, shown, symbol
from symbackprop.writers.math import printed, printer
from symbackprop.writers.math.lines import breaks, rows, segments, width

products = [mul(symbol("w", f"h{n}"), symbol("out", f"h{n}")) for n in range(1, 9)]
weighted_sum = add(*products, neg(symbol("b")), shown("-3"))
slope = mul(symbol("out", "h1"), 1 - symbol("out", "h1"))


def test_a_sum_breaks_before_its_plus():
    assert rows(weighted_sum, 56, "plain") == [
        "w_h1 · out_h1 + w_h2 · out_h2 + w_h3 · out_h3 + w_h4 · out_h4",
        "+ w_h5 · out_h5 + w_h6 · out_h6 + w_h7 · out_h7 + w_h8 · out_h8",
        "− b + (−3)",
    ]


def test_a_factor_breaks_inside_its_parentheses_only_where_it_is_too_wide_itself():
    form = neg(mul(weighted_sum, slope, symbol("i", "1")))
    assert rows(form, 56, "latex")[0].startswith(r"-(w_{h1} \cdot \mathrm{out}_{h1} + ")
    assert rows(form, 56, "plain")[1:] == [
        "+ w_h5 · out_h5 + w_h6 · out_h6 + w_h7 · out_h7 + w_h8 · out_h8",
        "− b + (−3)) · out_h1(1 − out_h1) · i₁",
    ]
    assert rows(form, 100, "plain")[1:] == ["+ w_h8 · out_h8 − b + (−3)) · out_h1(1 − out_h1) · i₁"]


def test_a_product_breaks_before_its_dot():
    chain = mul(*[partial(symbol("E", f"o{n}"), symbol("net", f"o{n}")) for n in range(1, 9)])
    assert [row[:2] for row in rows(chain, 40, "plain")[1:]] == ["· "]


def test_a_short_line_stays_whole():
    assert breaks(weighted_sum, 200) == ()
    assert rows(weighted_sum, 200, "latex") == [printed(weighted_sum)]


@given(FORMS, st.integers(5, 60))
def test_broken_lines_say_the_same_in_every_target(form, room):
    parts = {target: segments(printer(target), form) for target in ("latex", "markdown", "typst", "plain", "width")}
    assert len({tuple(part.depth for part in some) for some in parts.values()}) == 1
    assert canonical(read(" ".join(rows(form, room, "latex")))) == canonical(form)


@given(FORMS, st.integers(5, 60))
def test_no_line_is_too_wide_that_could_break(form, room):
    at = (0, *breaks(form, room), len(parts := segments(printer("width"), form)))
    for start, stop, row in zip(at, at[1:], rows(form, room, "width"), strict=False):
        assert len(row) <= room or stop - start == 1 or parts[start + 1].depth > parts[start].depth or len(parts) == 1


def test_width_is_about_that_of_the_set_formula():
    assert width(partial(symbol("E", "total"), symbol("w", "5"))) == 7
    assert width(weighted_sum) < len(printed(weighted_sum, "plain"))
