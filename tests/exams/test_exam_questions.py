"""Every kind of question, for networks of all sorts, in both languages."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest
from exam_texts import EXAMPLES, planned

from symbackprop.document import Block, Document, Equation, Math, Paragraph, blocks, forms
from symbackprop.errors import SpecError
from symbackprop.exams.formats.jsonl import Lines
from symbackprop.exams.model import KINDS
from symbackprop.exams.plan import load
from symbackprop.exams.questions import KINDS as MADE
from symbackprop.exams.variant import Choice, Numeric, Order, Question, Variant, Written
from symbackprop.exams.variants import variants
from symbackprop.form import walk
from symbackprop.tables.mistakes import MISTAKES
from symbackprop.writers import render

ERROR = 'kind = "error"'
EASY = "[difficulty]\nband = 0.9\n"

#                spec             first array     asked         a weighted sum
NETWORKS = {
    "mazur": ("mazur.toml", "W1", "w5", "z2[0]"),
    "batch": ("batch.toml", "W1", "W2[0,0]", "z2[0,0]"),
    "batchnorm": ("batchnorm.toml", "W1", "b3[0]", "z3[0,0]"),
    "cnn": ("cnn.toml", "W1", "W4[0,0]", "z4[0]"),
    "equations": ("equations.toml", "W2", "W2[0,0]", "z1[0]"),
    "rnn": ("rnn.toml", "W2", "W2[0,0]", "z1_2[0]"),
}


def asked(kind: str, name: str) -> str:
    _, array, entry, weighted = NETWORKS[name]
    product = weighted if name.startswith("batch") else entry
    what = {"shape": array, "missing-factor": product, "value": weighted, "delta": weighted}.get(kind, entry)
    return f'kind = "{kind}"' if kind == "error" else f'kind = "{kind}"; ask = "{what}"'


def made(kind: str, name: str, n: int = 2) -> list[Variant]:
    plan = planned(asked(kind, name), ERROR, network=NETWORKS[name][0], draw="", digits=8, more=EASY)
    return list(variants(plan, 1, n))


def test_the_table_has_every_kind() -> None:
    assert set(MADE) == set(KINDS)


@pytest.mark.parametrize("name", sorted(NETWORKS))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_for_every_network(kind: str, name: str) -> None:
    """Its text and solution can be set, every mistake has its feedback, and the text does not tell the key."""
    for variant in made(kind, name):
        writer = Lines(planned(ERROR).exam)
        assert writer.line(variant)
        question = variant.questions[0]
        assert question.kind == kind
        assert question.solution
        document = Document("", "en", (*variant.given, *question.text, *question.solution))
        assert render(document, "markdown")
        fits(question)


def fits(question: Question) -> None:
    for part in question.parts:
        answer = part.answer
        assert part.points > 0
        if isinstance(answer, Numeric):
            values = [answer.key, *(o.value for o in answer.outcomes)]
            assert all(abs(a - b) > 2 * answer.tolerance for a, b in combinations(values, 2))
            assert all(o.mistake in MISTAKES and o.feedback and o.at for o in answer.outcomes)
        elif isinstance(answer, Choice):
            assert sum(not o.mistake for o in answer.options) == 1
            assert len({o.text for o in answer.options}) == len(answer.options) > 1
            assert all(o.feedback for o in answer.options)
        elif isinstance(answer, Order):
            assert sorted(answer.places) == list(range(1, len(answer.items) + 1))
            assert list(answer.places) != sorted(answer.places)
        else:
            assert isinstance(answer, Written)
            assert answer.key not in [text for _, text, _ in answer.outcomes]


def read(some: tuple[Block, ...]) -> str:
    """As a student reads it, in one line."""
    return " ".join(render(Document("Page", "en", some), "text").split())


def test_what_is_needed_is_printed() -> None:
    """How many digits are wanted, what σ and δ are; δ only where a question may have it."""
    (variant,) = variants(planned('kind = "update"; ask = "w1"', digits=7), 1, 1)
    given, asked = (read(b) for b in (variant.given, variant.questions[0].text))
    assert "give every answer to 7 decimals" in given
    assert "0.01234567" in given
    assert "give 9 decimals here" in asked
    assert all(word in given for word in ("σ(z) = 1/(1 + e^(−z))", "net_h1 = w₁ · i₁ + w₂ · i₂ + b₁", "δ_h1 ="))
    assert read((Paragraph(variant.questions[0].parts[0].label),)).endswith("w₁⁺ =")
    (variant,) = variants(planned('kind = "value"; ask = "out_o1"'), 1, 1)
    assert "δ" not in read(variant.given)


def test_an_optimizers_rule_is_printed() -> None:
    final = load(EXAMPLES / "final.toml")
    given = read(next(variants(final, 1, 1)).given)
    assert "A parameter is updated by this rule:" in given
    assert "A number in brackets above a name" in given


def test_four_digits_do_without_the_first_layer() -> None:
    asked = (
        'kind = "value"; ask = ["out_h1", "out_o1"]',
        ERROR,
        'kind = "partial"; ask = "w5"',
        'kind = "update"; ask = "w5"',
    )
    assert len(list(variants(planned(*asked, digits=4), 1, 20))) == 20


def test_a_formula_is_typed_in_ascii() -> None:
    (variant,) = variants(planned('kind = "partial"; ask = ["w5", "w1"]; form = "symbolic"', ERROR), 1, 1)
    one, other = (part.answer for part in variant.questions[0].parts)
    assert isinstance(one, Written)
    assert one.text == "-(target_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1"
    assert ("missing-activation-derivative", "-(target_o1 - out_o1)*out_h1") in [o[:2] for o in one.outcomes]
    assert other.text == (
        "(-(target_o1 - out_o1)*out_o1*(1 - out_o1)*w5 - (target_o2 - out_o2)*out_o2*(1 - out_o2)*w7)"
        "*out_h1*(1 - out_h1)*i1"
    )


def test_the_text_of_a_gap_holds_no_answer() -> None:
    """Not even where nobody sees it."""
    for kind in ("faded", "missing-factor"):
        (variant,) = made(kind, "mazur", 1)
        question = variant.questions[0]
        held = [g for f in forms(question.text) for g in walk(f)]
        for part in question.parts:
            assert part.answer.text not in {str(g.args[0]) for g in held if g.op == "shown"}
        assert len([g for g in held if g.op == "blank"]) == len(question.parts)


def test_a_later_part_builds_on_earlier_ones() -> None:
    (variant,) = variants(planned('kind = "delta"; ask = "o1"', 'kind = "partial"; ask = ["w5", "w1"]'), 1, 1)
    uses = {part.id: part.uses for _, part in variant.parts()}
    assert uses == {"q1": (), "q2.1": ("q1",), "q2.2": ("q1",)}


def test_exactly_one_line_is_wrong() -> None:
    (variant,) = made("find-mistake", "mazur", 1)
    question = variant.questions[0]
    line = question.parts[0].answer
    assert isinstance(line, Choice)
    differ = [
        k for k, (a, b) in enumerate(zip(question.text[1:], question.solution, strict=True)) if symbols(a) != symbols(b)
    ]
    assert differ == [line.right]


TELLING = ('kind = "find-mistake"; ask = "w1"', 'kind = "faded"; ask = "w1"')
ASKING = (*TELLING, 'kind = "delta"; ask = "o1"', 'kind = "value"; ask = ["out_h1", "out_o2"]', ERROR)


@pytest.mark.parametrize(("telling", "asking"), [(one, other) for one in TELLING for other in ASKING if one != other])
def test_no_question_prints_what_another_asks_for(telling: str, asking: str) -> None:
    """Neither the one before it nor the one after it; alone it has its numbers."""
    for questions in ((telling, asking), (asking, telling)):
        (variant,) = variants(planned(*questions), 1, 1)
        asked = [part.answer for _, part in variant.parts() if isinstance(part.answer, Numeric)]
        printed = [number for question in variant.questions for number in numbers_in(question)]
        for answer in asked:
            assert all(abs(abs(answer.key) - number) > answer.tolerance / 5 for number in printed)
    (alone,) = variants(planned(telling), 1, 1)
    assert len(numbers_in(alone.questions[0])) > 9


def test_no_question_prints_the_slope_of_a_disturbance_that_another_asks_for() -> None:
    """It would tell both which way the error goes and how far: a line above the wrong one has it."""
    for variant in variants(planned(TELLING[0], 'kind = "perturb"; ask = "out_o1"'), 1, 6):
        told, asking = variant.questions
        change = asking.parts[1].answer
        assert isinstance(change, Numeric)
        assert all(abs(abs(change.key) * 100 - number) > change.tolerance * 20 for number in numbers_in(told))


def numbers_in(question: Question) -> list[Decimal]:
    """All that a text prints, results and what is put into formulas; a gap is none."""
    held = [g for block in question.text for f in forms(block) for g in walk(f)]
    gaps = [h for g in held if g.op == "blank" for h in walk(g)]
    return [abs(Decimal(g.args[0])) for g in held if g.op == "shown" and g not in gaps]


@pytest.mark.parametrize("telling", TELLING)
def test_an_order_is_asked_of_steps_that_no_other_question_tells(telling: str) -> None:
    order = 'kind = "order"; ask = "w1"'
    (alone,) = variants(planned(order), 1, 1)
    for questions in ((order, telling), (telling, order)):
        (variant,) = variants(planned(*questions), 1, 1)
        (part,) = [part for _, part in variant.parts() if isinstance(part.answer, Order)]
        (told,) = [q for q in variant.questions if q.kind != "order"]
        lines = {(b.lines[0].left, b.lines[0].right) for b in told.text if isinstance(b, Equation)}
        items = [(m.form, m.right) for item in part.answer.items for m in item if isinstance(m, Math)]
        assert len(items) >= 3
        assert sum(item in lines for item in items) < 3
    assert alone.questions[0].parts[0].answer != part.answer


def test_where_all_steps_are_told_no_order_is_asked() -> None:
    """A shared bias is one number: its array has no other entry to ask for."""
    with pytest.raises(SpecError, match=r"question\[0\].ask: another question tells the steps that lead to b2"):
        list(variants(planned('kind = "order"; ask = "b2"', 'kind = "faded"; ask = "b2"'), 1, 1))


def symbols(block: object) -> object:
    return block.lines[0].right  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_in_indonesian(kind: str) -> None:
    plan = planned(asked(kind, "mazur").replace('"w5"', '"w1"'), ERROR, more='[presentation]\nlanguage = "id"\n')
    (variant,) = variants(plan, 1, 1)
    text = render(Document("", "id", variant.questions[0].text), "markdown")
    english = render(
        Document(
            "",
            "en",
            next(variants(planned(asked(kind, "mazur").replace('"w5"', '"w1"'), ERROR), 1, 1)).questions[0].text,
        ),
        "markdown",
    )
    assert text != english


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ('kind = "partial"', "ask for something"),
        ('kind = "error"; ask = "w1"', "leave ask out"),
        ('kind = "value"; ask = "w1"', "w1 is given"),
        ('kind = "update"; ask = "b1"', "b1 is not trained"),
        ('kind = "shape"; ask = "b1"', "is a single number"),
        ('kind = "partial"; ask = "W1"', r"W1 is a whole array; ask for one entry of it, such as 'W1\[0,0\]'"),
        ('kind = "update"; ask = "out_h1"', "out_h1 is no parameter"),
        ('kind = "chain-rule"; ask = ["w1", "w2"]', "ask for one thing"),
        ('kind = "missing-factor"; ask = "b1"', "no product of factors"),
        ('kind = "order"; ask = "E_total"', "fewer than 3 steps"),
    ],
)
def test_what_cannot_be_asked(question: str, told: str) -> None:
    with pytest.raises(SpecError, match=told) as error:
        list(variants(planned(question), 1, 1))
    assert "question[0].ask" in str(error.value)


def test_blocks_are_blocks() -> None:
    (variant,) = variants(planned('kind = "faded"; ask = "w1"; level = 2', digits=8), 1, 1)
    document = Document("", "en", variant.questions[0].text)
    assert len(list(blocks(document))) > len(variant.questions[0].parts)
    assert EXAMPLES.is_dir()
