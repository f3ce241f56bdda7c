"""Anki's own importer takes our package: twice adds nothing, an edited exam updates its cards."""

from dataclasses import replace
from pathlib import Path

import pytest
from drivers.anki import import_apkg
from small_exam import EXAM, VARIANTS, variant
from system import needs

from symbackprop.exams.formats.anki import ANKI, FIELDS

pytestmark = needs("anki")


def package(folder: Path, exam=EXAM, variants=VARIANTS) -> Path:
    ((name, parts),) = ANKI.files(exam, (piece for v in variants for piece in ANKI.pieces(exam, v)))
    folder.mkdir()
    (folder / name).write_bytes(b"".join(parts))
    return folder / name


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("anki")
    once = package(folder / "once")
    return import_apkg(once, once, folder=folder / "collection")


def test_a_second_import_adds_nothing(twice):
    assert twice.logs == [{"new": 12}, {"duplicate": 12}]
    assert len(twice.cards) == 12


def test_cards_lie_in_the_exams_deck_and_show_the_answer_behind(twice):
    card = twice.cards[0]
    assert card["deck"] == "Networks::Backpropagation <by hand> & $5"
    assert card["tags"] == ["partial", "quiz", "variant-v00001"]
    assert list(card["fields"]) == list(FIELDS)
    assert "0.0822" not in card["question"]
    assert "0.0822" in card["answer"]
    assert "The slope of the activation is left out." in card["answer"]


def test_pictures_come_along(twice):
    (picture,) = twice.media
    assert all(f'src="{picture}"' in card["question"] for card in twice.cards)


def test_an_edited_exam_updates_its_cards(tmp_path):
    edited = (variant("v00001", ("0.0823", "0.2500", "0.4321"), 2), VARIANTS[1])
    packages = package(tmp_path / "once"), package(tmp_path / "again", replace(EXAM, edited=1_750_000_000), edited)
    collection = import_apkg(*packages, folder=tmp_path / "collection")
    assert collection.logs[1] == {"updated": 12}
    assert len(collection.cards) == 12
    assert "0.0823" in collection.cards[0]["answer"]


def test_another_seed_adds_cards(tmp_path):
    others = tuple(replace(v, seed=f"8/{v.id}") for v in VARIANTS)
    packages = package(tmp_path / "once"), package(tmp_path / "again", variants=others)
    assert import_apkg(*packages, folder=tmp_path / "collection").logs == [{"new": 12}, {"new": 12}]
