"""The commands that need no derivation: what they print, their exit status, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symbackprop import cli
from symbackprop.errors import Place, SpecError
from symbackprop.spec import load, loads
from symbackprop.spec.own import ANY_ACTIVATION
from symbackprop.spec.schema import schema
from symbackprop.tables.losses import LOSSES

COMMAND = [sys.executable, "-c", "from symbackprop.cli import main; main()"]


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, encoding="utf-8", timeout=60, **options)  # type: ignore[call-overload]


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """The command line in this process: its exit status, standard output and standard error."""

    def call(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["symbackprop", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return (end.value.code or 0, *capfd.readouterr())

    return call


@pytest.mark.parametrize("what", cli.LISTS)
def test_every_list_has_rows_with_a_description(main, what: str) -> None:
    status, out, err = main("list", what)
    assert (status, err) == (0, "")
    rows = [line.split("  ", 1) for line in out.splitlines()]
    assert rows
    assert all(name and description.strip() for name, description in rows)


def test_the_lists_are_those_of_the_tables(main) -> None:
    assert [line.split()[0] for line in main("list", "activations")[1].splitlines()] == list(ANY_ACTIVATION)
    assert [line.split()[0] for line in main("list", "losses")[1].splitlines()] == list(LOSSES)
    assert main("list", "activations")[1].splitlines()[0].endswith("a = 1/(1 + e^(−z)), da/dz = a(1 − a)")


def test_a_new_file_is_a_good_spec(main, tmp_path: Path) -> None:
    status, out, err = main("new", "layers")
    assert (status, err) == (0, "")
    assert loads(out).title == "My network"
    path = tmp_path / "net.toml"
    assert main("new", "-o", str(path)) == (0, "", "")
    assert path.read_text(encoding="utf-8") == out
    assert load(path).error == "E"


def test_a_new_file_takes_no_other_s_place(main, tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text("mine")
    assert main("new", "-o", str(path)) == (2, "", f"{path}: this exists already; choose another name\n")
    assert path.read_text() == "mine"
    missing = tmp_path / "no" / "net.toml"
    assert main("new", "-o", str(missing)) == (2, "", f"{missing}: cannot be written: No such file or directory\n")


def test_a_kind_of_file_that_is_not_there(main) -> None:
    assert main("new", "novel") == (2, "", "there is no starting file 'novel'; write equations or exam or layers\n")


def test_the_schema_is_json(main) -> None:
    status, out, err = main("schema", "spec")
    assert (status, err) == (0, "")
    assert json.loads(out) == schema()


def test_the_version(main) -> None:
    status, out, err = main("--version")
    assert (status, err) == (0, "")
    assert out.startswith("symbackprop")


@pytest.mark.parametrize("arguments", [("list", "foo"), ("lst",), ("--foo",), ("schema",), ("new", "-o")])
def test_wrong_usage_is_2(main, arguments: tuple[str, ...]) -> None:
    status, out, err = main(*arguments)
    assert (status, out) == (2, "")
    assert "Usage:" in err or "Error:" in err


FAULTS = [
    (
        SpecError.of([(Place("a.toml", 3, key="x"), "wrong"), (Place("a.toml", 4), "bad")]),
        "a.toml:3: x: wrong\na.toml:4: bad\n",
    ),
    (SpecError("\x1b[31mred\u202e"), "\\x1b[31mred\\u202e\n"),
    (OSError(28, "No space left on device", "out.md"), "out.md: No space left on device\n"),
    (
        RecursionError("deep"),
        "symbackprop: a fault of its own: RecursionError: deep; SYMBACKPROP_TRACEBACK=1 shows where\n",
    ),
]


@pytest.mark.parametrize(("error", "told"), FAULTS, ids=lambda value: type(value).__name__)
def test_whatever_fails_is_told_without_a_traceback(main, monkeypatch, error: Exception, told: str) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fails)
    assert main() == (2, "", told)


def test_an_interrupt_is_130(main, monkeypatch) -> None:
    def fails() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", fails)
    assert main() == (130, "", "")


def test_nothing_heavy_is_imported_for_help_or_a_spec() -> None:
    heavy = (
        "import sys; print([m for m in ('sympy', 'numpy', 'jinja2', 'babel', 'rich', 'pydantic') if m in sys.modules])"
    )
    start = "import sys\nfrom symbackprop import cli\nsys.argv = ['s', '--help']"
    code = f"{start}\ntry: cli.main()\nexcept SystemExit: pass\n{heavy}"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).splitlines()[-1] == "[]"
    code = f"from symbackprop.spec import loads\n{heavy}"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).splitlines()[-1] == "['pydantic']"


@pytest.mark.skipif(os.name == "nt", reason="pipes differ there")
def test_a_reader_that_leaves_is_no_fault() -> None:
    command = " ".join([*map(repr, COMMAND), "schema", "spec"])
    done = subprocess.run(["bash", "-c", f"{command} | true; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) in ((141, ""), (0, ""))  # 0 where all was written before it left


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_full_disk_is_told() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123  # a device
        done = subprocess.run([*COMMAND, "schema", "spec"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_output_is_utf_8_whatever_the_machine_says() -> None:
    done = run("new", env=os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0
    assert "η" in done.stdout
