"""Anki: imports packages by its own importer into an empty collection."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.environment import script


@dataclass(frozen=True)
class Collection:
    logs: list[dict[str, int]]  # for each package, notes by the headings of the importer's log: {"new": 3}
    cards: list[dict[str, Any]]  # guid, deck, tags, fields, question and answer as Anki would show them
    media: list[str]


def import_apkg(*packages: Path, folder: Path) -> Collection:
    """The collection after importing these, in this order."""
    return Collection(**json.loads(script("anki", "anki_collection.py", *packages, folder=folder)))
