"""What happens to the error when one number moves: told, in a table, and as a curve with its tangent."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symbackprop import language as words
from symbackprop.document import Block, Document, Figure, Inlines, Math, Paragraph, Table, Text
from symbackprop.figures.curve import curve
from symbackprop.form import Form, ref, shown, symbol
from symbackprop.numeric.field import Value, double
from symbackprop.numeric.perturb import Perturbation
from symbackprop.numeric.rounding import digits
from symbackprop.readings.names import Names

PLACES, SHORT = 9, 3  # significant digits
SHRINKS = 20  # where there is a slope, the rest of a step ten times smaller is more than ten times smaller
LEAST = Fraction(1, 10**8)


def explain(p: Perturbation, word: str, names: Names, language: str) -> Document:
    """The document, in one language and notation; `word` is the number's plain name."""
    title = words.text(language, "perturb.title", name=word)
    blocks: tuple[Block, ...] = (
        *(Paragraph(part) for part in told(p, names, language)),
        table(p, language),
        figure(p, word, names, language),
    )
    return Document(title, language, blocks, names.notation.name)


def number(value: Value, places: int = PLACES) -> Form:
    return shown(digits(value, significant=places).text)


def told(p: Perturbation, names: Names, language: str) -> list[Inlines]:
    entry = names.spelled(p.entry)
    error = Math(names.spelled(ref(names.graph.error)), "=", number(p.error))
    here, step = Math(entry, "=", number(p.value)), Math(symbol("h"))
    slope = Math(names.derivative(Form("adjoint", p.entry.args)), "=", number(p.slope))
    out = [
        words.say(language, "perturb.task", entry=Math(entry), step=step, here=here, error=error),
        words.say(language, "perturb.slope", slope=slope),
        *(words.say(language, key, **slots) for key, slots in meaning(p, Math(entry), names)),
    ]
    if any(m.actual is None for m in p.moves):
        out.append(words.say(language, "perturb.undefined"))
    return out


def meaning(p: Perturbation, entry: Math, names: Names) -> Iterator[tuple[str, dict[str, Math]]]:
    """Where the error goes, what descent makes of it, and how good the prediction is."""
    slope = double(p.slope)
    if slope == 0:
        yield "perturb.flat", {}
    else:
        yield f"perturb.{'rises' if slope > 0 else 'falls'}", {"entry": entry}
        if p.entry.name in names.problem.train:
            yield f"perturb.{'smaller' if slope > 0 else 'larger'}", {"entry": entry}
    rests = {m.step: abs(double(m.rest)) for m in p.moves if m.rest is not None}
    ratios = [rests[10 * h] / rests[h] for h in (LEAST, -LEAST) if rests.get(h) and 10 * h in rests]
    if not any(rests.values()):
        yield "perturb.line", {"entry": entry}
    elif not ratios:
        yield "perturb.near", {"entry": entry}
    elif min(ratios) < SHRINKS:
        yield "perturb.kink", {}
    else:
        yield "perturb.square", {"ratio": Math(number(Fraction(ratios[0]), SHORT))}


def table(p: Perturbation, language: str) -> Table:
    def cell(value: Value | None, places: int = PLACES) -> Inlines:
        return (Text("–"),) if value is None else (Math(number(value, places)),)

    rows = tuple((cell(m.step), cell(m.predicted), cell(m.actual), cell(m.rest, SHORT)) for m in p.moves)
    header = tuple(words.say(language, f"perturb.{key}") for key in ("move", "predicted", "actual", "rest"))
    return Table(header, rows, "rrrr", words.say(language, "perturb.moves"), "moves")


def figure(p: Perturbation, word: str, names: Names, language: str) -> Figure:
    points = [None if y is None else (double(x), double(y)) for x, y in p.curve]
    value, error, slope = (double(x) for x in (p.value, p.error, p.slope))
    entry, high = names.spelled(p.entry), names.spelled(ref(names.graph.error))
    known = [x for x, y in p.curve if y is not None]
    given = {"low": known[0], "high": known[-1], "value": p.value, "error": p.error, "slope": p.slope}
    alt = words.text(language, "perturb.alt", name=word, **{k: plain(v, language) for k, v in given.items()})
    caption = words.say(language, "perturb.curve", entry=Math(entry))
    return curve("curve", points, (value, error), slope, (entry, high), caption, alt)


def plain(value: Value, language: str) -> str:
    return words.number(digits(value, significant=4).text, language)
