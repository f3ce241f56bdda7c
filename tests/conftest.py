"""What all tests share: which symbackprop is tested, what a missing system package means, how Hypothesis draws."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from system import missing

import symbackprop

CHECKOUT = Path(__file__).resolve().parent.parent


def in_ci() -> bool:
    return os.environ.get("CI") == "true"


# In CI the same examples every time: a submission is judged by its change, not by luck. Machines are slow at times.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", parent=settings.get_profile("developer"), derandomize=True, database=None)
settings.load_profile("ci" if in_ci() else "developer")


def pytest_configure(config: pytest.Config) -> None:
    """`make test` tests the wheel, as a user gets it: neither the checkout's modules nor its templates are in sight."""
    if os.environ.get("SYMBACKPROP_TESTED") == "wheel":
        home = Path(symbackprop.__file__).resolve().parent
        if "site-packages" not in home.parts or any(Path(entry).resolve() == CHECKOUT for entry in sys.path):
            raise pytest.UsageError(f"symbackprop was imported from {home}, and not from the installed wheel")


def pytest_report_header() -> str:
    return f"symbackprop: {Path(symbackprop.__file__).parent}"


def pytest_runtest_setup(item: pytest.Item) -> None:
    lacking = missing(thing for marker in item.iter_markers("needs") for thing in marker.args)
    if lacking and in_ci():
        pytest.fail(f"{lacking} (in CI a missing package is a failure)", pytrace=False)
    if lacking:
        pytest.skip(lacking)


@pytest.fixture(scope="session")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dask scheduler with two processes, all of this machine alone; a test that asks needs it."""
    from distributed import LocalCluster

    folder = str(tmp_path_factory.mktemp("cluster"))
    here = "127.0.0.1"
    with LocalCluster(
        host=here, dashboard_address=f"{here}:0", n_workers=2, threads_per_worker=1, local_directory=folder
    ) as local:
        yield local.scheduler_address


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The project's folder: its examples, golden files and templates, never its modules."""
    return CHECKOUT
