"""The JSON Schema of a spec file, for editors and other programs: the model's own, without what TOML does not have."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from symbackprop.spec.model import Spec


def schema() -> dict[str, Any]:
    """The schema, whose every key says what it is, in which unit, and what it is when left out."""
    return schema_of(Spec, "symbackprop/spec/1")


def schema_of(model: type[BaseModel], identity: str) -> dict[str, Any]:
    """The schema of another form of file."""
    made = model.model_json_schema(by_alias=True)
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": identity}
    return named | {key: _without_null(value) for key, value in made.items()}


def _without_null(part: Any) -> Any:
    """TOML has no null: a key that may be left out is left out."""
    if isinstance(part, list):
        return [_without_null(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    out = {key: _without_null(value) for key, value in part.items() if value is not None}
    if isinstance(out.get("title"), str):  # pydantic's, which says the key once more; the key `title` is a dict here
        del out["title"]
    if {"type": "null"} in out.get("anyOf", ()):
        options = [option for option in out.pop("anyOf") if option != {"type": "null"}]
        out |= options[0] if len(options) == 1 else {"anyOf": options}
    return out
