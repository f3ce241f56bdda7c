"""A cluster's workers, for what is made or judged piece by piece.

crew = cluster(address)
crew(work, tasks) → what the work gives for each task, in order, each to be called for
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from multiprocessing import current_process
from typing import Any, Protocol, TypeVar

from symbackprop.errors import MissingExtra, SymbackpropError

AHEAD = 2  # tasks that wait for each worker: what is made and not yet taken stays little
WAIT = "30s"  # for a cluster to answer

Task = TypeVar("Task")
Made = TypeVar("Made")


class Cluster(Protocol):
    def __call__(self, work: Callable[[Task], Made], tasks: Iterable[Task]) -> Iterator[Callable[[], Made]]: ...


def cluster(address: str) -> Cluster:
    """Workers of a Dask scheduler, which have symbackprop installed."""
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtra("--dask", "cluster") from None
    connected: Any = Client  # its methods have no types

    def run(work: Callable[[Task], Made], tasks: Iterable[Task]) -> Iterator[Callable[[], Made]]:
        try:
            client = connected(address, timeout=WAIT, set_as_default=False)
        except (OSError, ValueError) as error:  # a timeout is an OSError
            raise SymbackpropError(f"--dask {address}: no scheduler answers there: {error}") from None
        with client:
            count = sum(client.nthreads().values())
            if not count:
                raise SymbackpropError(f"--dask {address}: this scheduler has no workers; start some: dask worker")
            yield from ahead(lambda task: client.submit(done, work, task, pure=False), tasks, AHEAD * count, gathered)

    return run


def done(work: Callable[[Task], Made], task: Task) -> Made:
    """There.  Dask's workers are daemons, which may start no process of their own; a judge of claims is one."""
    current_process().daemon = False
    return work(task)


def gathered(future: Any) -> Any:
    try:
        return future.result()
    except SymbackpropError:
        raise
    except Exception as error:
        raise SymbackpropError(f"a worker of the cluster failed: {type(error).__name__}: {error}") from None


def ahead(
    submit: Callable[[Task], Any], tasks: Iterable[Task], most: int, result: Callable[[Any], Made]
) -> Iterator[Callable[[], Made]]:
    """What is submitted, in order, with at most so many ahead of what is asked for."""
    waiting: deque[Any] = deque()
    for task in tasks:
        waiting.append(submit(task))
        if len(waiting) >= most:
            yield partial(result, waiting.popleft())
    while waiting:
        yield partial(result, waiting.popleft())
