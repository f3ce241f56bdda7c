"""Decisions under a budget: a worker process that outlives it is killed, and the line is unknown.

with Judge(problem) as judge:
    judge.decide(left, right)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

from symbackprop.form import Axis, Form
from symbackprop.spec.problem import Problem
from symbackprop.verifier.decide import Decision, Subject, decide
from symbackprop.verifier.decide.program import Entry

BUDGET = 10.0  # seconds for a line
MEMORY = 2 * 10**9  # bytes for the worker
START = 60.0  # for the worker to import and to take in the network
SPAWN = get_context("spawn")  # a fork would copy the caller's threads and locks


class Judge:
    """A worker that knows one network.  It is started when it is first asked, and anew after it was killed."""

    def __init__(self, problem: Problem, assume: Mapping[Entry, Form] | None = None, budget: float = BUDGET) -> None:
        self.problem, self.assume, self.budget = problem, dict(assume or {}), budget
        self.process: Any = None
        self.line: Any = None

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def decide(self, left: Form, right: Form, axes: tuple[Axis, ...] = (), *, exact: bool = False) -> Decision:
        if self.process is None and not self._start():
            return Decision("unknown", route="the network takes too long to take in")
        answer: Decision | None = None
        try:
            self.line.send((left, right, axes, exact))
            answer = self._answer(self.budget)
        except RecursionError:
            answer = Decision("unknown", route="nested too deeply")
        except BrokenPipeError:  # it is gone since the last line
            self.close()
        found = answer or Decision("unknown", route=f"no decision within {self.budget:g} s")
        return replace(found, claim=(left, right, axes))

    def _start(self) -> bool:
        self.line, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=serve, args=(theirs, self.problem, self.assume), daemon=True)
        self.process.start()
        theirs.close()
        return self._answer(START) is not None

    def _answer(self, seconds: float) -> Any:
        """What the worker sends; None where it takes longer or is gone."""
        try:
            if self.line.poll(seconds):
                return self.line.recv()
        except EOFError:
            pass
        self.close()
        return None

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.line.close()
            self.process = None


def serve(line: Any, problem: Problem, assume: Mapping[Entry, Form]) -> None:
    """The worker: one decision for each line that comes in."""
    limited(MEMORY)
    subject = Subject(problem, assume)
    line.send("ready")
    while True:
        try:
            left, right, axes, exact = line.recv()
        except EOFError:
            return
        try:
            answer = decide(subject, left, right, axes, exact=exact)
        except MemoryError:
            answer = Decision("unknown", route=f"no decision within {MEMORY // 10**9} GB")
        line.send(replace(answer, claim=None))


def limited(most: int) -> None:
    """No more memory than this for the process, where the system can say so."""
    try:
        import resource
    except ImportError:  # pragma: no cover  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
