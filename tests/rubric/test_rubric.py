"""Fifteen of fifteen on the emitted page of five networks in two languages, and each point lost by what it is about."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from score import POINTS, Case, score

import symbackprop as sb

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NETWORKS = ["mazur", "softmax", "rnn", "cnn", "batchnorm"]
LANGUAGES = ["en", "id"]


@cache
def written(name: str, lang: str) -> dict[str, str]:
    """Every file that belongs to a solution, by its name."""
    spec = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    problem = sb.loads(spec.partition("[source]")[0])  # what a source prints after 10,000 updates takes its time
    solution = sb.solution(sb.derive(problem), lang=lang)
    sheets: dict[str, Any] = {name: solution}
    for level in (1, 2):
        for order in ("backward", "forward"):
            both = solution.faded(level, order)
            sheets |= zip((f"{name}.faded-{level}-{order}", f"{name}.faded-{level}-{order}.key"), both, strict=True)
    sheets |= zip((f"{name}.erroneous", f"{name}.erroneous.key"), solution.erroneous(), strict=True)
    files: dict[str, str] = {}
    for stem, sheet in sheets.items():
        files |= sheet.files(["markdown"], stem, name)
    return files


@cache
def case(name: str, lang: str = "en") -> Case:
    files = written(name, lang)
    companions = {
        file.removeprefix(f"{name}.").removesuffix(".md"): text
        for file, text in files.items()
        if file.endswith(".md") and file != f"{name}.md"
    }
    return Case(files[f"{name}.md"], {f: text for f, text in files.items() if f.endswith(".svg")}, companions)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NETWORKS)
def test_fifteen_of_fifteen(name: str, lang: str) -> None:
    siblings = [case(other, lang).subgoals for other in NETWORKS if other != name]
    assert score(replace(case(name, lang), siblings=siblings)) == {point: [] for point in POINTS}


# --- a point is lost by what it is about, and by nothing else --------------------------------------------------------


def text(old: str, new: str = "") -> Callable[[Case], Case]:
    """A change of the page, and of the erroneous one, which is else the same."""

    def change(whole: Case) -> Case:
        assert old in whole.text, old
        companions = {n: t.replace(old, new, 1) if n == "erroneous" else t for n, t in whole.companions.items()}
        return replace(whole, text=whole.text.replace(old, new, 1), companions=companions)

    return change


def moved(start: str, end: str, behind: str) -> Callable[[Case], Case]:
    """What stands from `start` up to `end` comes behind something later."""

    def change(whole: Case) -> Case:
        before, _, rest = whole.text.partition(start)
        part, _, after = rest.partition(end)
        head, found, tail = after.partition(behind)
        assert found
        return replace(whole, text=f"{before}{end}{head}{behind}{start}{part}{tail}")

    return change


def without(start: str, end: str) -> Callable[[Case], Case]:
    """Without what stands from `start` up to `end`."""

    def change(whole: Case) -> Case:
        before, found, rest = whole.text.partition(start)
        assert found
        return replace(whole, text=before + end + rest.partition(end)[2])

    return change


def picture(old: str, new: str = "") -> Callable[[Case], Case]:
    def change(whole: Case) -> Case:
        assert any(old in svg for svg in whole.pictures.values()), old
        return replace(whole, pictures={name: svg.replace(old, new) for name, svg in whole.pictures.items()})

    return change


def companion(name: str, old: str = "", new: str = "") -> Callable[[Case], Case]:
    """A companion changed; without `old`, it is not there."""

    def change(whole: Case) -> Case:
        assert old in whole.companions[name]
        others = {n: t for n, t in whole.companions.items() if n != name}
        kept = {name: whole.companions[name].replace(old, new, 1)} if old else {}
        return replace(whole, companions=others | kept)

    return change


def both(first: Callable[[Case], Case], then: Callable[[Case], Case]) -> Callable[[Case], Case]:
    return lambda whole: then(first(whole))


DIVIDED = r"= 0.082217041 && \text{divided}"

#    point   what is done to Mazur's page
MUTILATED = [
    ("R1", text("## Error\n", "## Loss\n")),
    ("R1", text("## Error\n", "### Error\n")),
    ("R2", text(r" && \text{weighted sum}")),
    ("R2", text(r" && \text{first what stands inside}")),
    ("R3", moved("### Plan, shown on", "### The deltas", "\\tag{12}\n$$\n\n")),
    ("R4", text(" & = 0.15 \\cdot 0.05 + 0.2 \\cdot 0.1 + 0.35 && \\text{given numbers put in} \\\\\n")),
    ("R5", picture('"2.399" stroke-linecap="round" stroke-dasharray="7.055 3.668"', '"0.705"')),
    ("R5", text("(mazur-paths-W1-1-1.svg)", "(mazur-paths-W2-1-1.svg)")),
    ("R5", without("![A layered network with 2, 2, 2 units, inputs first, and the ways from w5", "<a id")),
    (
        "R6",
        text(
            r"\delta_{o1} \cdot \frac{\partial \mathrm{net}_{o1}}{\partial b_{2}}"
            r" + \delta_{o2} \cdot \frac{\partial \mathrm{net}_{o2}}{\partial b_{2}}",
            r"\delta_{o1} \cdot \frac{\partial \mathrm{net}_{o1}}{\partial b_{2}}",
        ),
    ),
    ("R7", text("numbers from (15), (17)", "numbers put in")),
    ("R7", text("numbers from (15), (17)", "numbers from (15), (16)")),
    ("R8", text(" & = \\frac{1}{1 + 0.685573202} && \\text{first what stands inside} \\\\\n")),
    ("R8", text("two operations", "some operations")),
    ("R8", text("## Error\n", "## Error\n\nThe others go similarly.\n")),
    ("R9", text("3. The weights are numbered through the network", "3. The weights are read from left to right")),
    ("R10", text(r"& = 0.593269992 && \text{divided}", r"& = 0.593269997 && \text{divided}")),
    ("R10", text("to 9 digits after the decimal point", "to 9 digits")),
    ("R11", text("to $0.291027774$", "to $0.391027774$")),
    ("R11", both(text("0.298379325402942", "0.298379335402942"), text(r"= 0.082167041 && \text{divided}", DIVIDED))),
    ("R11", text("One above one in ten thousand would mean a mistake.")),
    ("R12", without("> **Answer to question 2**", "> **Answer to question 3**")),
    ("R13", companion("faded-2-forward")),
    ("R13", companion("faded-1-backward.key", "(7) $", "(77) $")),
    ("R14", companion("erroneous.key", "[(19)]", "[(18)]")),
    ("R14", companion("erroneous")),
    ("R15", text("raises $E_{\\mathrm{total}}$ by about $0.00100$", "lowers $E_{\\mathrm{total}}$ by about $0.00100$")),
    ("R15", text("by about $0.000187$", "by about $0.000287$")),
]


@pytest.mark.parametrize(("point", "change"), MUTILATED, ids=[f"{p}-{k}" for k, (p, _) in enumerate(MUTILATED)])
def test_a_point_is_lost_and_no_other(point: str, change: Callable[[Case], Case]) -> None:
    whole = case("mazur")
    changed = change(replace(whole, siblings=[whole.subgoals]))
    assert [p for p, missing in score(changed).items() if missing] == [point]


# --- the same in any network and language: what is changed is found on the page -------------------------------------


def unsaid(whole: Case) -> Case:
    """A value without its reason."""
    line = whole.displays[0].lines[-1]
    (row,) = re.findall(rf"(?m)^.*& = {re.escape(line.right)} (?:&&|\\qquad).*", whole.text)[:1]
    return text(row, row[: row.index(line.right)] + line.right)(whole)


def jumped(whole: Case) -> Case:
    """A display without its numbers put in."""
    row = next(d.numbers[0].right for d in whole.displays if len(d.numbers) == 2 and len(d.lines) == 3)
    (line,) = re.findall(rf"\n & = {re.escape(row)} .*", whole.text)[:1]
    return text(line)(whole)


def undrawn(whole: Case) -> Case:
    plan = max(b.at for b in whole.blocks if b.kind == "picture" and b.at < whole.plans[0].at)
    return replace(whole, pictures={f: svg for f, svg in whole.pictures.items() if f != whole.blocks[plan].file})


def uncited(whole: Case) -> Case:
    """Numbers that come from one display, of which it is not said."""
    line = next(x for d in whole.backward for x in d.numbers if len(x.cites) == 1 and "…" not in x.why)
    return text(f"{line.why}}}", "from above}")(whole)


def miscounted(whole: Case) -> Case:
    """A value whose last digit is wrong."""
    value = next(d.numbers[-1].right for d in whole.forward if len(d.value.partition(".")[2]) == whole.places)
    last = str((int(value[-1]) + 5) % 10)
    (line,) = re.findall(rf"& = {re.escape(value)} .*", whole.text)[:1]
    return text(line, line.replace(value, value[:-1] + last))(whole)


def unanswered(whole: Case) -> Case:
    box = [b for b in whole.blocks if b.kind == "box"][-1]
    return replace(whole, text=whole.text[: whole.text.rindex(f"> **{box.text}**")])


ANYWHERE = {
    "R2": unsaid,
    "R4": jumped,
    "R5": undrawn,
    "R7": uncited,
    "R10": miscounted,
    "R12": unanswered,
    "R13": companion("faded-1-forward.key"),
    "R14": companion("erroneous.key"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("point", ANYWHERE)
def test_a_point_is_lost_anywhere(point: str, name: str, lang: str) -> None:
    assert [p for p, missing in score(ANYWHERE[point](case(name, lang))).items() if missing] == [point]


def test_every_point_can_be_lost() -> None:
    assert list(dict.fromkeys(point for point, _ in MUTILATED)) == list(POINTS)


def test_the_scorer_knows_nothing_of_the_program() -> None:
    """Run as a script, in a process that has no symbackprop."""
    folder = Path(__file__).parent
    code = f"import sys; sys.modules['symbackprop'] = None; sys.path.insert(0, {str(folder)!r}); import score"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=folder)


def test_as_a_script_it_prints_every_point(tmp_path: Path) -> None:
    for name, content in written("mazur", "en").items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    command = [sys.executable, Path(__file__).parent / "score.py", tmp_path / "mazur.md"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "15 of 15" in done.stdout
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [[point, "yes"] for point in POINTS]
    (tmp_path / "mazur.erroneous.md").unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "R14 no" in done.stdout
