"""pydantic's errors become ours: every fault of a spec at once, each with its key and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

from symbackprop.errors import Place, SpecError
from symbackprop.spec.hints import KEYS, MISSING, TABLES
from symbackprop.spec.numbers import Path, named, quoted
from symbackprop.spec.toml import line_of
from symbackprop.spec.words import UNKNOWN, choices


class Slip(NamedTuple):
    """A fault by its key path; `place` where it lies in another file than the spec."""

    path: Path
    message: str
    place: Place | None = None


def slips(error: ValidationError, root: type[BaseModel]) -> list[Slip]:
    """What pydantic found, in our words.  A key that is missing because it was called otherwise is told once."""
    found = error.errors(include_url=False)
    renamed = {
        (*e["loc"][:-1], word)
        for e in found
        if e["type"] == "extra_forbidden" and (word := renaming(e["loc"], root)) is not None
    }
    out = []
    for e in found:
        if e["type"] == "missing" and e["loc"] in renamed:
            continue
        out.append(Slip(untagged(e["loc"]), message(e, root)))
    return out


def untagged(path: Path) -> Path:
    """The keys as they are written: pydantic puts a layer's kind between its number and its key."""
    tags = [k for k in range(2, len(path)) if path[k - 2] == "layers" and isinstance(path[k - 1], int)]
    return tuple(key for k, key in enumerate(path) if k not in tags or key == "kind")


def message(error: Mapping[str, Any], root: type[BaseModel]) -> str:
    match error["type"]:
        case "refused":
            return str(error["ctx"]["message"])
        case "missing":
            return missing(error["loc"], root)
        case "extra_forbidden":
            return extra(error["loc"], root)
        case "model_type":
            key = str(error["loc"][-1])
            such = f", such as {key} = {TABLES[key]}" if key in TABLES else ""
            return f"a table is wanted{such}, not {named(error['input'])}"
        case "tuple_type":
            return f"tables are wanted: write [[{key_text(error['loc'])}]], in two brackets, above each"
    return str(error["msg"])  # pragma: no cover  # every reader words its own refusals


def missing(path: Path, root: type[BaseModel]) -> str:
    """What the table itself says of the key, or what is said of it everywhere."""
    own: Mapping[str, str] = getattr(model_at(path[:-1], root), "LACKING", {})
    return {**MISSING, **own}.get(str(path[-1]), "this key is missing")


def extra(path: Path, root: type[BaseModel]) -> str:
    """A key that is not there: what it is called here, where it belongs, or what there is."""
    key, table = str(path[-1]), model_at(path[:-1], root)
    start, plain = f"there is no key {quoted(key)} here", _plain(key)
    meant = KEYS.get(plain, plain)
    others = [kind_of(other) or "" for other in siblings(table) if {plain, meant} & set(keys_of(other))]
    if others and meant not in keys_of(table):
        return f"a layer of kind '{kind_of(table)}' has no key {quoted(key)}; it belongs to {choices(others)}"
    if (word := renaming(path, root)) is not None:
        sure = word in (plain, KEYS.get(plain))
        return f"{start}; write '{word}' instead" if sure else f"{start}; did you mean '{word}'?"
    for word in (plain, KEYS.get(plain, plain)):
        if homes := [(home, kind_of(there)) for home, there in homes_of(root) if word in keys_of(there)]:
            general = [home for home, kind in homes if kind is None] or [home for home, _ in homes]
            return f"{start}; write '{word}' in {' or '.join(dict.fromkeys(general))}"
    return f"{start}; write {choices(keys_of(table))}"


def renaming(path: Path, root: type[BaseModel]) -> str | None:
    """The key of this table that was meant; none where it is a key of another table."""
    key, keys = _plain(str(path[-1])), keys_of(model_at(path[:-1], root))
    words = [key, KEYS.get(key, key)]
    if here := [word for word in words if word in keys]:
        return here[0]
    if any(word in keys_of(there) for _, there in homes_of(root) for word in words):
        return None
    return next(iter(get_close_matches(key[:60], keys, 1)), None)


