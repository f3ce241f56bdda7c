"""System packages: what tests need of them, `needs` to say so, and their installation.

`python3 tests/system.py [THING]...` installs what is missing, where it may (root, on a system with apt-get). It knows
only the standard library, since `make` runs it before there is anything else. Where something is missing all the same,
the tests that need it skip and say so; in CI such a skip is a failure, since there nobody reads it. Consumers of exam
formats are asked for in the same way.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

# what a test asks for: the Debian package that brings it
PACKAGES = {
    "ensurepip": "python3-venv",
    "pdflatex": "texlive-latex-base",
    "booktabs.sty": "texlive-latex-recommended",
    "tikz.sty": "texlive-pictures",
    "lmodern.sty": "lmodern",
    "exam.cls": "texlive-latex-extra",
    "siunitx.sty": "texlive-science",
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "auto-multiple-choice": "auto-multiple-choice",
}
LARGE = {"auto-multiple-choice"}  # 1.6 GB: only for who names it, as `make test-consumers` does

# what a test asks for that `make test-consumers` brings, each in an environment of its own
CONSUMERS = {"anki", "nbgrader", "otter", "text2qti"}
ENVIRONMENTS = Path(__file__).resolve().parent.parent / ".venv-consumers"


@cache
def present(thing: str) -> bool:
    """Whether this system has a program, a LaTeX style, a module of Python's own or a consumer's environment."""
    if thing in CONSUMERS:
        return any((ENVIRONMENTS / thing).glob("made-*"))
    if thing.endswith((".sty", ".cls")):
        return shutil.which("kpsewhich") is not None and not subprocess.call(
            ["kpsewhich", thing], stdout=subprocess.DEVNULL
        )
    return shutil.which(thing) is not None or importlib.util.find_spec(thing) is not None


def missing(things: Iterable[str]) -> str:
    """What to tell somebody who lacks some of these; nothing if all are there."""
    absent = [thing for thing in things if not present(thing)]
    packages = " ".join(dict.fromkeys(PACKAGES[thing] for thing in absent if thing in PACKAGES))
    ways = [f"apt-get install {packages}"] if packages else []
    ways += ["make test-consumers"] if CONSUMERS.intersection(absent) else []
    return f"{', '.join(absent)} missing: {', '.join(ways)}" if absent else ""


def needs(*things: str):
    """`@needs("pdflatex", "tikz.sty")`: this test does nothing useful without them."""
    import pytest

    unknown = [thing for thing in things if thing not in PACKAGES and thing not in CONSUMERS]
    assert not unknown, f"tests/system.py does not say which package brings {unknown}"
    return pytest.mark.needs(*things)


def usual() -> list[str]:
    """What is installed for whoever names nothing."""
    return [thing for thing in PACKAGES if thing not in LARGE]


def install(things: list[str]) -> None:
    lacking = missing(things)
    if not lacking:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"{lacking} (what needs them is skipped)")
        return
    packages = sorted({PACKAGES[thing] for thing in things if not present(thing)})
    apt = ["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=600"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ["update"], ["install", "--no-install-recommends", *packages]:
        print("$", *apt, *command, flush=True)
        if subprocess.run([*apt, *command], env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode:
            print(f"apt-get {command[0]} failed; whoever needs these packages will say so")


if __name__ == "__main__":
    install(sys.argv[1:] or usual())
