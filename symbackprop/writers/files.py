"""Files that appear whole or not at all."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from pathlib import Path

from symbackprop.errors import OutputError, Place


def placed(path: Path, data: str | bytes) -> Path:
    """Write the data beside the path, then move it there: nobody ever sees half a file."""
    if path.exists() and not path.is_file():
        raise OutputError("there is something else than a file here; name another folder with -o", Place(str(path)))
    new = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("xb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        new.replace(path)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", Place(str(path))) from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
    return path


def file_name(stem: str, *parts: str) -> str:
    """A stem and the names of what is in a document, as the name of a file in one folder."""
    if stem in ("", ".", "..") or re.search(r"[/\\\x00]", stem):
        raise OutputError(f"{stem!r} cannot be the name of a file", Place(stem))
    return "-".join([stem, *(re.sub(r"[^A-Za-z0-9_.]+", "-", part) for part in parts)])
