"""Commands; no logic.  Each imports what it needs when it runs, so that `--help` waits for nothing.

Exit status: 0 all well; 1 the command ran and the answer is no; 2 the input cannot be used, or the output not written.
Results go to standard output or to files, messages to standard error.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symbackprop.errors import OutputError, Place, SymbackpropError, one_line

if TYPE_CHECKING:
    from symbackprop.sheets import Sheet
    from symbackprop.verdicts import Verified
    from symbackprop.verdicts.hand_ins import Desk

app = typer.Typer(
    name="symbackprop",
    help="Backpropagation worked out in full: every partial derivative of a network, as a textbook would print it.",
    add_completion=False,
    rich_markup_mode=None,  # plain help; with rich it costs three times as long
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

READER_LEFT = 141  # what a shell shows of a program whose reader has gone, as in `symbackprop … | head -1`

Rows = Iterator[tuple[str, str]]


# --- list ------------------------------------------------------------------------------------------------------


def activations() -> Rows:
    from symbackprop.form import Axis, over, symbol
    from symbackprop.tables.activations import ACTIVATIONS, ALONG
    from symbackprop.writers.math import printed

    z, a = symbol("z"), symbol("a")
    for row in ACTIVATIONS.values():
        kinks = "".join(f"; has a kink at z = {kink}" for kink in row.kinks)
        yield row.name, f"a = {printed(row.value(z), 'plain')}, da/dz = {printed(row.slope(z, a), 'plain')}{kinks}"
    for along in ALONG.values():
        value = along.value(symbol("z", "j"), lambda f: over(f(symbol("z", "i")), Axis("i", "n")))
        yield along.name, f"a_j = {printed(value, 'plain')}"


def losses() -> Rows:
    from symbackprop.tables.losses import LOSSES

    for row in LOSSES.values():
        kinks = f"; has a kink at {row.kinks}" if row.kinks else ""
        yield row.name, "; ".join(row.equations) + kinks


def optimizers() -> Rows:
    from symbackprop.derivation.updates import rule_of
    from symbackprop.spec import Training
    from symbackprop.spec.write import text_of
    from symbackprop.tables.optimizers import OPTIMIZERS

    for row in OPTIMIZERS.values():
        options = ", ".join(f"{key} = {text_of(default)}" for key, default in row.options.items())
        lines = "; ".join(rule_of(Training(optimizer=row.name), ("w",), ()).of("w"))
        yield row.name, f"{lines}.  Options: {options}.  As {row.convention}"


def layers() -> Rows:
    from symbackprop.layers.kinds import LAYERS

    for row in LAYERS.values():
        yield row.kind, row.says


def notations() -> Rows:
    from symbackprop.tables.notations import NOTATIONS

    for row in NOTATIONS.values():
        yield row.name, row.book


def mistakes() -> Rows:
    from symbackprop.language import text
    from symbackprop.tables.mistakes import MISTAKES

    for name in MISTAKES:
        yield name, text("en", f"mistake.{name}.done")


def languages() -> Rows:
    from babel import Locale

    from symbackprop.language import languages

    for code in languages():
        yield code, Locale.parse(code).english_name or code


def formats() -> Rows:
    """Of solutions, then of exams, each with what it cannot carry."""
    from symbackprop.exams.formats.table import FORMATS
    from symbackprop.language import text
    from symbackprop.writers import WHOLE, WRITERS

    for name, row in (WRITERS | WHOLE).items():
        yield name, row.suffix
    for name, format in FORMATS.items():
        lacks = " ".join(text("en", f"exam.lacks.{key}") for key in format.lacks)
        yield name, f"of an exam.  {lacks}".rstrip()


LISTS: dict[str, Callable[[], Rows]] = {
    "activations": activations,
    "losses": losses,
    "optimizers": optimizers,
    "layers": layers,
    "notations": notations,
    "mistakes": mistakes,
    "languages": languages,
    "formats": formats,
}
Listed = StrEnum("Listed", list(LISTS))  # type: ignore[misc]  # its members are the table's, which mypy cannot know


@app.command("list")
def list_(what: Annotated[Listed, typer.Argument(help="What to list.")]) -> None:
    """List what may be named in a spec."""
    rows = list(LISTS[what.value]())
    width = max(len(name) for name, _ in rows)
    for name, description in rows:
        say(f"{name:{width}}  {description}")


# --- derive, check, lambdify -----------------------------------------------------------------------------------

Spec = Annotated[Path, typer.Argument(help="A network in TOML; - is standard input.")]
Readings = StrEnum("Readings", ["unit", "index", "matrix"])
Detail = StrEnum("Detail", ["brief", "normal", "full"])
NAMES = re.compile(r"[^,\[\]]+(?:\[[^\]]*\]?)?")  # h3,W1[0,2]: a comma within brackets parts no names
FadeOrder = StrEnum("FadeOrder", ["forward", "backward", "subgoal"])


@app.command()
def derive(
    spec: Spec,
    out: Annotated[str, typer.Option("-o", "--out", help="Folder; - is standard output, for one format.")] = "outputs",
    to: Annotated[list[str] | None, typer.Option(help="Formats, each or as a,b (symbackprop list formats).")] = None,
    reading: Annotated[list[Readings] | None, typer.Option(help="Which readings of the derivation.")] = None,
    detail: Annotated[Detail | None, typer.Option(help="How much is told.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language (symbackprop list languages).")] = None,
    notation: Annotated[str | None, typer.Option(help="Whose letters (symbackprop list notations).")] = None,
    digits: Annotated[int | None, typer.Option(min=0, max=30, help="Digits after the decimal point.")] = None,
    faded: Annotated[int | None, typer.Option(min=1, max=2, help="Also with gaps and a key: 1 few, 2 many.")] = None,
    fade_order: Annotated[FadeOrder, typer.Option(help="Which steps are left out first.")] = FadeOrder.backward,
    erroneous: Annotated[bool, typer.Option("--erroneous", help="Also with one mistake to find, and a key.")] = False,
    units: Annotated[
        list[str] | None, typer.Option(help="Told in full in a large network: h3, w5, W1[0,2], each or as h3,o2.")
    ] = None,
    templates: Annotated[Path | None, typer.Option(help="A folder of templates that go first.")] = None,
) -> None:
    """Derive every partial derivative of a network's error and write the worked solution."""
    from symbackprop import api
    from symbackprop.language import languages as catalogues
    from symbackprop.progress import shown
    from symbackprop.tables.notations import NOTATIONS
    from symbackprop.writers import WHOLE, WRITERS

    wanted = several(to or ["markdown"], "format", [*WRITERS, *WHOLE])
    one_of(lang, "language", catalogues())
    one_of(notation, "notation", NOTATIONS)
    fits(out, wanted)
    if faded is not None or erroneous:
        several_documents(out, wanted)
    problem = api.load(spec)
    derivation = api.derive(problem)
    for warning in derivation.warnings:
        tell(f"{spec}: {warning}")
    worked = api.solution(
        derivation,
        lang=lang,
        notation=notation,
        digits=digits,
        readings=[r.value for r in reading or []],
        detail=detail.value if detail else None,
        units=[name for part in units or [] for name in NAMES.findall(part)],
        templates=templates,
    )
    if out == "-":
        deliver(worked.render(wanted[0]))
        return
    stem = "stdin" if str(spec) == "-" else spec.stem
    companions = {}
    if faded is not None:
        companions["faded"], companions["key"] = worked.faded(faded, fade_order.value)
    if erroneous:
        companions["erroneous"], companions["erroneous-key"] = worked.erroneous()
    with shown():
        paths = worked.write_all(wanted, Path(out), stem, companions)
    for path in paths:
        tell(f"{path}")


