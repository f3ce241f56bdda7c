"""The Anki package: one card a question, ids that stay, and what Anki would silently get wrong."""

import io
import json
import os
import sqlite3
import zipfile
from dataclasses import replace

import pytest
from exam_texts import EXAMPLES
from small_exam import EXAM, INDONESIAN, VARIANTS

from symbackprop.exams.formats.anki import ANKI, BACK, FRONT, collection, deck_of, model_of
from symbackprop.exams.plan import load


def package(exam=EXAM, variants=VARIANTS) -> bytes:
    ((name, parts),) = ANKI.files(exam, (piece for v in variants for piece in ANKI.pieces(exam, v)))
    assert name == "quiz.apkg"
    return b"".join(parts)


def opened(content: bytes) -> tuple[sqlite3.Connection, zipfile.ZipFile]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    database = sqlite3.connect(":memory:")
    database.deserialize(archive.read("collection.anki2"))
    return database, archive


def rows(exam=EXAM, variants=VARIANTS, what="guid, mod, flds, tags") -> list[tuple]:
    return opened(package(exam, variants))[0].execute(f"SELECT {what} FROM notes ORDER BY id").fetchall()


def test_a_card_for_each_question():
    found = rows()
    assert [tags.split() for *_, tags in found[:2]] == [
        ["quiz", "variant-v00001", "partial"],
        ["quiz", "variant-v00001", "chain-rule"],
    ]
    assert len({guid for guid, *_ in found}) == len(found) == 12
    assert found[0][0].startswith("quiz.v00001.q1.")


def test_a_card_has_the_answer_and_what_each_mistake_means():
    _, front, back, mistakes = rows()[0][2].split("\x1f")
    assert "0.0822" not in front
    assert "0.0822" in back
    for value, said in (("0.3220", "The slope of the activation is left out."), ("−0.0822", "as 1 &lt; 2.")):
        assert f"<td>{value}</td><td>" in mistakes
        assert said in mistakes


def test_the_same_exam_gives_the_same_bytes():
    assert package() == package()


def test_an_edited_exam_keeps_guids_and_is_later():
    before, after = rows(), rows(replace(EXAM, title="Another", edited=1_800_000_000))
    assert [row[0] for row in before] == [row[0] for row in after]
    assert {row[1] for row in before} == {1_700_000_000}
    assert {row[1] for row in after} == {1_800_000_000}


def test_another_seed_makes_other_cards():
    others = tuple(replace(v, seed=f"8/{v.id}") for v in VARIANTS)
    assert not {row[0] for row in rows()} & {row[0] for row in rows(variants=others)}


def test_pictures_are_media_each_once():
    database, archive = opened(package())
    media = json.loads(archive.read("media"))
    assert list(media) == ["0"]
    assert archive.read("0").startswith(b"<svg")
    assert media["0"] in database.execute("SELECT flds FROM notes").fetchone()[0]


def test_the_note_types_id_is_its_fields_and_templates(monkeypatch):
    before = model_of()["id"]
    monkeypatch.setattr("symbackprop.exams.formats.anki.BACK", BACK + " ")
    assert model_of()["id"] != before
    assert FRONT in json.dumps(model_of())


@pytest.mark.parametrize(("course", "title", "name"), [("A", "B", "A::B"), ("", "A::B", "A:B"), ("", "", "quiz")])
def test_only_the_course_nests_decks(course, title, name):
    assert deck_of(replace(EXAM, course=course, title=title))["name"] == name


@pytest.mark.parametrize("change", [{"fields": ["", "", "", ""]}, {"fields": ["a"]}, {"guid": "other"}])
def test_what_anki_would_take_silently_is_refused(change):
    notes = [
        {"guid": "one", "tags": "", "fields": ["a", "b", "c", "d"]},
        {"guid": "other", "tags": "", "fields": ["a", "b", "c", "d"]},
    ]
    with pytest.raises(AssertionError):
        collection(EXAM, [notes[0] | change, notes[1]])


def test_numbers_and_words_are_the_languages():
    fields = rows(INDONESIAN)[0][2]
    assert "0,0822" in fields
    assert "Arti jawaban lain" in fields


@pytest.mark.parametrize("name", ["quiz.toml", "mazur.toml"])
def test_an_exam_knows_when_its_files_were_edited(tmp_path, name):
    for file in ("quiz.toml", "mazur.toml"):
        (tmp_path / file).write_text((EXAMPLES / file).read_text())
        os.utime(tmp_path / file, (1_700_000_100, 1_700_000_100))
    assert load(tmp_path / "quiz.toml").exam.edited == 1_700_000_100
    os.utime(tmp_path / name, (1_700_000_200, 1_700_000_200))
    assert load(tmp_path / "quiz.toml").exam.edited == 1_700_000_200