def _plain(key: str) -> str:
    return re.sub(r"[_\s]+", "-", key.strip().lower())


def keys_of(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


class Part(NamedTuple):
    """A table within a table."""

    key: str
    model: type[BaseModel]
    many: bool  # an array of tables


def parts(model: type[BaseModel]) -> Iterator[Part]:
    for name, field in model.model_fields.items():
        for part in _models(field.annotation):
            yield Part(field.alias or name, part, get_origin(field.annotation) is tuple)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The tables in an annotation; one of several kinds is each of its kinds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from annotation.__subclasses__() or [annotation]
    for argument in get_args(annotation):
        yield from _models(argument)


def model_at(path: Path, root: type[BaseModel]) -> type[BaseModel]:
    """The table that a path leads to; where there are several kinds of it, the one whose kind the path names."""
    tables = [root]
    for key in path:
        if isinstance(key, str):
            inner = [part.model for part in parts(tables[0]) if part.key == key]
            tables = [table for table in tables if kind_of(table) == key] or inner
    return tables[0]


def kind_of(table: type[BaseModel]) -> str | None:
    """The kind that a table is for, where there are several."""
    field = table.model_fields.get("kind")
    return field.default if field and isinstance(field.default, str) else None


def siblings(table: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The tables of the other kinds."""
    if kind_of(table) is not None:
        bases = [base for base in table.__bases__ if issubclass(base, BaseModel)]
        yield from (other for base in bases for other in base.__subclasses__() if other is not table)


def homes_of(model: type[BaseModel], at: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Each table as it is headed."""
    for key, part, many in parts(model):
        yield (f"[[{at}{key}]]" if many else f"[{at}{key}]"), part
        yield from homes_of(part, f"{at}{key}.")


GONE = ("extra_forbidden", "model_type", "tuple_type")  # what is no use to any check


def mended(data: Mapping[str, Any], error: ValidationError, root: type[BaseModel]) -> dict[str, Any]:
    """The data with UNKNOWN in place of what is faulty or missing, so that the rest can be checked too."""
    out = deepcopy(dict(data))
    for fault in error.errors(include_url=False):
        here: Any = out
        *path, last = untagged(fault["loc"])
        for key in path:
            if not has_tables(here[key]):
                last = key  # an entry of an array of numbers: the array is what is unknown
                break
            here = here[key]
        if fault["type"] in GONE and isinstance(here, dict):
            here.pop(last, None)
            if fault["type"] == "extra_forbidden" and (meant := renaming(fault["loc"], root)) is not None:
                here.setdefault(meant, UNKNOWN)
        else:
            here[last] = UNKNOWN
    return out


def has_tables(part: object) -> bool:
    return isinstance(part, dict) or (isinstance(part, list) and any(isinstance(entry, dict) for entry in part))


def spec_error(error: ValidationError, root: type[BaseModel]) -> SpecError:
    """The error of a spec that was made in Python, where there are no lines."""
    return placed(slips(error, root), None, {})


def placed(found: Iterable[Slip], file: str | None, where: Mapping[Path, int]) -> SpecError:
    """Every slip with its file and line, in the order in which they stand."""
    faults = []
    for path, text, place in found:
        line = line_of(path, where) if where else None
        faults.append((place or Place(file, line, key=key_text(path) or None), text))
    faults.sort(key=lambda fault: (fault[0].file != file, fault[0].line or 0))
    return SpecError.of(faults)


def key_text(path: Path) -> str:
    """network.layers[0].weights[1][0]; a key that is not bare stands between quotes."""
    out = ""
    for key in path:
        if isinstance(key, int):
            out += f"[{key}]"
        else:
            bare = re.fullmatch(r"[A-Za-z0-9_-]{1,40}", key, re.ASCII)
            out += ("." if out else "") + (key if bare else f'"{key[:40]}"')
    return out
