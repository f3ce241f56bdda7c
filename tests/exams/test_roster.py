"""Rosters: whoever may stand there does, and all that may not is told at once; seats part the same networks."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import suppress
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.exams import roster, seats, tables
from symbackprop.exams.seats import SEATS, Seated, apart
from symbackprop.exams.variant import Exam, Student


def test_a_roster_as_people_have_it() -> None:
    text = 'ID; Name;email;group\r\n a1 ;"Ana\nMaría; née X";a@x;A\r\n\r\nb-2.c_d;李雷;;\r\n'
    assert roster.loads(text) == (Student("a1", "Ana María; née X", "A"), Student("b-2.c_d", "李雷", ""))


def test_a_byte_order_mark_and_tabs(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "id\tname\nz\tÇiçek, Ö.\n".encode())
    assert roster.load(path) == (Student("z", "Çiçek, Ö."),)


BAD = """id,name,group
CON,x,
a b,y,
A1,x,
a1,y,
nul.txt,z,
,nobody,
q,x\u202ey,
r,a,b,c
_s,x,
"""
TOLD = {
    2: "'CON' is the name of a device",
    3: "'a b' is no id",
    5: "the id 'a1' stands in line 4 already",
    6: "'nul.txt' is the name of a device",
    7: "every student has an id",
    8: "U+202E is not allowed",
    9: "4 cells, and the head has 3; a cell with a comma in it stands in quotes",
    10: "'_s' is no id",
}


def test_every_fault_is_told_at_once_with_its_line() -> None:
    with pytest.raises(SpecError) as caught:
        roster.loads(BAD, "r.csv")
    told = {fault.place.line: fault.message for fault in caught.value.faults}
    assert told.keys() == TOLD.keys()
    assert all(TOLD[line] in told[line] for line in TOLD)
    assert {fault.place.file for fault in caught.value.faults} == {"r.csv"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no column 'id'; write the head id,name,group"),
        ("name,group\nx,y\n", "there is no column 'id'"),
        ("id,name\n", "nobody stands in this roster"),
        ("id,id\na,b\n", "the column 'id' stands twice"),
        ('id,name\na,"b\n', "cannot be read"),
        ("id,name\na,x\0y\n", "U+0000"),
    ],
)
def test_what_is_no_roster(text: str, told: str) -> None:
    with pytest.raises(SpecError, match=told.replace("+", r"\+")):
        roster.loads(text)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=[*roster.BIDI]), max_size=40)


@given(st.lists(st.tuples(st.from_regex(roster.ID, fullmatch=True), NAMES, NAMES), min_size=1, max_size=6))
def test_what_is_written_is_read(rows: list[tuple[str, str, str]]) -> None:
    students = [Student(id, *map(roster.plain, rest)) for id, *rest in rows]
    ids = [s.id.lower() for s in students]
    good = len(set(ids)) == len(ids) and not any(list(roster.wrong(s)) for s in students)
    out = io.StringIO()
    csv.writer(out).writerows([roster.COLUMNS, *rows])
    try:
        found = roster.loads(out.getvalue())
    except SpecError:
        assert not good
    else:
        assert good
        assert list(found) == students


@given(st.text(max_size=200))
def test_any_text_is_a_roster_or_is_refused(text: str) -> None:
    with suppress(SpecError):
        assert roster.loads("id,name\n" + text)


def test_columns_are_parted_as_the_head_is() -> None:
    assert [tables.parted(text) for text in ("a,b;c,d", "a;b;c", "a\tb", "a")] == [",", ";", "\t", ","]


# ---- seats -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30))
def test_neighbours_have_different_networks_where_that_can_be(networks: list[str]) -> None:
    some = [Seated("", f"s{k}", "", f"v{k}", network) for k, network in enumerate(networks)]
    seated = apart(some)
    assert sorted(seated) == sorted(some)
    alike = sum(a.network == b.network for a, b in pairwise(seated))
    most = max(map(networks.count, networks))
    assert alike == max(0, most - (len(networks) - most) - 1)  # no order has fewer


HOSTILE = "<b>$Ana$</b> & Co."


def placed(language: str, *seated: Seated) -> dict[str, str]:
    pieces = [("seats.csv", json.dumps(one).encode()) for one in seated]
    made = SEATS.files(Exam("Quiz", language), pieces)
    return {name: b"".join(parts).decode() for name, parts in made}


@pytest.mark.parametrize(("language", "group"), [("en", "Group B"), ("id", "Kelompok B")])
def test_the_page_to_print_says_what_the_table_says(language: str, group: str) -> None:
    some = [Seated("B" if k % 2 else "", f"s{k}", HOSTILE, f"v{k}", "ab"[k // 2 % 2]) for k in range(9)]
    made = placed(language, *some)
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", made["seats.html"])
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr><td.*?</tr>", made["seats.html"])]
    table = list(csv.DictReader(made["seats.csv"].splitlines()))
    assert heads == [group]  # those of no group have no heading
    assert [row[:2] + row[3:] for row in rows] == [[r["seat"], r["student"], r["variant"]] for r in table]
    assert {unescape(row[2]) for row in rows} == {HOSTILE}
    assert "<b>" not in made["seats.html"]


def test_nobody_prints_a_page_that_no_browser_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "MOST_PRINTED", 1)
    one, two = (Seated("", name, "", name, "a") for name in "ab")
    assert set(placed("en", one)) == {"seats.csv", "seats.html"}
    assert set(placed("en", one, two)) == {"seats.csv"}