def several_documents(out: str, formats: list[str]) -> None:
    """Raise where there is no room for a companion beside its solution."""
    if out == "-":
        raise SymbackpropError("-o - takes one document, and --faded and --erroneous write several; name a folder")
    if formats == ["json"]:
        raise SymbackpropError("--faded and --erroneous write documents, which json is not; add --to markdown, say")


@app.command()
def check(spec: Spec) -> None:
    """Hold every gradient against independent routes, and say to how many digits they agree."""
    from symbackprop import api
    from symbackprop.verifier.oracle import at_point, report
    from symbackprop.verifier.oracle import check as held

    problem = at_point(api.load(spec))
    derivation = api.derive(problem)
    for warning in derivation.warnings:
        tell(f"{spec}: {warning}")
    adjoints = {name: value for (op, name), value in derivation.results.items() if op == "adjoint" and "." not in name}
    verdict = held(problem, adjoints)
    say(report(verdict))
    if verdict.exit_status:
        raise typer.Exit(verdict.exit_status)


@app.command()
def verify(
    lines: Annotated[Path, typer.Argument(help="A derivation, a folder of hand-ins, or - for standard input.")],
    spec: Annotated[Path, typer.Option("--spec", help="The network in TOML.")],
    to: Annotated[list[str] | None, typer.Option(help="text, json, markdown, latex, html, each or as a,b.")] = None,
    out: Annotated[str, typer.Option("-o", "--out", help="Folder; - is standard output, for one format.")] = "-",
    notation: Annotated[str | None, typer.Option(help="Whose letters (symbackprop list notations).")] = None,
    lang: Annotated[str | None, typer.Option(help="Language (symbackprop list languages).")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Also prove each right line by polynomials.")] = False,
    certificate: Annotated[Path | None, typer.Option(help="A file for what the verdicts rest on.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes, for a folder of hand-ins.")] = 1,
    dask: Annotated[str | None, typer.Option(help="A Dask scheduler whose workers judge a folder of hand-ins.")] = None,
) -> None:
    """Say of each row of a derivation whether it is right, and of a wrong one what was done and what is right."""
    from symbackprop import api
    from symbackprop.language import languages as catalogues
    from symbackprop.tables.notations import NOTATIONS
    from symbackprop.verdicts import FORMATS
    from symbackprop.verdicts.hand_ins import Desk
    from symbackprop.verifier.decide.worker import BUDGET

    wanted = several(to or ["text"], "format", FORMATS)
    one_of(lang, "language", catalogues())
    one_of(notation, "notation", NOTATIONS)
    fits(out, wanted)
    one_crew(workers, dask)
    if str(lines) == str(spec) == "-":
        raise SymbackpropError("standard input is the derivation or the network, not both; give one as a file")
    if certificate and lines.is_dir():
        raise SymbackpropError("--certificate is of one derivation; name one of the files in this folder")
    problem = api.load(spec)
    derivation = api.derive(problem)
    derivation.names(notation)
    for warning in derivation.problem.warnings:
        tell(f"{spec}: {warning}")
    budget = BUDGET  # nobody vouches for the text
    desk = Desk(problem, tuple(wanted), notation, lang, exact, budget)
    if lines.is_dir():
        status = verify_folder(lines, desk, out, workers, dask)
    else:
        status = verify_file(lines, desk, out, certificate)
    if status:
        raise typer.Exit(status)


def verify_file(lines: Path, desk: Desk, out: str, certificate: Path | None) -> int:
    """One report, and its certificate; the exit status that it has."""
    from symbackprop.verdicts.hand_ins import REPORT, given
    from symbackprop.verdicts.verified import FORMATS
    from symbackprop.writers.files import file_name, placed

    found = desk.verified(given(lines), lines.name)
    reports = {format: found.render(format) for format in desk.formats}
    proof = found.certificate() if certificate else b""
    tell_unread(str(lines), found.unread)
    if out == "-":
        deliver_report(found, desk.formats[0], reports[desk.formats[0]])
    else:
        stem = file_name("stdin" if str(lines) == "-" else lines.stem)
        for format, report in reports.items():
            tell(f"{placed(Path(out) / f'{stem}{REPORT}{FORMATS[format].suffix}', report)}")
    if certificate:
        tell(f"{placed(certificate, proof)}")
    return found.status


def verify_folder(folder: Path, desk: Desk, out: str, workers: int, dask: str | None) -> int:
    """A report for each hand-in and the table of all; without a folder for them, the table alone."""
    from symbackprop.progress import counted, shown
    from symbackprop.verdicts import hand_ins as several_of
    from symbackprop.workers import cluster
    from symbackprop.writers import WRITERS, render
    from symbackprop.writers.files import placed

    paths = several_of.hand_ins(folder)
    if out != "-":
        several_of.apart(folder, Path(out))
    names = {f: several_of.report_names([p.name for p in paths], f) for f in desk.formats}
    judged = (
        several_of.judged_by(cluster(dask), paths, desk)
        if dask is not None
        else several_of.judged(paths, desk, workers)
    )
    done = []
    with shown():
        for one in counted(judged, "judging", len(paths)):
            tell_unread(str(folder / one.name), one.unread)
            if one.fault:
                tell(f"{folder / one.name}: {one.fault}")
            for format, report in one.reports.items() if out != "-" else ():
                placed(Path(out) / names[format][one.name], report)
            done.append(one)
    document = several_of.document(done, desk.language)
    if out == "-":
        format = desk.formats[0]
        deliver(several_of.table(done) if format == "json" else render(document, format))
    else:
        tables = {f"class{WRITERS[f].suffix}": render(document, f) for f in desk.formats if f in WRITERS}
        for name, content in {"class.csv": several_of.table(done), **tables}.items():
            tell(f"{placed(Path(out) / name, content)}")
    return min((one.status for one in done if one.status), default=0)


def tell_unread(name: str, unread: Iterable[tuple[int, int, str]]) -> None:
    for row, column, why in unread:
        tell(f"{name}:{row}:{column}: {why}")


def deliver_report(found: Verified, format: str, report: str) -> None:
    """On standard output; on a terminal the verdicts are coloured, and are words all the same."""
    if format != "text" or not sys.stdout.isatty():
        deliver(report)
        return
    from rich.console import Console

    from symbackprop.verdicts.terminal import coloured

    Console(highlight=False, soft_wrap=True).print(coloured(report, found.language), end="")


@app.command()
def perturb(
    spec: Spec,
    name: Annotated[str, typer.Argument(help="A parameter, input or target: w7, i1, W1[0,1].")],
    to: Annotated[list[str] | None, typer.Option(help="text, json, or formats of derive, each or as a,b.")] = None,
    out: Annotated[str, typer.Option("-o", "--out", help="Folder; - is standard output, for one format.")] = "-",
    lang: Annotated[str | None, typer.Option(help="Language (symbackprop list languages).")] = None,
) -> None:
    """Tell what happens to the error when one number moves: predicted by its slope, and as it is."""
    from symbackprop import api
    from symbackprop.language import languages as catalogues
    from symbackprop.writers import WRITERS
    from symbackprop.writers.files import file_name

    wanted = several(to or ["text"], "format", ["json", *WRITERS])
    one_of(lang, "language", catalogues())
    fits(out, wanted)
    moved = api.derive(spec).moved(name, lang=lang)
    hand_out(moved, wanted, out, file_name("stdin" if str(spec) == "-" else spec.stem, name))


@app.command()
def train(
    spec: Spec,
    steps: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="How many updates; else the spec's.")] = None,
    until: Annotated[str | None, typer.Option(help="Stop where the error is so small, after 10,000 at most.")] = None,
    to: Annotated[list[str] | None, typer.Option(help="text, json, csv, or formats of derive, each or as a,b.")] = None,
    out: Annotated[str, typer.Option("-o", "--out", help="Folder; - is standard output, for one format.")] = "-",
    lang: Annotated[str | None, typer.Option(help="Language (symbackprop list languages).")] = None,
) -> None:
    """Tell how the error falls and the parameters move, update by update."""
    from symbackprop import api
    from symbackprop.language import languages as catalogues
    from symbackprop.progress import shown
    from symbackprop.writers import WRITERS

    wanted = several(to or ["text"], "format", ["json", "csv", *WRITERS])
    one_of(lang, "language", catalogues())
    fits(out, wanted)
    derivation = api.derive(spec)
    for warning in derivation.problem.warnings:
        tell(f"{spec}: {warning}")
    with shown():
        trained = derivation.training(steps, until, lang)
    hand_out(trained, wanted, out, f"{'stdin' if str(spec) == '-' else spec.stem}-training")
    if until is not None and not trained.reached:
        made = trained.trajectory.updates
        tell(f"{spec}: the error {until} is not reached in {made:,} updates; ask for more with --steps")
        raise typer.Exit(1)


