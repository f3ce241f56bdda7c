"""The pictures of docs/gallery.md: pages of the examples, as Typst, LaTeX and a browser set them.

    python docs/pictures.py            all of them; what a missing program would draw is left as it is

Typst comes with the extra `pdf`.  A LaTeX page takes pdflatex and pdftoppm, a page of HTML takes Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import typst

import symbackprop as sb

HERE = Path(__file__).resolve().parent
PPI = 72

#   picture            example      in  set by    page, or breadth and height of the window
PICTURES: dict[str, tuple[str, str, str, tuple[int, ...]]] = {
    "mazur-graph": ("mazur", "en", "typst", (9,)),
    "mazur-id": ("mazur", "id", "typst", (8,)),
    "mazur-latex": ("mazur", "en", "latex", (6,)),
    "mazur-html": ("mazur", "en", "html", (860, 1000)),
    "mazur-phone": ("mazur", "en", "html", (390, 844)),
    "softmax-given": ("softmax", "en", "typst", (1,)),
    "rnn-given": ("rnn", "en", "typst", (1,)),
    "batchnorm-numbers": ("batchnorm", "en", "typst", (4,)),
}


def by_typst(text: str, folder: Path, page: int) -> bytes:
    (folder / "page.typ").write_text(text, encoding="utf-8")
    pages = typst.compile(str(folder / "page.typ"), format="png", ppi=PPI)
    found = pages[page - 1]
    assert isinstance(found, bytes)
    return found


def by_latex(text: str, folder: Path, page: int) -> bytes:
    (folder / "page.tex").write_text(text, encoding="utf-8")
    for _ in range(2):
        run("pdflatex", "-interaction=batchmode", "page.tex", cwd=folder)
    run("pdftoppm", "-r", str(PPI), "-f", str(page), "-singlefile", "-png", "page.pdf", "page", cwd=folder)
    return (folder / "page.png").read_bytes()


def by_browser(text: str, folder: Path, breadth: int, height: int) -> bytes:
    (folder / "page.html").write_text(text, encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    size = f"--window-size={breadth},{height}"
    run("chromium", *options, size, "--screenshot=page.png", "page.html", cwd=folder)
    return (folder / "page.png").read_bytes()


def run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


SET: dict[str, tuple[tuple[str, ...], Callable[..., bytes]]] = {
    "typst": ((), by_typst),
    "latex": (("pdflatex", "pdftoppm"), by_latex),
    "html": (("chromium",), by_browser),
}


def main() -> None:
    for name, (example, lang, form, place) in PICTURES.items():
        needs, draw = SET[form]
        if missing := [program for program in needs if shutil.which(program) is None]:
            sys.stdout.write(f"{name}: not drawn, there is no {' and no '.join(missing)}\n")
            continue
        derivation = sb.derive(sb.load(HERE.parent / "examples" / f"{example}.toml"))
        text = sb.solution(derivation, lang=lang).render(form)
        with tempfile.TemporaryDirectory() as folder:
            (HERE / "pictures" / f"{name}.png").write_bytes(draw(text, Path(folder), *place))
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
