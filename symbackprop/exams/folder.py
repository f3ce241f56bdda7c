"""A folder that an exam is made in: its lock, what is done so far, and what a finished one says of itself.

    .symbackprop/lock      held while a run is at work; whoever dies lets go of it
    .symbackprop/run.json  what is being made
    .symbackprop/made/     a file for each span of variants that is done, with the pieces of all formats
    exam.json              what the finished folder was made from

Every file is written inside .symbackprop and moved to its place, so that it is there whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from symbackprop.errors import OutputError, Place
from symbackprop.exams.formats import Piece
from symbackprop.exams.taken import SIZE
from symbackprop.exams.workers import Made

STATE = ".symbackprop"
ABOUT = "exam.json"
BUSY = "another run is at work in this folder; wait for it, or name another with -o"


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = path / STATE

    # ---- one at a time -------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Raises OutputError where another run is at work.  What has no span done leaves nothing behind."""
        new = not self.path.exists()
        with self._told():
            self.state.mkdir(parents=True, exist_ok=True)
        lock = self._lock()
        try:
            yield
        except BaseException:
            if not any((self.state / "made").glob("*")):
                self.cleared(lock, new)
            raise
        finally:
            lock.close()

    def _lock(self) -> IO[bytes]:
        """The lock, ours; one that a run that ends takes away meanwhile is sought again."""
        path = self.state / "lock"
        while True:
            with self._told():
                self.state.mkdir(parents=True, exist_ok=True)
                file = path.open("ab")
            try:
                held(file)
                if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    return file
            except OSError:
                file.close()
                raise OutputError(BUSY, Place(str(self.path))) from None
            file.close()

    def cleared(self, lock: IO[bytes] | None = None, new: bool = False) -> None:
        """Without the state; a folder that this run has made and left empty goes too."""
        for part in ("made", "new", "run.json", "lock"):
            path = self.state / part
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        with suppress(OSError):
            self.state.rmdir()
        if new:
            with suppress(OSError):
                self.path.rmdir()

    # ---- what is said of it --------------------------------------------------------------------------------------

    def about(self) -> dict[str, Any] | None:
        """What a finished folder says of itself; nothing where no run has ended here."""
        return self._json(self.path / ABOUT)

    def begun(self) -> dict[str, Any] | None:
        """What an unfinished run is making."""
        return self._json(self.state / "run.json")

    def begin(self, what: dict[str, Any]) -> None:
        shutil.rmtree(self.state / "new", ignore_errors=True)
        self.put(f"{STATE}/run.json", (_text(what),))

    def finish(self, about: dict[str, Any]) -> None:
        self.put(ABOUT, (_text(about),))
        self.cleared()

    def _json(self, path: Path) -> dict[str, Any] | None:
        try:
            found = json.loads(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            told = "this tells of no run of symbackprop; name another folder with -o"
            raise OutputError(told, Place(str(path))) from error
        if not isinstance(found, dict):
            raise OutputError("this tells of no run of symbackprop; name another folder with -o", Place(str(path)))
        return found

    # ---- spans that are done -------------------------------------------------------------------------------------

    def store(self, span: range, made: Made) -> None:
        """A line that says what follows, then the marks and the pieces."""
        parts = [(format, name, len(content)) for format, some in made.pieces.items() for name, content in some]
        head = {"marks": len(made.marks), "formats": list(made.pieces), "parts": parts}
        contents = (content for some in made.pieces.values() for _, content in some)
        self.put(f"{STATE}/made/{_name(span)}", (json.dumps(head).encode() + b"\n", *made.marks, *contents))

    def stored(self, span: range, formats: Iterable[str]) -> list[bytes] | None:
        """The marks of a span that is done for all these formats."""
        try:
            with (self.state / "made" / _name(span)).open("rb") as file:
                head = json.loads(file.readline())
                marks = file.read(head["marks"] * SIZE)
        except FileNotFoundError:
            return None
        if not set(formats) <= set(head["formats"]):
            return None
        return [marks[k : k + SIZE] for k in range(0, len(marks), SIZE)]

    def pieces(self, spans: Iterable[range], format: str) -> Iterator[Piece]:
        """A format's pieces of all spans, one after the other."""
        for span in spans:
            with (self.state / "made" / _name(span)).open("rb") as file:
                head = json.loads(file.readline())
                file.seek(head["marks"] * SIZE, os.SEEK_CUR)
                for own, name, size in head["parts"]:
                    if own == format:
                        yield name, file.read(size)
                    else:
                        file.seek(size, os.SEEK_CUR)

    # ---- files ---------------------------------------------------------------------------------------------------

    def put(self, name: str, parts: Iterable[bytes]) -> None:
        """A file in its place, in parts."""
        path, new = self.path / name, self.state / "new"
        with self._told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise OutputError("there is a folder here; name another with -o", Place(str(path)))
            with new.open("wb") as file:
                for part in parts:
                    file.write(part)
            new.replace(path)

    def count(self, top: str) -> int:
        """How many files are at a place, or below it."""
        path = self.path / top
        if path.is_dir():
            return sum(len(files) for _, _, files in os.walk(path))
        return int(path.is_file())

    @contextmanager
    def _told(self, path: Path | None = None) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            place = Place(str(path or self.path))
            raise OutputError(f"cannot be written: {error.strerror or error}", place) from error


def _name(span: range) -> str:
    return f"{span.start:08d}-{span.stop:08d}"


def _text(what: dict[str, Any]) -> bytes:
    return (json.dumps(what, indent=2, ensure_ascii=False) + "\n").encode()


def held(file: IO[bytes]) -> None:
    """Take the lock of a file, or raise OSError; the system lets go of it when the process ends, however it ends."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