# --- exam, mark ------------------------------------------------------------------------------------------------


@app.command()
def exam(
    exam: Annotated[Path, typer.Argument(help="An exam in TOML; - is standard input.")],
    variants: Annotated[int | None, typer.Option(min=1, max=10_000_000, help="How many; else one a student.")] = None,
    seed: Annotated[str | None, typer.Option(help="Any text; the same seed gives the same exam for ever.")] = None,
    roster: Annotated[Path | None, typer.Option(help="A CSV with the columns id, name and group.")] = None,
    to: Annotated[list[str] | None, typer.Option(help="Formats, each or as a,b (symbackprop list formats).")] = None,
    out: Annotated[str | None, typer.Option("-o", "--out", help="Folder; - is standard output, for one file.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes that make variants.")] = 1,
    dask: Annotated[str | None, typer.Option(help="The address of a Dask scheduler whose workers make them.")] = None,
    templates: Annotated[Path | None, typer.Option(help="A folder of templates that go first.")] = None,
) -> None:
    """Make the variants of an exam, each with its key: papers, questions for learning platforms, notebooks."""
    from symbackprop.exams import ready

    ready()
    from symbackprop.exams import plan
    from symbackprop.exams import roster as students
    from symbackprop.exams import workers as crews
    from symbackprop.exams.formats.table import FORMATS
    from symbackprop.exams.run import DEFAULT, Run
    from symbackprop.progress import shown

    wanted = several(to or list(DEFAULT), "exam format", FORMATS)
    if out == "-":
        fits(out, wanted)
    one_crew(workers, dask)
    if str(exam) == str(roster) == "-":
        raise SymbackpropError("standard input is the exam or the roster, not both; give one as a file")
    if templates is not None and not templates.is_dir():
        raise SymbackpropError("there is no such folder of templates", Place(str(templates)))
    made = plan.load(exam)
    who = students.load(roster) if roster is not None else None
    run = Run(made, seed, variants, who, wanted, templates)
    crew = crews.cluster(dask) if dask is not None else crews.processes(workers) if workers > 1 else crews.alone
    if out == "-":
        for part in run.streamed(wanted[0], crew):
            deliver(part)
        return
    folder = Path(out) if out is not None else Path("outputs") / made.exam.name
    with shown():
        new = run.into(folder, crew)
    tell(f"{folder}" if new else f"{folder}: all of it is here already")


