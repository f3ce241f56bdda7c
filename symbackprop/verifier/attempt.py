"""A chain may be read in several ways: what its letters and short names mean is tried, and one reading must fit."""

from __future__ import annotations

from typing import NamedTuple

from symbackprop.errors import ReadError
from symbackprop.form import Index
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import Array
from symbackprop.reader.tokens import Token
from symbackprop.verifier.glossary import Glossary
from symbackprop.verifier.meaning import written
from symbackprop.verifier.naming import Choice, Layer, NoSuchLayer
from symbackprop.verifier.resolve import Resolver

MOST_READINGS = 256


class Part(NamedTuple):
    """What is read in one go: a stretch of tokens, their text, and where that starts in the document."""

    text: str
    tokens: list[Token]
    offset: int


class Member(NamedTuple):
    """One side in a chain, with the sign before it."""

    rel: str
    tree: Tree
    column: int
    part: Part


class Attempt:
    """All readings of one chain: for every layer that a letter may mean, the one assignment of names that fits."""

    def __init__(self, names: Glossary, members: list[Member]) -> None:
        self.names, self.members, self.at, self.tries = names, members, 0, 0

    def solve(self, layers: dict[str, int]) -> list[tuple[Resolver, list[Array]]]:
        try:
            return [self.only(layers)]
        except Layer as asked:
            letter = asked.letter
        out = []
        error: ReadError | None = None
        for value in range(1, self.names.layers + 1):
            try:
                out += self.solve({**layers, letter: value})
            except NoSuchLayer as missing:
                error = missing
        if not out:
            raise error or ReadError(f"no layer fits {letter}")
        return out

    def only(self, layers: dict[str, int]) -> tuple[Resolver, list[Array]]:
        found: list[tuple[Resolver, list[Array]]] = []
        errors: list[tuple[int, ReadError]] = []
        open_: list[dict[tuple[str, str, str], int]] = [{}]
        while open_:
            choices = open_.pop()
            self.tries += 1
            if self.tries > MOST_READINGS:
                raise ReadError("this row can be read in too many ways: write the layers")
            resolver = Resolver(self.names, choices, dict(layers))
            try:
                found.append((resolver, [self.value(resolver, k) for k in range(len(self.members))]))
            except Choice as asked:
                open_ += [{**choices, asked.key: k} for k in range(asked.options)]
                key = asked.key
            except ReadError as error:
                errors.append((self.at, error))
        if len(found) > 1:
            found = [one for one in found if self.usual(one[0])] or found
        if len(found) == 1:
            return found[0]
        if not found:
            self.at, first = max(errors, key=lambda e: e[0])
            raise first
        self.at = 0
        base, sub, _ = key
        examples = " or ".join(written(base, sub, sup) for sup in self.names.layers_of(base, sub))
        raise ReadError(f"which layer is meant? {written(*key)} stands for several quantities here: write {examples}")

    def usual(self, resolver: Resolver) -> bool:
        """Whether each letter means what it does in this notation."""
        return all(of == self.names.usual.get(letter, of) for letter, of in resolver.spoken)

    def value(self, resolver: Resolver, k: int) -> Array:
        self.at, member = k, self.members[k]
        resolver.text = member.part.text
        value = resolver.value(member.tree)
        if value.shape:
            value.entry((Index(),) * len(value.shape))  # what its entries hold is read now, so that it fails here
        return value
