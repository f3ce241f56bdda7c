"""Imports packages one after another into an empty collection, as Anki's window does; prints what it says of each."""

import json
import sys
from pathlib import Path

from anki.collection import Collection, ImportAnkiPackageRequest

LOGGED = "new", "updated", "duplicate", "conflicting", "first_field_match", "missing_notetype", "empty_first_field"


def imported(collection, package):
    """How many notes came under which heading of the importer's log."""
    options = collection._backend.get_import_anki_package_presets()
    log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=package, options=options)).log
    return {name: len(getattr(log, name)) for name in LOGGED if len(getattr(log, name))}


def shown(collection, card):
    note = card.note()
    return {
        "guid": note.guid,
        "deck": collection.decks.name(card.did),
        "tags": sorted(note.tags),
        "fields": dict(note.items()),
        "question": card.question(),
        "answer": card.answer(),
    }


collection = Collection(str(Path.cwd() / "collection.anki2"))
logs = [imported(collection, package) for package in sys.argv[1:]]
cards = [shown(collection, collection.get_card(id)) for id in sorted(collection.find_cards(""))]
media = sorted(path.name for path in Path(collection.media.dir()).iterdir())
collection.close()
print(json.dumps({"logs": logs, "cards": cards, "media": media}))