@app.command()
def mark(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `exam` made.")],
    answers: Annotated[Path, typer.Option("--answers", help="A CSV: student, question, answer; - is standard input.")],
    to: Annotated[list[str] | None, typer.Option(help="text, csv, json, markdown, html, each or as a,b.")] = None,
    out: Annotated[str, typer.Option("-o", "--out", help="Folder; - is standard output, for one format.")] = "-",
) -> None:
    """Mark answers, with carried errors and named mistakes, and tell how the questions did."""
    from symbackprop.exams import ready

    ready()
    from symbackprop.exams import answers as read
    from symbackprop.exams.marking import marked
    from symbackprop.exams.marksheet import FORMATS, SUFFIXES, to_look_at
    from symbackprop.progress import shown
    from symbackprop.writers.files import placed

    wanted = several(to or ["text"], "format of marks", FORMATS)
    fits(out, wanted)
    handed_in = read.load(answers, folder)
    with shown():
        done = list(marked(handed_in))
    for student, one in to_look_at(done):
        tell(f"{student}: {one.asked.id}: this could not be decided; mark it by hand: {one.answer}")
    sheets = {format: FORMATS[format](done) for format in wanted}
    if out == "-":
        deliver(sheets[wanted[0]])
        return
    for format, sheet in sheets.items():
        tell(f"{placed(Path(out) / f'marks{SUFFIXES[format]}', sheet)}")


