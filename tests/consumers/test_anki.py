"""Anki's own importer takes a package, and a second import of it adds nothing."""

import sqlite3
from pathlib import Path
from zipfile import ZipFile

import pytest
from drivers.anki import import_apkg
from drivers.environment import Refused
from system import needs

SQL = (Path(__file__).parent / "by_hand/anki.sql").read_text()
pytestmark = needs("anki")


def package(folder: Path, name: str, sql: str = SQL) -> Path:
    database = folder / f"{name}.anki2"
    with sqlite3.connect(database) as connection:
        connection.executescript(sql)
    connection.close()
    with ZipFile(folder / f"{name}.apkg", "w") as zipped:
        zipped.write(database, "collection.anki2")
        zipped.writestr("media", "{}")
    return folder / f"{name}.apkg"


def test_a_second_import_adds_nothing(tmp_path):
    once = package(tmp_path, "once")
    collection = import_apkg(once, once, folder=tmp_path / "anki")
    assert collection.logs == [{"new": 2}, {"duplicate": 2}]
    assert [card["guid"] for card in collection.cards] == ["v1.q1", "v1.q2"]
    assert {card["deck"] for card in collection.cards} == {"By hand"}
    assert "0.0822" in collection.cards[0]["answer"]
    assert "0.0822" not in collection.cards[0]["question"]


def test_a_note_changed_later_is_updated(tmp_path):
    changed = SQL.replace("0.2984", "0.2983").replace("1700000000, -1", "1700000001, -1")
    packages = package(tmp_path, "once"), package(tmp_path, "again", changed)
    collection = import_apkg(*packages, folder=tmp_path / "anki")
    assert collection.logs[1] == {"updated": 2}
    assert [card["fields"]["Key"] for card in collection.cards] == ["0.0822", "0.2983"]


def test_a_change_without_a_later_time_is_not_seen(tmp_path):
    packages = package(tmp_path, "once"), package(tmp_path, "again", SQL.replace("0.2984", "0.2983"))
    collection = import_apkg(*packages, folder=tmp_path / "anki")
    assert collection.logs[1] == {"duplicate": 2}
    assert collection.cards[1]["fields"]["Key"] == "0.2984"


def test_a_cut_package_is_refused(tmp_path):
    whole = package(tmp_path, "once")
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(Refused):
        import_apkg(whole, folder=tmp_path / "anki")
