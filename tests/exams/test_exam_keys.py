"""keys.csv, and what all formats promise."""

import csv
import io
import re
import zipfile

import pytest
from sample_variants import exam, made, variants

from symbackprop.exams.formats.keys import CSV, HEAD
from symbackprop.exams.formats.packed import zipped
from symbackprop.exams.formats.table import FORMATS
from symbackprop.language import sentence


def test_a_row_for_each_part_and_no_formula():
    rows = list(csv.DictReader(io.StringIO(made(CSV)["keys.csv"].decode())))
    assert tuple(rows[0]) == HEAD
    assert [(r["variant"], r["question"]) for r in rows] == [(v.id, p.id) for v in variants() for _, p in v.parts()]
    assert [r["key"] for r in rows[:4]] == ["0.1485", "b", "'-(t1-o1)*o1*(1-o1)*h1", "-0.066039"]
    assert rows[6]["points"] == "1.5"
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "@", "\t"))
            assert "\n" not in cell
            assert not cell.startswith("-") or re.fullmatch(r"-[0-9.]+", cell)
    assert rows[0]["name"].startswith("'=Name, 1 ]]>")


@pytest.mark.parametrize("language", ["en", "id"])
def test_what_each_format_lacks_is_said(language):
    for format in FORMATS.values():
        assert all(sentence(language, f"exam.lacks.{key}") for key in format.lacks)
    told = {"key-inside", "key-shown", "key-in-page", "masters", "source-with-key"}  # files that hold answers say so
    assert all(told & set(f.lacks) for name, f in FORMATS.items() if f.key and name not in ("csv", "jsonl"))


@pytest.mark.parametrize("name", FORMATS)
def test_pieces_of_several_runs_make_the_same_files(name):
    """A piece that comes twice, as pictures do, is there once."""
    format, paper = FORMATS[name], exam()
    whole = made(format)
    pieces = [piece for v in variants() for piece in list(format.pieces(paper, v))]
    assert {file: b"".join(parts) for file, parts in format.files(paper, iter(pieces))} == whole
    told = b"".join(name.encode() + unpacked(content) for name, content in whole.items())
    assert all(v.id.encode() in told for v in variants())


def unpacked(content):
    """What is in a file; of a zip file, the names and contents of what is in it."""
    if content[:2] != b"PK":
        return content
    archive = zipfile.ZipFile(io.BytesIO(content))
    return b"".join(name.encode() + archive.read(name) for name in archive.namelist())


def test_a_zip_file_in_parts():
    parts = list(zipped((f"{k}.txt", b"x" * k) for k in range(50)))
    assert len(parts) == 51
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as whole:
        assert whole.testzip() is None
        assert [len(whole.read(f"{k}.txt")) for k in range(50)] == list(range(50))
        assert {info.flag_bits & 8 for info in whole.infolist()} == {0}  # sizes stand before the contents