def one_crew(workers: int, dask: str | None) -> None:
    """Raise where both are asked for."""
    if dask is not None and workers > 1:
        raise SymbackpropError("--workers are processes here, --dask are workers elsewhere; give one of the two")


def fits(out: str, formats: list[str]) -> None:
    """Raise where standard output would have to take several formats."""
    if out == "-" and len(formats) != 1:
        raise SymbackpropError("-o - takes one format")


def hand_out(sheet: Sheet, formats: list[str], out: str, stem: str) -> None:
    """One format on standard output, or files in a folder."""
    if out == "-":
        deliver(sheet.render(formats[0]))
        return
    for path in sheet.write_all(formats, Path(out), stem):
        tell(f"{path}")


@app.command("lambdify")
def lambdify_(
    spec: Spec,
    target: Annotated[str, typer.Option("--target", help="python, numpy or mpmath.")] = "python",
    out: Annotated[str, typer.Option("-o", "--out", help="A file; - is standard output.")] = "-",
) -> None:
    """Write the error and its gradient as a function of a numeric target, one line a step."""
    from symbackprop import api
    from symbackprop.numeric.targets import TARGETS
    from symbackprop.writers.files import placed

    one_of(target, "target", TARGETS)
    text = api.derive(spec).source(target)
    if out == "-":
        say(text.removesuffix("\n"))
    else:
        tell(f"{placed(Path(out), text)}")


