"""Blocks as a function of their numbers.  All variants of a topology share the function, so a writer that renders
thousands may render it once, with digits of its own choice, and put the others in.

    make(("0.1385", "0.5933"))      the blocks with these digits, in the order of `numbers`
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from symbackprop.document import Block
from symbackprop.exams.variant import Certificate, Kind, Numeric, Outcome, Part, Question, Student, Variant
from symbackprop.spec.problem import Problem

Blocks = tuple[Block, ...]


class Told(NamedTuple):
    """`make` is the same object for all variants of a topology; the signs and powers of ten of its digits matter."""

    make: Callable[[tuple[str, ...]], Blocks]
    numbers: Callable[[], tuple[str, ...]]

    @property
    def blocks(self) -> Blocks:
        return self.make(self.numbers())


class Once:
    """A function of nothing whose result is kept."""

    __slots__ = ("made", "make")

    def __init__(self, make: Callable[[], tuple[str, ...]]) -> None:
        self.make = make
        self.made: tuple[str, ...] | None = None

    def __call__(self) -> tuple[str, ...]:
        if self.made is None:
            self.made = self.make()
        return self.made


def fixed(*blocks: Block) -> Told:
    """Blocks without numbers."""
    return Told(lambda _: blocks, tuple)


class DrawnNumeric(Numeric):
    """A number whose outcomes are made when they are asked for."""

    def __init__(self, key: Any, tolerance: Any, make: Callable[[], tuple[Outcome, ...]]) -> None:
        own = self.__dict__
        own["key"], own["tolerance"], own["make"] = key, tolerance, make

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        return self.make()  # type: ignore[attr-defined, no-any-return]


class DrawnQuestion(Question):
    """A question whose text and solution are made when they are asked for."""

    asked: Told
    worked: Told

    def __init__(self, id: str, kind: Kind, asked: Told, parts: tuple[Part, ...], worked: Told) -> None:
        self.__dict__.update(id=id, kind=kind, asked=asked, parts=parts, worked=worked)

    @cached_property
    def text(self) -> Blocks:
        return self.asked.blocks

    @cached_property
    def solution(self) -> Blocks:
        return self.worked.blocks


class DrawnVariant(Variant):
    """A variant whose problem, spec and given numbers are made when they are asked for."""

    told: Told

    def __init__(
        self,
        id: str,
        seed: str,
        make: Callable[[], Problem],
        told: Told,
        questions: tuple[Question, ...],
        certificate: Certificate,
        student: Student | None = None,
    ) -> None:
        self.__dict__.update(
            id=id, seed=seed, make=make, told=told, questions=questions, certificate=certificate, student=student
        )

    @cached_property
    def problem(self) -> Problem:
        return self.make()  # type: ignore[attr-defined, no-any-return]

    @cached_property
    def spec(self) -> dict[str, Any]:
        from symbackprop.exams.complete import data_of

        return data_of(self.problem)

    @cached_property
    def given(self) -> Blocks:
        return self.told.blocks
