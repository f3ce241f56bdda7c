"""auto-multiple-choice: prints a paper, and marks pages on which boxes were filled, without its window."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from drivers.environment import call

# question: its choice from 1, or several, or the digits of its number: "-00822"; code grid: its digits
Answers = dict[str, int | tuple[int, ...] | str]
Box = tuple[float, float, float, float]  # left, right, top, bottom, as parts of the page

TICKED = "TICKED:"
BOXES = """
    SELECT student, subjectpage, name, answer, xmin / width, xmax / width, ymin / height, ymax / height
    FROM layout_box JOIN layout_page USING (student, page) JOIN layout_question USING (question)
    WHERE role = 1 ORDER BY subjectpage"""


@dataclass
class Paper:
    """A copy as AMC marked it."""

    mark: float
    scores: dict[str, float] = field(default_factory=dict)
    ticked: dict[str, str] = field(default_factory=dict)  # "B": the second choice
    codes: dict[str, str] = field(default_factory=dict)  # code grid: the digits read


def amc(command: str, *options: str | Path, folder: Path) -> None:
    call("auto-multiple-choice", command, "--data", "data", *options, folder=folder)


def amc_marks(tex: Path, answers: dict[int, Answers], folder: Path) -> dict[int, Paper]:
    """The whole way: print the paper, fill boxes in these copies, scan and mark them."""
    prepare(tex, folder)
    scans = [fill(page, boxes, folder) for page, boxes in filled(folder, answers)]
    return marked(scans, folder)


def prepare(tex: Path, folder: Path) -> Path:
    """Sets the paper, reads where its boxes are and how it is scored; the PDF to print."""
    (folder / "data").mkdir(parents=True)
    shutil.copy(tex, folder)  # AMC writes beside its source
    source = "--with", "pdflatex", "--prefix", f"{folder}/", "--source", tex.name
    printed = "--out-sujet", "paper.pdf", "--out-corrige", "key.pdf", "--out-calage", "boxes.xy"
    amc("prepare", "--mode", "s", *source, *printed, folder=folder)
    amc("meptex", "--src", "boxes.xy", folder=folder)
    amc("prepare", "--mode", "b", *source, folder=folder)
    return folder / "paper.pdf"


def filled(folder: Path, answers: dict[int, Answers]) -> Iterator[tuple[int, list[Box]]]:
    """The pages that these copies have, and which boxes their students fill."""
    with sqlite3.connect(folder / "data/layout.sqlite") as layout:
        rows = layout.execute(BOXES).fetchall()
    layout.close()
    pages: dict[int, list[Box]] = defaultdict(list)
    for copy, page, name, choice, *box in rows:
        if copy in answers:
            pages[page] += [tuple(box)] if choice in chosen(name, answers[copy]) else []
    yield from pages.items()


def chosen(name: str, answers: Answers) -> tuple[int, ...]:
    """In the grid of a code its last digit is called CODE[1], and digit d is its choice d + 1."""
    if name.endswith("]"):
        code, place = name[:-1].split("[")
        return (int(answers[code][-int(place)]) + 1,) if code in answers else ()
    match answers.get(name, ()):
        case str(number):
            return digits(number)
        case int(choice):
            return (choice,)
        case several:
            return several


def digits(number: str) -> tuple[int, ...]:
    """Choices 1 and 2 are + and −, where a sign is asked for; then come ten for each digit, the first digit first."""
    signs = {"+": (1,), "-": (2,)}.get(number[0], ())
    return signs + tuple(2 * len(signs) + 10 * k + int(d) + 1 for k, d in enumerate(number.lstrip("+-")))


def fill(page: int, boxes: list[Box], folder: Path) -> Path:
    """A grey picture of a page at 150 dpi, with these boxes blackened."""
    call("pdftoppm", "-gray", "-r", "150", "-f", f"{page}", "-singlefile", "paper.pdf", f"page{page}", folder=folder)
    scan = folder / f"page{page}.pgm"
    magic, size, depth, pixels = scan.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    picture = bytearray(pixels)
    for left, right, top, bottom in boxes:
        first, last = round(left * width), round(right * width)
        for row in range(round(top * height), round(bottom * height)):
            picture[row * width + first : row * width + last] = bytes(last - first)
    scan.write_bytes(b"\n".join((magic, size, depth, picture)))
    return scan


def marked(scans: list[Path], folder: Path) -> dict[int, Paper]:
    """What AMC reads on the scans, and the marks that it writes into its CSV."""
    (folder / "cr").mkdir()
    (folder / "scans.txt").write_text("".join(f"{scan}\n" for scan in scans))
    amc("analyse", "--projet", folder, "--cr", "cr", "--liste-fichiers", "scans.txt", folder=folder)
    amc("note", "--seuil", "0.5", "--grain", "0.01", "--arrondi", "n", "--notemax", "0", folder=folder)
    wanted = [f"--option-out={option}" for option in ("columns=student.copy", "ticked=AB", "decimal=.", "separateur=,")]
    amc("export", "--module", "CSV", "--fich-noms", "", "-o", "marks.csv", *wanted, folder=folder)
    with (folder / "marks.csv").open(newline="", encoding="utf-8") as file:
        return {int(row["Exam"]): paper(row) for row in csv.DictReader(file)}


def paper(row: dict[str, str]) -> Paper:
    """A row of the CSV: a question has a column for its score and one for its ticks, a code grid one for its digits."""
    found = Paper(float(row.pop("Mark")))
    for name, value in row.items():
        if name == "Exam" or "[" in name or not row.get(name.removeprefix(TICKED)):  # the copy has no such question
            continue
        if name.startswith(TICKED):
            found.ticked[name.removeprefix(TICKED)] = value
        elif TICKED + name in row:
            found.scores[name] = float(value)
        else:
            found.codes[name] = value
    return found