@app.command("import")
def import_(
    model: Annotated[str, typer.Argument(help="An ONNX file, or module:object of PyTorch, Keras or scikit-learn.")],
    out: Annotated[str, typer.Option("-o", "--out", help="A spec file; long numbers go into an npz beside it.")] = "-",
    loss: Annotated[str | None, typer.Option("--loss", help="What measures the error (list losses).")] = None,
    inputs: Annotated[
        str | None, typer.Option("--inputs", help="The shape of one sample, such as 3,8,8, where it is not told.")
    ] = None,
) -> None:
    """Make a trained model a spec: its layers or equations, with its own numbers."""
    from symbackprop.spec.importers import from_anything
    from symbackprop.writers.spec import whole, write_spec

    problem = from_anything(model, loss=loss, inputs=None if inputs is None else sizes(inputs))
    for warning in problem.warnings:
        tell(f"{model}: {warning}")
    if out == "-":
        say(whole(problem).removesuffix("\n"))
        return
    for path in write_spec(problem, Path(out)):
        tell(f"{path}")


def sizes(text: str) -> tuple[int, ...]:
    """3,8,8 or 3x8x8."""
    parts = text.replace("x", ",").split(",")
    if not all(part.isascii() and part.isdigit() and int(part[:9]) > 0 and len(part) < 9 for part in parts):
        raise SymbackpropError(
            f"--inputs: {text!r} is no shape; write whole numbers with commas between, such as 3,8,8"
        )
    return tuple(map(int, parts))


