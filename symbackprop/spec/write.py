"""A problem or a spec as TOML text that loads back equal: decimals where a number has one, else "p/q"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from symbackprop.errors import SpecError
from symbackprop.spec.chain import chain
from symbackprop.spec.model import Data, Equations, Spec
from symbackprop.spec.numbers import MOST_DIGITS, Array, written
from symbackprop.spec.problem import Problem

WITH_NUMBERS = ("network", "values", "samples", "data")
MOST_IN_TEXT, MOST_LENGTH = 1_000, 20  # of an array's numbers, and of a number's digits
BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
MOST_WIDTH = 110  # of a line; longer arrays stand in rows


def dumps(given: Problem | Spec) -> str:
    """The text of a spec.  Raises SpecError where a number has no short form, as most doubles of an npz have none."""
    spec = spec_of(given) if isinstance(given, Problem) else given
    return "\n".join(table(words_of(spec), ())) + "\n"


def parted(problem: Problem, file: str) -> tuple[str, dict[str, Array]]:
    """The text of a spec whose long or many numbers stand in `file`, an npz; and these arrays, by their names there."""
    apart: dict[str, Array] = {}

    def part(value: Any, name: str) -> Any:
        if is_tables(value):
            return tuple(part(row, f".{k}") for k, row in enumerate(value, 1))
        if isinstance(value, dict):
            return {key: part(inner, key + name) for key, inner in value.items()}
        if not better_apart(value):
            return value
        apart[name] = value
        return {"file": file, "array": name}

    words = words_of(spec_of(problem))
    parts = {key: part(value, "") if key in WITH_NUMBERS else value for key, value in words.items()}
    return "\n".join(table(parts, ())) + "\n", apart


def better_apart(value: object) -> bool:
    """Doubles, of which there are many or which are no short decimals."""
    inner = list(numbers_in(value))
    found = [n for n in inner if isinstance(n, Fraction) and is_double(n)]
    if not found or len(found) < len(inner):
        return False
    return len(found) > MOST_IN_TEXT or any(len(written(n) or "/" * MOST_LENGTH) >= MOST_LENGTH for n in found)


def numbers_in(value: object) -> Iterator[object]:
    for inner in value if isinstance(value, tuple) else ():
        yield from numbers_in(inner)
    if not isinstance(value, tuple):
        yield value


def is_double(value: Fraction) -> bool:
    try:
        return Fraction(float(value)) == value
    except OverflowError:
        return False


def words_of(model: BaseModel) -> dict[str, Any]:
    """The keys of a table as TOML has them, without what was left out."""
    words = {field.alias or name: getattr(model, name) for name, field in type(model).model_fields.items()}
    left_out = {"digits"} if words.get("significant") is not None else set()
    given = {key: value for key, value in words.items() if value not in (None, "", (), {})}
    return {key: plain(value) for key, value in given.items() if key not in left_out}


def plain(value: object) -> object:
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        return tuple(map(words_of, value))
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return words_of(value) if isinstance(value, BaseModel) else value


def spec_of(problem: Problem) -> Spec:
    """The words that give this problem, with its own numbers in them."""
    if problem.network is None:
        return equations_of(problem)
    values = problem.values
    layers = tuple(
        placed.words.with_arrays(
            {leaf.key: values.get(name) for leaf, name, _ in placed.leaves if leaf.key in placed.row.arrays}
        )
        for placed in chain(problem.network).placed
    )
    return Spec.model_construct(
        title=problem.title,
        network=problem.network.model_copy(update={"layers": layers}),
        data=Data.model_construct(
            inputs=in_rows(entered(problem), problem.samples),
            targets=in_rows(values.get("t"), problem.samples),
            file=None,
            reduction=problem.reduction,
        ),
        training=problem.training,
        presentation=problem.presentation,
        source=problem.source,
    )


def entered(problem: Problem) -> Array | None:
    """The network's input as it is written: one-hot rows are numbers of words."""
    x = problem.values.get("x")
    assert problem.network is not None
    return x if x is None or problem.shapes["x"] == problem.network.shape else numbers_of_words(x)


def numbers_of_words(value: Array) -> Array:
    if isinstance(value, tuple) and not isinstance(value[0], tuple):
        if sorted(value) != [*[0] * (len(value) - 1), 1]:
            raise SpecError("x has a row that is not one-hot; as equations the network takes any rows")
        return Fraction(value.index(Fraction(1)))
    assert isinstance(value, tuple)
    return tuple(map(numbers_of_words, value))


def equations_of(problem: Problem) -> Spec:
    """A problem without layers, as equations."""
    differ = problem.inputs if problem.samples else ()
    values = {name: problem.values[name] for name in problem.shapes if name in problem.values}
    rows = {name: value for name, value in values.items() if name in differ and isinstance(value, tuple)}
    return Spec.model_construct(
        title=problem.title,
        network=None,
        equations=Equations.model_construct(
            program=problem.program, error=problem.error, parameters=problem.parameters, assume=problem.assume
        ),
        values={name: value for name, value in values.items() if name not in rows},
        shapes={name: shape for name, shape in problem.shapes.items() if name not in values},
        samples=tuple({name: value[k] for name, value in rows.items()} for k in range(problem.samples or 0)),
        data=Data.model_construct(inputs=None, targets=None, file=None, reduction=problem.reduction),
        training=problem.training,
        presentation=problem.presentation,
        source=problem.source,
    )


def in_rows(value: Array | None, samples: int | None) -> Array | None:
    """One sample has no sample axis in a problem; a spec has a row for each."""
    return value if value is None or samples is not None else (value,)


def table(words: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """The lines of a table: its own keys, then the tables within."""
    inner = {key: value for key, value in words.items() if is_table(value) or is_tables(value)}
    for key, value in words.items():
        if key not in inner:
            yield f"{key_of(key)} = {text_of(value, len(key) + 3)}"
    for key, value in inner.items():
        for part in [value] if isinstance(value, dict) else value:
            head = ".".join((*path, key))
            yield ""
            yield f"[{head}]" if isinstance(value, dict) else f"[[{head}]]"
            yield from table(part, (*path, key))


def key_of(key: str) -> str:
    """A key as TOML has it, between quotes where it is not bare."""
    return key if BARE.fullmatch(key) else text_of(key)


def is_table(value: object) -> bool:
    return isinstance(value, dict) and not value.keys() <= {"file", "array"}  # numbers in a file stand in one line


def is_tables(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(part, dict) for part in value)


def text_of(value: object, column: int = 0) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case Fraction():
            return number_text(value)
        case dict():  # numbers in a file
            return "{ " + ", ".join(f"{key} = {text_of(part)}" for key, part in value.items()) + " }"
        case tuple():
            return array_text([text_of(part) for part in value], column)
    raise TypeError(f"no TOML for a {type(value).__name__}")


def number_text(value: Fraction) -> str:
    text = written(value)
    if text is None:
        raise SpecError(f"{float(value)!r} has no form of {MOST_DIGITS} digits; keep such numbers in an npz file")
    return f'"{text}"' if "/" in text else text


def array_text(parts: Iterable[str], column: int) -> str:
    parts = list(parts)
    line = "[" + ", ".join(parts) + "]"
    if column + len(line) <= MOST_WIDTH or not parts or not parts[0].startswith(("[", '"')):
        return line
    return "[\n" + "".join(f"    {part},\n" for part in parts) + "]"
