"""Files: the spec's own, and arrays that lie beside it.  Whatever is wrong names the path."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symbackprop.errors import SpecError
from symbackprop.spec import load, loads
from symbackprop.spec.files import MOST_TEXT

F = Fraction

SPEC = """[network]
inputs = 2
loss = "squared-error"
[[network.layers]]
units = 2
activation = "tanh"
"""


def fault(path: Path | str) -> str:
    with pytest.raises(SpecError) as error:
        load(path)
    return str(error.value)


def spec(folder: Path, more: str) -> Path:
    path = folder / "spec.toml"
    path.write_text(SPEC + more, encoding="utf-8")
    return path


# --- the spec itself ---------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    spec(tmp_path, "")
    assert fault(tmp_path / "spek.toml") == f"{tmp_path}/spek.toml: there is no such file; did you mean 'spec.toml'?"
    assert fault(tmp_path / "no" / "spec.toml") == f"{tmp_path}/no/spec.toml: there is no such file"
    assert fault(tmp_path / "spec.toml" / "x.toml").startswith(f"{tmp_path}/spec.toml/x.toml: this file cannot be read")
    assert "cannot be read" in fault("a\0b")
    assert "cannot be read" in fault("x" * 5_000)


def test_a_folder(tmp_path: Path) -> None:
    assert fault(tmp_path) == f"{tmp_path}: this is a folder; a regular file is wanted"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    message = "this is a pipe; a regular file is wanted; `-` reads standard input"
    assert fault(tmp_path / "pipe") == f"{tmp_path}/pipe: {message}"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_device_is_not_opened() -> None:
    assert fault("/dev/zero") == "/dev/zero: this is a device; a regular file is wanted"


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = spec(tmp_path, "")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads all
        path.chmod(stat.S_IRUSR)
        assert load(path)
    else:
        assert fault(path) == f"{path}: this file may not be read: permission denied"


def test_too_much_text(tmp_path: Path) -> None:
    path = spec(tmp_path, "#" * (MOST_TEXT - len(SPEC)))
    assert load(path)
    path = spec(tmp_path, "#" * (MOST_TEXT - len(SPEC) + 1))
    assert fault(path).startswith(f"{path}: over 256 kB, the most that is read; put large arrays into an npz or CSV")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xef\xbb\xbf", "1: a byte order mark (U+FEFF) stands first; save the file as UTF-8 without it"),
        (SPEC.encode("utf-16"), "1: the file is UTF-16; save it as UTF-8"),
        (b"# a\n# b\ntitle = '\xe9'\n", "3: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"a = '\x00'", "1: Found invalid character '\\x00' (column 6)"),
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "spec.toml"
    path.write_bytes(data)
    assert fault(path) == f"{path}:{message}"


def test_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = spec(tmp_path, "")
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert load("-") == load(path).replace(title="")
    path.write_text("x = [", encoding="utf-8")
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert fault("-").startswith("-:1: Invalid value")


def test_the_title_is_the_file_s_where_it_has_none(tmp_path: Path) -> None:
    assert load(spec(tmp_path, "")).title == "spec"
    assert loads(SPEC).title == ""


# --- CSV ---------------------------------------------------------------------------------------------------------

WEIGHTS = 'weights = { file = "w.csv" }\n'
DATA = '[data]\nfile = "train.csv"\n'


def test_weights_of_a_csv_are_decimals(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_bytes(b"\xef\xbb\xbf0.15, 1e-3\r\n\r\n-2,3/20\r\n")
    assert load(spec(tmp_path, WEIGHTS)).values["W1"] == ((F(3, 20), F(1, 1000)), (F(-2), F(3, 20)))


def test_samples_of_a_csv(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("t1,x2,x1,t2\n1,0.2,0.1,0\n0,0.4,0.3,1\n")
    found = load(spec(tmp_path, DATA))
    assert found.values == {
        "x": ((F(1, 10), F(1, 5)), (F(3, 10), F(2, 5))),
        "t": ((F(1), F(0)), (F(0), F(1))),
    }
    assert found.samples == 2


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["{spec}:8: data.file: {csv}: the file has no rows"]),
        ("a,b\n1,2\n", ["{csv}:1: the header names the columns x1, x2, …, t1, t2, …, each once"]),
        ("x1,x3,t1,t2\n", ["{csv}:1: the header names the columns x1, x2, …, t1, t2, …, each once"]),
        ("x1,x1,t1,t2\n", ["{csv}:1: the header names the columns x1, x2, …, t1, t2, …, each once"]),
        ("x1,x2,id,t1,t2\n", ["{csv}:1: id: only columns x1, x2, …, t1, t2, … are read; leave this one out"]),
        ("x1;x2;t1;t2\n0,5;1;1;0\n", ["{csv}:1: columns are parted by semicolons"]),
        (
            "x1,x2,t1,t2\n1,2,3\n1,a,nan,4\n",
            [
                "{csv}:2: a row of 3 among rows of 4",
                "{csv}:3: x2: 'a' is no number; write one such as 0.15 or, between quotes, \"3/20\"",
                "{csv}:3: t1: nan cannot be computed with; write a finite number",
            ],
        ),
        ("x1,x2,t1,t2\n", ["{spec}:7: data.inputs: inputs has no rows; write a row for each sample"] * 1),
        ("x1,t1\n1,2\n", ["{spec}:7: data.inputs: inputs has 1 row of 1, expected rows of 2"]),
        ('x1,x2,t1,t2\n"1,2,3,4\n', ["{csv}:2: this is no CSV: unexpected end of data"]),
    ],
)
def test_faults_of_a_csv_have_its_line_and_column(tmp_path: Path, text: str, messages: list[str]) -> None:
    (tmp_path / "train.csv").write_text(text)
    path = spec(tmp_path, DATA)
    told = fault(path).split("\n")
    for line, message in zip(told, messages, strict=False):
        assert line.startswith(message.format(spec=path, csv=tmp_path / "train.csv"))
    assert len(told) >= len(messages)


def test_semicolons_are_told(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("0,5;1\n1;2\n")
    assert "columns are parted by semicolons" in fault(spec(tmp_path, WEIGHTS))


def test_files_that_are_not_there_or_no_files(tmp_path: Path) -> None:
    path = spec(tmp_path, WEIGHTS + DATA)
    assert fault(path).split("\n") == [
        f"{path}:7: network.layers[0].weights.file: {tmp_path}/w.csv: there is no such file",
        f"{path}:9: data.file: {tmp_path}/train.csv: there is no such file",
    ]
    (tmp_path / "w.csv").mkdir()
    assert "w.csv: this is a folder" in fault(path)
    assert "neither in .npz nor in .csv" in fault(spec(tmp_path, 'weights = { file = "w.txt" }\n'))
    assert "leave array out" in fault(spec(tmp_path, 'weights = { file = "w.csv", array = "a" }\n'))


def test_text_alone_names_no_files() -> None:
    with pytest.raises(SpecError, match="cannot name files"):
        loads(SPEC + WEIGHTS)


# --- npz ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def numpy() -> Any:
    return pytest.importorskip("numpy")


NPZ = 'weights = { file = "w.npz", array = "W1" }\n'


def test_doubles_are_exactly_the_doubles(tmp_path: Path, numpy: Any) -> None:
    W = numpy.array([[0.1, 2.0], [1e-300, -0.5]])
    for array in (W, numpy.asfortranarray(W), W.astype(">f8")):
        numpy.savez(tmp_path / "w.npz", W1=array, other=numpy.zeros(3))
        assert load(spec(tmp_path, NPZ)).values["W1"] == ((F(0.1), F(2)), (F(1e-300), F(-1, 2)))
    numpy.savez_compressed(tmp_path / "w.npz", W1=numpy.array([[1, 2], [3, 4]], dtype=numpy.int8))
    assert load(spec(tmp_path, NPZ.replace(', array = "W1"', ""))).values["W1"] == ((1, 2), (3, 4))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda numpy: {"W1": numpy.array([[0.0, numpy.nan]] * 2)}, "the array holds nan or infinity"),
        (lambda numpy: {"W1": numpy.array([["a", "b"]] * 2)}, "the array holds <U1, not real numbers"),
        (lambda numpy: {"W1": numpy.array([[1j, 0]] * 2)}, "the array holds complex128, not real numbers"),
        (lambda numpy: {"W1": numpy.array([[None, 0]] * 2)}, "the array holds object, not real numbers"),
        (lambda numpy: {"W1": numpy.zeros(5_000_001, numpy.int8)}, "the array holds 5,000,001 numbers"),
        (lambda numpy: {"w1": numpy.zeros((2, 2))}, "the archive holds no array 'W1'; write 'w1' instead"),
        (lambda numpy: {}, "the archive holds no arrays"),
        (lambda numpy: {"W1": numpy.zeros((2, 3))}, "weights has 2 rows of 3, expected 2 rows of 2"),
    ],
)
def test_arrays_that_cannot_be_used(tmp_path: Path, numpy: Any, make: Any, message: str) -> None:
    numpy.savez(tmp_path / "w.npz", **make(numpy))
    assert message in fault(spec(tmp_path, NPZ))


def test_an_array_has_to_be_named_where_there_are_several(tmp_path: Path, numpy: Any) -> None:
    numpy.savez(tmp_path / "w.npz", a=numpy.zeros(2), b=numpy.zeros(2))
    assert "the archive holds a, b; write array = 'a'" in fault(spec(tmp_path, 'weights = { file = "w.npz" }\n'))


@pytest.mark.parametrize("cut", [0, 10, 200, -30])
def test_broken_archives(tmp_path: Path, numpy: Any, cut: int) -> None:
    numpy.savez(tmp_path / "w.npz", W1=numpy.zeros((2, 2)))
    whole = (tmp_path / "w.npz").read_bytes()
    (tmp_path / "w.npz").write_bytes(whole[:cut])
    assert "this is no npz archive that can be read" in fault(spec(tmp_path, NPZ))


def test_bytes_turned_in_an_archive(tmp_path: Path, numpy: Any) -> None:
    numpy.savez_compressed(tmp_path / "w.npz", W1=numpy.zeros((2, 2)))
    whole = bytearray((tmp_path / "w.npz").read_bytes())
    for k in range(len(whole)):
        turned = whole[:k] + bytes([whole[k] ^ 0xFF]) + whole[k + 1 :]
        (tmp_path / "w.npz").write_bytes(turned)
        with suppress(SpecError):  # nothing else is ever raised
            load(spec(tmp_path, NPZ))


def test_without_numpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "w.npz").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert "an npz archive needs NumPy: pip install 'symbackprop[numeric]'" in fault(spec(tmp_path, NPZ))
