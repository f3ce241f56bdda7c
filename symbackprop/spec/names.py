r"""A user's own notation, [presentation.names]: a name in the text for a quantity of the network.

    "\\hat{y}_1" = "a2[0]"       an entry; "h" = "a1" names the array, and its entries h with their indices below it
    'w_{h1 \to o}' = "W2[o,0]"   a letter that stands in both is an index
    "g" = "dE/dz2"               an adjoint
    "\\alpha" = "rate"           a number of the training, or a state of the optimizer

Indices in a text count from 1, in a quantity from 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from symbackprop.errors import ReadError
from symbackprop.form import Form, index
from symbackprop.reader.symbols import letters_in, symbol_of
from symbackprop.spec.numbers import Path, Refused, named, quoted
from symbackprop.spec.words import UNKNOWN, text

EXAMPLE = '"y_1" = "a2[0]"'
WANTED = 'an array "a1", an entry "W2[0,1]", an adjoint "dE/dz2" or a number of the training such as "rate"'

QUANTITY = re.compile(
    r"(?:d(?P<error>\w+)/d)?(?P<name>[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*)(?:\[(?P<at>[^\[\]]*)\])?", re.ASCII
)
_INDEX = re.compile(r"[A-Za-z]|[0-9]{1,9}", re.ASCII)


def names_of(value: object) -> dict[str, str]:
    """The table as it is written, each key a symbol, each value a quantity."""
    if not isinstance(value, Mapping):
        raise Refused(f"a table is wanted, such as {{ {EXAMPLE} }}, not {named(value)}")
    out: dict[str, str] = {}
    faults: list[tuple[Path, str]] = []
    for key, quantity in value.items():
        try:
            out[str(key)] = quantity if quantity is UNKNOWN else _entry(str(key), quantity)
        except (Refused, ReadError) as error:
            faults.append(((str(key),), error.faults[0].message if isinstance(error, ReadError) else str(error)))
    if faults:
        raise Refused(*faults)
    return out


def _entry(key: str, quantity: object) -> str:
    symbol, form = symbol_of(key), quantity_of(text(quantity))
    for i in form.at:
        if i.terms and i.terms[0][1] not in letters_in(symbol):
            letter = i.terms[0][1]
            advice = f"write it there too, or the number of the entry, from 0, in place of {letter}"
            raise Refused(f"the index {letter} of {quoted(str(quantity))} does not stand in the name; {advice}")
    return str(quantity)


def quantity_of(written: str) -> Form:
    """ref W2 o 0 of "W2[o,0]", adjoint z2 of "dE/dz2"; a number of the training is a ref too until it is looked up."""
    found = QUANTITY.fullmatch(written.strip())
    if found is None:
        raise Refused(f"{quoted(written)} is no quantity; write {WANTED}")
    at = [] if found["at"] is None else [part.strip() for part in found["at"].split(",")]
    for part in at:
        if not _INDEX.fullmatch(part):
            raise Refused(f"{quoted(part)} is no index; write a number from 0, or one letter that stands in the name")
    indices = (index(int(part) if part.isdigit() else part) for part in at)
    return Form("adjoint" if found["error"] else "ref", (found["name"], *indices))
