"""Zip files in parts, the same bytes on every machine: contents as they are, of the first day that a zip can tell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

FIRST = (1980, 1, 1, 0, 0, 0)


class Tail(io.BytesIO):
    """A file whose beginning has been taken away."""

    taken = 0

    def tell(self) -> int:
        return self.taken + super().tell()

    def seek(self, to: int, whence: int = 0) -> int:
        return self.taken + super().seek(to - self.taken if whence == 0 else to, whence)

    def take(self) -> bytes:
        found = self.getvalue()
        self.taken += len(found)
        super().seek(0)
        self.truncate(0)
        return found

    def truncate(self, size: int | None = None) -> int:
        return super().truncate(size if size is None or size < self.taken else size - self.taken)


def zipped(entries: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    tail = Tail()
    with zipfile.ZipFile(tail, "w") as file:
        for name, content in entries:
            file.writestr(zipfile.ZipInfo(name, FIRST), content)
            yield tail.take()
    yield tail.take()
