"""Files as they are: read whole, within a size, or refused with their path named.

Whatever goes wrong raises SpecError with the path as its place; a device, a pipe or a folder is never opened.
"""

from __future__ import annotations

import stat
import sys
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from symbackprop.errors import Place, SpecError

MOST_TEXT = 256 * 1024  # of a spec; larger arrays lie beside it, in a file of their own
MOST_BYTES = 256 * 1024 * 1024  # of such a file

#   what a path can be instead of a regular file
KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read(path: Path, most: int = MOST_TEXT) -> bytes:
    """The bytes of a regular file of at most `most` bytes."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            kind = next((name for test, name in KINDS if test(found.st_mode)), "no regular file")
            hint = "; `-` reads standard input" if kind == "a pipe" else ""
            raise refused(path, f"this is {kind}; a regular file is wanted{hint}")
        with path.open("rb") as file:
            return within(file.read(most + 1), str(path), most)
    except FileNotFoundError:
        raise refused(path, f"there is no such file{near(path)}") from None
    except PermissionError:
        raise refused(path, "this file may not be read: permission denied") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise refused(path, f"this file cannot be read: {getattr(error, 'strerror', None) or error}") from None


def standard_input(most: int = MOST_TEXT) -> bytes:
    return within(sys.stdin.buffer.read(most + 1), "-", most)


def within(data: bytes, name: str, most: int) -> bytes:
    if len(data) > most:
        beside = "; put large arrays into an npz or CSV file beside it" if most == MOST_TEXT else ""
        raise SpecError(f"over {most // 1024:,} kB, the most that is read{beside}", Place(name))
    return data


def decoded(data: bytes, name: str) -> str:
    """UTF-8 text; a wrong byte is an error with its line."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise SpecError("a byte order mark (U+FEFF) stands first; save the file as UTF-8 without it", Place(name, 1))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SpecError("the file is UTF-16; save it as UTF-8", Place(name, 1))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise SpecError(message, Place(name, line)) from None


def near(path: Path) -> str:
    """What else lies there, where it looks alike."""
    try:
        names = {
            entry.stem: entry.name for entry in islice(path.parent.iterdir(), 1_000) if entry.suffix == path.suffix
        }
    except (OSError, ValueError):
        return ""
    alike = get_close_matches(path.stem, names, 1)
    return f"; did you mean '{names[alike[0]]}'?" if alike else ""


def refused(path: Path, message: str) -> SpecError:
    return SpecError(message, Place(str(path)))
