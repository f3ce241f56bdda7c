r"""The Numbas exam: the keys of its published schema, ranges that Numbas takes for right, and what it would misread."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from small_exam import EXAM, INDONESIAN, VARIANTS

from symbackprop.document import Math, Paragraph
from symbackprop.exams.formats.numbas import NUMBAS, VERSION, jme, typed
from symbackprop.form import symbol

COMMON = set(
    "type marks prompt useCustomName customName alternatives scripts customMarkingAlgorithm extendBaseMarkingAlgorithm "
    "unitTests showCorrectAnswer showFeedbackIcon variableReplacements steps variableReplacementStrategy "
    "alternativeFeedbackMessage useAlternativeFeedback".split()
)
# What the schema of Numbas 10 has for each type of part.
OWN = {
    "numberentry": "minValue maxValue correctAnswerFraction allowFractions mustBeReduced mustBeReducedPC precisionType "
    "precision precisionPartialCredit strictPrecision showPrecisionHint showFractionHint notationStyles "
    "correctAnswerStyle displayAnswer",
    "patternmatch": "answer displayAnswer caseSensitive allowEmpty partialCredit matchMode",
    "1_n_2": "shuffleChoices displayType displayColumns showCellAnswerState choices matrix distractors",
    "jme": "answer showPreview checkingType checkingAccuracy failureRate vsetRangePoints vsetRange checkVariableNames "
    "singleLetterVariables allowUnknownFunctions implicitFunctionComposition caseSensitive valuegenerators",
}


def exam(exam=EXAM, variants=VARIANTS) -> dict:
    ((name, parts),) = NUMBAS.files(exam, (piece for v in variants for piece in NUMBAS.pieces(exam, v)))
    assert name == "quiz.exam"
    text = b"".join(parts).decode()
    assert text.startswith(VERSION)
    return json.loads(text.removeprefix(VERSION))


def parts(data: dict, k: int = 0) -> dict[str, dict]:
    return {part["customName"]: part for part in data["question_groups"][0]["questions"][k]["parts"]}


def test_each_student_gets_one_variant():
    (group,) = exam()["question_groups"]
    assert (group["pickingStrategy"], group["pickQuestions"]) == ("random-subset", 1)
    assert [question["name"].split()[-1] for question in group["questions"]] == ["v00001", "v00002"]


def test_parts_have_the_keys_of_the_schema_and_no_others():
    for part in parts(exam()).values():
        for one in (part, *part["alternatives"]):
            assert set(one) <= COMMON | set(OWN[one["type"]].split())


def test_points():
    worth = {name: part["marks"] for name, part in parts(exam()).items()}
    assert worth == {"1": "2", "2": 0, "3.1": "0.5", "3.2": "1", "4": "1", "5": "1", "6": "2"}
    assert parts(exam())["2"]["matrix"] == [0, "1", 0]


def test_the_range_is_the_key_with_its_tolerance():
    part = parts(exam())["1"]
    assert (Decimal(part["minValue"]), Decimal(part["maxValue"])) == (Decimal("0.0817"), Decimal("0.0827"))


def test_mistakes_are_alternatives_worth_nothing_with_their_own_message():
    for part in parts(exam()).values():
        for other in part["alternatives"]:
            assert other["marks"] == 0
            assert other["alternativeFeedbackMessage"]
            assert other["useAlternativeFeedback"] is False
    first, second = parts(exam())["1"]["alternatives"]
    assert Decimal(first["minValue"]) < Decimal("0.322") < Decimal(first["maxValue"])
    assert second["alternativeFeedbackMessage"].startswith("The sign is &quot;turned&quot; round, as 1 &lt; 2.")


def test_a_choice_tells_each():
    part = parts(exam())["2"]
    assert part["distractors"] == [f"This is what {value} comes from." for value in ("0.1", "0.2", "0.3")]
    assert len(part["choices"]) == len(part["matrix"]) == 3
    assert part["shuffleChoices"] is False


@pytest.mark.parametrize(
    ("keys", "right", "wrong"),
    [
        (("2x3", "2×3", "(2, 3)"), ("2x3", " 2 × 3 ", "(2,3)"), ("2x33", "12x3", "3x2", "2.3")),
        (("a.b",), ("a.b",), ("axb",)),
    ],
)
def test_what_is_typed_must_fit_as_a_whole(keys, right, wrong):
    pattern = f"^{typed(*keys)['answer']}$"
    assert all(re.search(pattern, text) for text in right)
    assert not any(re.search(pattern, text) for text in wrong)
    assert not re.search(r"\\[^s^$\\.*+?()\[\]{}|/]", pattern), (
        "refused in JavaScript's regular expressions with the flag u"
    )


def test_formulas_are_in_its_language():
    assert jme("log(a)**2 + where(z > 0, 1, 0)") == "ln(a)^2 + if(z > 0, 1, 0)"
    assert jme("catalog(x)") == "catalog(x)"
    assert jme("2*sigmoid(a*(b - relu(c)))*d") == "2*(1/(1+exp(-(a*(b - max(c,0))))))*d"


def test_numbas_finds_no_command_and_nothing_to_put_in():
    question = replace(VARIANTS[0].questions[0], text=(Paragraph((Math(symbol("epsilon")), Math(symbol("phi")))),))
    variant = replace(VARIANTS[0], questions=(question,))
    data = exam(replace(EXAM, title="{x} costs $5 \\var{y}", instructions=("{a}",)), (variant,))
    assert not re.search(r"\\(var|simplify)", json.dumps(data).replace("\\\\", "\\"))
    assert not set("{}$\\") & set(data["name"] + data["feedback"]["intro"])


def test_a_decimal_comma_where_the_language_has_one():
    part = parts(exam(INDONESIAN))["1"]
    assert part["notationStyles"] == ["plain", "plain-eu"]
    assert part["correctAnswerStyle"] == "plain-eu"


def test_points_that_are_quarters():
    question = VARIANTS[0].questions[0]
    quarter = replace(question, parts=(replace(question.parts[0], points=Fraction(1, 4)),))
    data = exam(variants=(replace(VARIANTS[0], questions=(quarter,)),))
    assert parts(data)["1"]["marks"] == "0.25"
