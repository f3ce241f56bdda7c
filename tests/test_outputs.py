"""outputs/ is what the examples give today, byte for byte.

Where a change moves them: read the difference, then `python tests/test_outputs.py` accepts it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb

CHECKOUT = Path(__file__).resolve().parent.parent
TEXTS = ["markdown", "latex", "typst", "html", "text", "json"]

#          example    in outputs/  how it is told
GOLDEN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "mazur": ("mazur", "", {}),
    "mazur-id": ("mazur", "id", {"lang": "id"}),
    "softmax": ("softmax", "", {"readings": ("unit", "matrix")}),
    "batch": ("batch", "", {"readings": ("unit", "index", "matrix")}),
    "rnn": ("rnn", "", {}),
    "cnn": ("cnn", "", {"detail": "brief"}),
    "batchnorm": ("batchnorm", "", {}),
    "equations": ("equations", "", {"detail": "full"}),
}
PDF = ("mazur", "mazur-id", "softmax")  # the others' are as large again as all their texts


def write(name: str, outputs: Path, formats: list[str]) -> list[Path]:
    example, folder, how = GOLDEN[name]
    derivation = sb.derive(sb.load(CHECKOUT / "examples" / f"{example}.toml"))
    return sb.solution(derivation, **how).write_all(formats, outputs / folder, example)


@pytest.mark.parametrize("name", list(GOLDEN))
def test_the_tracked_outputs_are_today_s(name: str, tmp_path: Path) -> None:
    for path in write(name, tmp_path, TEXTS):
        golden = CHECKOUT / "outputs" / path.relative_to(tmp_path)
        assert golden.is_file(), f"{golden} is not tracked"
        assert path.read_text(encoding="utf-8") == golden.read_text(encoding="utf-8"), f"{golden} has moved"


@pytest.mark.parametrize("name", ["mazur", "batch"])
def test_the_same_bytes_each_time(name: str, tmp_path: Path) -> None:
    one, other = (write(name, tmp_path / k, [*TEXTS, "pdf"]) for k in ("one", "other"))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in other]


if __name__ == "__main__":
    for name in GOLDEN:
        for path in write(name, CHECKOUT / "outputs", [*TEXTS, *(["pdf"] if name in PDF else [])]):
            sys.stdout.write(f"{path.relative_to(CHECKOUT)}\n")
