"""Whatever a text holds, reading and deciding it runs nothing, ends, and stays small: sizes are checked first."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.errors import ReadError
from symbackprop.form import Form, add, div, fn, num, power, ref
from symbackprop.reader.documents import MOST_BYTES
from symbackprop.spec import load
from symbackprop.verifier.blame import judge
from symbackprop.verifier.claims import Lines, lines
from symbackprop.verifier.decide import Subject, decide, worker
from symbackprop.verifier.decide.worker import Judge
from symbackprop.verifier.glossary import Glossary, glossary

MAZUR = Path(__file__).parents[2] / "examples" / "mazur.toml"


@cache
def known() -> Glossary:
    d = sb.derive(MAZUR)
    return glossary(d.names("mazur"), d.derivation)


@pytest.fixture(scope="module")
def subject() -> Subject:
    return Subject(load(MAZUR))


def full(unit: str, before: str = "", after: str = "") -> str:
    """As large as a file may be."""
    return before + unit * ((MOST_BYTES - len(before) - len(after)) // len(unit.encode())) + after


def cell(source: object) -> dict[str, object]:
    return {"cell_type": "markdown", "source": source}


# ---- what is refused before any work ---------------------------------------------------------------------------------

TOO_LARGE = {
    "five million letters": "a" * 5_000_000,
    "a million rows": full("a=b\n"),
    "a million formulas": full("$E=w_5$ "),
    "a notebook of 300,000 formulas": json.dumps({"cells": [cell("$E=w_5$" * 10)] * 30_000}),
    "a notebook of brackets": '{"cells":' + "[" * 1_000_000,
    "a notebook of digits": '{"cells": ' + "1" * 100_000 + "}",
    "a notebook of numbers": json.dumps({"cells": [cell([1, 2])]}),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_document_that_is_too_large_is_refused(name: str) -> None:
    with pytest.raises(ReadError):
        lines(TOO_LARGE[name], known())


NOTHING_TO_JUDGE = {
    "words": full("lorem ipsum "),
    "brackets": full("["),
    "pictures": full("!["),
    "backticks": full("`"),
    "backslashes": full("\\"),
    "rules": full("~"),
    "signs": full("="),
    "a notebook with a table for text": json.dumps({"cells": [cell({"a": "b"})]}),
    "a notebook with many keys": '{"cells":[{"cell_type":"markdown","source":["x"]}],' + '"a":1,' * 100_000 + '"b":{}}',
}


@pytest.mark.parametrize("name", NOTHING_TO_JUDGE)
def test_four_megabytes_of_nothing_end(name: str) -> None:
    assert lines(NOTHING_TO_JUDGE[name], known()).claims == ()


DISPLAY = "$$E = {}$$"
UNREAD = {
    "one row of four megabytes": full("w5+", "E = ", "w5"),
    "blanks": full(" ", after="="),
    "digits": full("1", "E = "),
    "accents": full("\u0301", "E = w5"),
    "begun and never ended": full("\\begin{align}"),
    "rows of a display": full("E=w_5\\\\", "$$", "$$"),
    "roots": full("\\sqrt{", "$$E = ", "$$"),
    "braces": DISPLAY.replace("{}", "{" * 1500 + "1" + "}" * 1500),
    "parentheses": "E = " + "(" * 300 + "1" + ")" * 300,
    "left and right": DISPLAY.replace("{}", "\\left(" * 300 + "1" + "\\right)" * 300),
    "norms": DISPLAY.replace("{}", "\\|" * 700),
    "fractions": DISPLAY.replace("{}", "\\frac{1}{" * 100 + "2" + "}" * 100),
    "indices": DISPLAY.replace("{}", "w_{" * 300 + "1" + "}" * 300),
    "sums in sums": DISPLAY.replace("{}", "".join(f"\\sum_{{{v}=1}}^{{64}} " for v in "ijkmnpqr") + "w_5"),
    "an exponent of a billion": DISPLAY.replace("{}", "2^{999999999}"),
    "a number with a billion digits": "E = 1e999999999",
    "and one with as many places": "E = 1e-999999999",
    "an index of a billion": "$$w_{999999999999} = 1$$",
    "a factorial": "E = 170!",
    "a definition of itself": "$$\\def\\E{\\E} \\E = w_5$$",
    "a command of itself": "$$\\newcommand{\\x}{\\x\\x} E = \\x$$",
    "a file": "$$E = \\input{secret}$$",
    "a command to the system": "$$E = \\immediate\\write18{touch read}$$",
    "a name from letters": "$$\\csname E\\endcsname = w_5$$",
    "an import": "E = __import__('os').system('touch read')",
    "an import in a formula": "$E = __import__('os')$",
    "a lambda": "E = (lambda: exec('x'))()",
    "a template": "E = {{ cycler.__init__.__globals__.os.popen('touch read').read() }}",
    "an expression of SymPy": "E = Symbol('x').subs(x, \"exec('touch read')\")",
    "a format": "E = {0.__class__} %s %n",
    "from right to left": "E = \u202ew5\u202c",
    "no width": "E = w\u200b5 \u200d\ufeff",
    "Cyrillic": "\u0415 = \u051d5",
    "half a character": "E = \ud800w5",
    "nothing": "E = \x00w5",
    "digits of another script": "E = \u0663\u0664\u0665",
    "a letter with many accents": "\u03b4\u0308\u0308\u0308_o1 = 1",
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_cannot_be_read_is_told_and_nothing_is_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    found = lines(UNREAD[name], known())
    assert (found.claims, len(found.unread) > 0) == ((), True)
    assert all(len(u.why) < 10_000 for u in found.unread)
    assert list(tmp_path.iterdir()) == []
    assert set(sys.modules) == before


# ---- what is read, and costs too much to decide --------------------------------------------------------------------

DECIDED = {
    "a sum of a billion": ("$$E = \\sum_{i=1}^{999999999} w_5$$", "unknown"),
    "a tower": ("$$E = 9^{9^{9^{9^{9}}}}$$", "unknown"),
    "exponentials of exponentials": ("E = exp(exp(exp(exp(exp(exp(exp(exp(w1))))))))", "unknown"),
    "large powers": ("E = " + "*".join(["(w1+w2+w3+w4)^64"] * 60), "unequal"),
    "a division by 0": ("E = 1/0", "unknown"),
    "0 over 0": ("E = w5/(w5-w5)", "unknown"),
    "no logarithm": ("E = log(0) + sqrt(-1)", "unknown"),
    "a long chain": ("E = " + " = ".join(["w5"] * 300), "unequal"),
    "a product of sums": ("E = " + "*".join(["(w1+w2+w3+w4+w5+w6+w7+w8)"] * 25), "unequal"),
    "a long sum": ("E = " + "+".join(["w5*w6"] * 190), "unequal"),
}


def read(text: str) -> Lines:
    found = lines(text, known())
    assert found.claims, found.unread
    return found


@pytest.mark.parametrize("name", DECIDED)
def test_what_can_be_read_is_decided_or_unknown(name: str, subject: Subject) -> None:
    text, outcome = DECIDED[name]
    claim = read(text).claims[0]
    assert decide(subject, claim.left, claim.right, claim.free).outcome == outcome


X = ref("x", 0)


def nested(levels: int) -> Form:
    out = X
    for _ in range(levels):
        out = div(num(1), out + 1)
    return out


def test_a_form_that_is_nested_too_deeply_is_unknown(subject: Subject) -> None:
    deep = nested(5000)
    assert decide(subject, deep, X).route == "nested too deeply"
    with Judge(load(MAZUR)) as judge:
        assert judge.decide(deep, X).route == "nested too deeply"
        assert judge.decide(X, X).outcome == "equal"


def test_a_worker_that_wants_too_much_memory_is_gone_and_the_next_line_is_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("resource")
    with Judge(load(MAZUR), budget=60) as judge:
        assert judge.decide(X, X).outcome == "equal"
        judge.process.kill()
        judge.process.join()
        assert judge.decide(X, X).outcome == "unknown"  # as after the system has ended it
        assert judge.decide(X, X).outcome == "equal"


def test_a_process_is_held_to_its_memory() -> None:
    resource = pytest.importorskip("resource")
    from subprocess import run

    script = (
        "from symbackprop.verifier.decide.worker import MEMORY, limited\n"
        "limited(MEMORY)\n"
        "try:\n    bytearray(2 * MEMORY)\nexcept MemoryError:\n    print('held')"
    )
    assert resource.RLIM_INFINITY
    assert run([sys.executable, "-c", script], capture_output=True, text=True, check=False).stdout == "held\n"
    assert worker.MEMORY <= 4 * 10**9


def test_sizes_are_checked_before_a_power_is_made(subject: Subject) -> None:
    tower = num(9)
    for _ in range(6):
        tower = power(tower, num(60))
    assert decide(subject, tower, X).outcome == "unknown"
    assert decide(subject, add(*[fn("exp", num(k) * X) for k in range(20_001)]), X).outcome == "unknown"


def test_hundreds_of_divisions_are_read_and_left_open() -> None:
    (line,) = judge("E = 1/" + "/".join(["w5"] * 398), load(MAZUR)).lines
    assert line.verdict == "unknown"