def several(given: list[str], what: str, known: Iterable[str]) -> list[str]:
    """Names given one by one or as a,b; each once."""
    names = list(dict.fromkeys(name for part in given for name in part.split(",") if name))
    for name in names:
        one_of(name, what, known)
    return names


def one_of(name: str | None, what: str, known: Iterable[str]) -> None:
    """Raise where there is no such name, with the nearest that there is."""
    names = list(known)
    if name is None or name in names:
        return
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
    raise SymbackpropError(f"no {what} is called {name!r}; {hint}")


def deliver(content: str | bytes) -> None:
    """A result on standard output, text or not."""
    if isinstance(content, str):
        sys.stdout.write(content)
    else:
        sys.stdout.buffer.write(content)


# --- new, schema -----------------------------------------------------------------------------------------------


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="What to start: layers, equations or exam.")] = "layers",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="A new file; else standard output.")] = None,
) -> None:
    """Write a commented starting file."""
    from symbackprop.templating import templates_folder

    starts = {path.stem: path for path in sorted((templates_folder() / "new").glob("*.toml"))}
    if kind not in starts:
        raise SymbackpropError(f"there is no starting file {kind!r}; write {' or '.join(starts)}")
    text = starts[kind].read_text(encoding="utf-8")
    if out is None or str(out) == "-":
        say(text.removesuffix("\n"))
    else:
        write_new(out, text)


def write_new(path: Path, text: str) -> None:
    """A file that was not there before, whole or not at all."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError("this exists already; choose another name", Place(str(path))) from None
    except (OSError, ValueError) as error:
        message = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot be written: {message}", Place(str(path))) from None


def spec_schema() -> dict[str, object]:
    from symbackprop.spec.schema import schema

    return schema()


def exam_schema() -> dict[str, object]:
    from symbackprop.exams.model import schema

    return schema()


def report_schema() -> dict[str, object]:
    from symbackprop.verdicts.data import schema

    return schema()


SCHEMAS = {"spec": spec_schema, "exam": exam_schema, "report": report_schema}
Schema = StrEnum("Schema", list(SCHEMAS))  # type: ignore[misc]


@app.command()
def schema(of: Annotated[Schema, typer.Argument(help="Which kind of file.")]) -> None:
    """Print the JSON Schema of a kind of file."""
    say(json.dumps(SCHEMAS[of.value](), indent=2, ensure_ascii=False))


# --- the whole -------------------------------------------------------------------------------------------------


def version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as installed

        try:
            say(f"symbackprop {installed('symbackprop')}")
        except PackageNotFoundError:
            say("symbackprop, not installed")
        raise typer.Exit


@app.callback()
def everything(
    _: Annotated[bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Options of no command."""


everything.__doc__ = app.info.help


def say(text: str) -> None:
    """A result, on standard output."""
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:  # here, since typer would make it 1, which says that the answer is no
        raise SystemExit(READER_LEFT) from None


def tell(text: str) -> None:
    """A message, on standard error; nothing in it writes to the terminal by itself."""
    sys.stderr.write("\n".join(map(one_line, text.split("\n"))) + "\n")


def main() -> None:
    """Run the command line; whatever fails is one message for each fault, never a traceback."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(flushed(status()))


def status() -> int | str | None:
    try:
        app()
    except SystemExit as end:
        return end.code
    except SymbackpropError as error:
        tell(str(error))
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        tell(f"{error.filename or 'symbackprop'}: {error.strerror or error}")
    except Exception as error:
        if os.environ.get("SYMBACKPROP_TRACEBACK"):
            raise
        tell(f"symbackprop: a fault of its own: {type(error).__name__}: {error}; SYMBACKPROP_TRACEBACK=1 shows where")
    return 2


def flushed(code: int | str | None) -> int | str | None:
    """The exit status, once all is written; a reader that has left is no fault."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        if isinstance(error, BrokenPipeError):
            return READER_LEFT
        tell(f"standard output: {error.strerror}")
        return 2
    return code
