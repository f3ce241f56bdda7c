"""Two routes that know no rule of differentiation: a small step to both sides, and a step into the complex plane."""

from __future__ import annotations

from typing import Any

from symbackprop.verifier.oracle.algebra import MP
from symbackprop.verifier.oracle.interpret import Effect, Key, Machine
from symbackprop.verifier.oracle.subject import Subject

Entries = dict[str, list[Key]]
# For each entry the slope, as the smallest and the largest number that are right; None: this route cannot say.
Slopes = dict[tuple[str, Key], tuple[Any, Any] | None]

STEP = MP.mpf(10) ** -20
IMAGINARY = MP.mpf(10) ** -60


def central_differences(subject: Subject, wanted: Entries) -> Slopes:
    """(E(q + h) − E(q − h)) / 2h: off by h²/6 times the third derivative, some 1e-40.

    On a kink the two sides lie in different branches and the quotient is none of the slopes: it is left out.
    """
    out: Slopes = {}
    for name, key in _each(wanted):
        plus, minus = (subject.machine.effect(name, key, h) for h in (STEP, -STEP))
        slope = (plus.error - minus.error) / (2 * STEP)
        out[name, key] = (slope, slope) if plus.decisions == minus.decisions else None
    return out


def complex_step(subject: Subject, wanted: Entries) -> Slopes:
    """Im E(q + ih) / h: no difference is taken, so no digits are lost.

    Branches are decided by the real part.  On a kink every convention takes one side or a number between the sides:
    all from the smallest to the largest is right.
    """
    out: Slopes = {}
    for name, key in _each(wanted):
        effect = _stepped(subject.machine, name, key, None)
        slopes = [_slope(effect)]
        if effect.tied:
            slopes += [_slope(_stepped(subject.machine, name, key, tie)) for tie in (True, False)]
        out[name, key] = (min(slopes), max(slopes))
    return out


def _stepped(machine: Machine, name: str, key: Key, tie: bool | None) -> Effect:
    machine.tie = tie
    try:
        return machine.effect(name, key, MP.mpc(0, IMAGINARY))
    finally:
        machine.tie = None


def _slope(effect: Effect) -> Any:
    return MP.im(effect.error) / IMAGINARY


def _each(wanted: Entries) -> list[tuple[str, Key]]:
    return [(name, key) for name, keys in wanted.items() for key in keys]
