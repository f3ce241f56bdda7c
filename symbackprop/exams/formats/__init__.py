"""The formats of an exam: one row and one file each.

A format says what a variant adds (`pieces`) and what becomes of the pieces of all variants (`files`): so variants can
be made by several workers, a run can be taken up again where it stopped, and nothing holds all papers in memory.

    pieces(exam, variant)   the variant's parts, each with the name of its place: "qti21/v00001-q1.xml"
    files(exam, pieces)     the finished files: name in the folder, content in parts
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from symbackprop.exams.variant import Exam, Variant

Piece = tuple[str, bytes]
File = tuple[str, Iterable[bytes]]


def as_they_are(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    """Each piece is a file."""
    for name, content in pieces:
        yield name, (content,)


@dataclass(frozen=True)
class Format:
    """A row.  `lacks` are keys of sentences in exam.toml, [exam.lacks]: what the format cannot carry.

    `key` says whether its files hold the answers: those are the instructor's, never a student's.
    A file with .key. in its name is the instructor's in any format.
    """

    pieces: Callable[[Exam, Variant], Iterable[Piece]]
    files: Callable[[Exam, Iterable[Piece]], Iterator[File]] = as_they_are
    key: bool = True
    lacks: tuple[str, ...] = ()
    extra: str = ""  # what has to be installed besides: "pip install symbackprop[EXTRA]"
