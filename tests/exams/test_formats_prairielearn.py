"""PrairieLearn's question folders: what their documentation asks of each file, and server.py run for real."""

import json
import re
from pathlib import Path

import pytest
from prairielearn import INFO, UUID, Folder, mustache
from small_exam import EXAM, VARIANTS

from symbackprop.exams.formats.prairielearn import PRAIRIELEARN, server

QUESTIONS = [q.id for q in VARIANTS[0].questions]


def written(folder: Path, exam=EXAM, variants=VARIANTS) -> Path:
    for name, parts in PRAIRIELEARN.files(exam, (piece for v in variants for piece in PRAIRIELEARN.pieces(exam, v))):
        path = folder / name
        assert not path.exists(), "a file twice"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(parts))
    return folder / "prairielearn/questions"


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    return written(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def drawn(questions):
    """Each question with the first variant, by a seed that draws it."""

    def draw(id: str) -> Folder:
        found = (Folder(questions / f"quiz-{id}", seed) for seed in range(50))
        return next(f for f in found if f.data["params"]["variant"] == "v00001")

    return {id: draw(id) for id in QUESTIONS}


def test_a_folder_for_each_question(questions):
    assert sorted(path.name for path in questions.iterdir()) == [f"quiz-{id}" for id in QUESTIONS]
    for path in questions.iterdir():
        assert {p.name for p in path.iterdir()} == {
            "info.json", "question.html", "server.py", "serverFilesQuestion", "clientFilesQuestion",
        }  # fmt: skip
        assert [p.name for p in sorted((path / "serverFilesQuestion").iterdir())] == ["v00001.json", "v00002.json"]


def test_info_has_what_the_schema_asks(questions):
    found = [json.loads((path / "info.json").read_text()) for path in questions.iterdir()]
    assert len({info["uuid"] for info in found}) == len(found)
    for info in found:
        assert set(info) == INFO
        assert re.fullmatch(UUID, info["uuid"])
        assert info["type"] == "v3"
        assert all(isinstance(tag, str) for tag in info["tags"])


def test_uuids_stay(questions, tmp_path):
    again = written(tmp_path, variants=VARIANTS[1:])
    for path in again.iterdir():
        assert (path / "info.json").read_text() == (questions / path.name / "info.json").read_text()


def test_the_seed_draws_and_draws_the_same_again(questions):
    path = questions / "quiz-q1"
    drawn = [Folder(path, seed).data["params"]["variant"] for seed in range(12)]
    assert drawn == [Folder(path, seed).data["params"]["variant"] for seed in range(12)]
    assert set(drawn) == {"v00001", "v00002"}


def test_the_server_needs_nothing_of_ours():
    assert "symbackprop." not in server()
    assert "import symbackprop" not in server()
    assert "eval(" not in server()


def test_no_page_that_asks_shows_the_key(drawn):
    for id, key in (("q1", "0.0822"), ("q3", "0.2500"), ("q5", "2x3"), ("q6", "(1-o)")):
        page = drawn[id].page()
        for panel in page.xpath("//pl-answer-panel"):
            panel.drop_tree()
        assert key not in page.text_content()


@pytest.mark.parametrize(
    ("id", "answers", "score"),
    [
        ("q1", {"q1": 0.0822}, 1), ("q1", {"q1": 0.0827}, 1), ("q1", {"q1": 0.0828}, 0), ("q1", {"q1": None}, 0),
        ("q2", {"q2": "b"}, 1), ("q2", {"q2": "a"}, 0),
        ("q3", {"q3_1": 0.25, "q3_2": 0.4321}, 1), ("q3", {"q3_1": 0.25, "q3_2": 0.8}, 1 / 3),
        ("q3", {"q3_1": 0.9, "q3_2": 0.4321}, 2 / 3),
        ("q4", {"q4": [1, 2, 3]}, 1), ("q4", {"q4": [3, 1, 2]}, 0),
        ("q5", {"q5": "2 x 3"}, 1), ("q5", {"q5": "(2, 3)"}, 1), ("q5", {"q5": "3x2"}, 0),
        ("q6", {"q6": "h*(o-t)*(o-o^2)"}, 1), ("q6", {"q6": "h"}, 0),
    ],
)  # fmt: skip
def test_scores(drawn, id, answers, score):
    assert drawn[id].graded(answers)["score"] == pytest.approx(score)


@pytest.mark.parametrize(
    ("id", "answers", "said"),
    [
        ("q1", {"q1": 0.322}, "The slope of the activation is left out."),
        ("q1", {"q1": -0.0822}, "The sign is &quot;turned&quot; round, as 1 &lt; 2."),
        ("q1", {"q1": 7.0}, "This is not the right answer."),
        ("q3", {"q3_1": 0.25, "q3_2": 0.8}, "The slope of the activation is left out."),
        ("q4", {"q4": [3, 1, 2]}, "Each step needs the one before."),
        ("q5", {"q5": "3x2"}, "Turned round."),
        ("q6", {"q6": "h*(o-t)"}, "The slope is left out."),
    ],
)
def test_each_mistake_is_told(drawn, id, answers, said):
    (told,) = drawn[id].graded(answers)["feedback"]["said"]
    assert told["html"].startswith(said)
    panel = drawn[id].page().xpath("//pl-submission-panel")[0]
    assert len(panel) == 1


def test_a_right_answer_is_told_nothing(drawn):
    assert drawn["q1"].graded({"q1": 0.0822})["feedback"] == {"said": []}


def test_a_choice_has_its_feedback(drawn):
    for letter, value in zip("abc", ("0.1", "0.2", "0.3"), strict=True):
        data = drawn["q2"].graded({"q2": letter})
        assert data["partial_scores"]["q2"]["feedback"] == f"This is what {value} comes from."


def test_mustache_is_mustache():
    data = {"a": {"b": [{"c": "<"}, {"c": 2}]}, "d": None}
    assert mustache("{{#a.b}}{{c}}{{{c}}}{{/a.b}}{{#d}}x{{/d}}{{d}}", data) == "&lt;<22"
