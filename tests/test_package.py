"""The package as it is handed out: what the wheel holds, what no file may say."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata

import pytest

# Places of one developer's machine, and addresses of package indexes: a lock file that names them works nowhere else.
PRIVATE = re.compile(
    rb"/wor[k]/|/roo[t]/|/hom[e]/\w|/Users[/]\w|/op[t]/|/tmp/[v]/|pypi[.]org|pythonhosted[.]org|npmjs[.]|debian[.]org|"
    rb"--(extra-)?index-ur[l]|--find-link[s]"
)


@pytest.fixture(scope="module")
def files(checkout):
    """What is tracked, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [name for name in listed.stdout.split("\0") if (checkout / name).is_file()]


@pytest.fixture(scope="module")
def built(checkout, tmp_path_factory):
    """Two folders: a wheel made from the checkout, and one made from the sdist beside it."""

    def build(*what):
        folder = tmp_path_factory.mktemp("dist")
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), *what, str(checkout)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        return folder

    return build("--wheel"), build()


def names_in(folder):
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_both_wheels_hold_every_module_and_every_template(built, files):
    expected = {name for name in files if name.startswith("symbackprop/")}
    expected |= {f"symbackprop/{name}" for name in files if name.startswith("templates/")}
    for folder in built:
        found = names_in(folder)
        assert {name for name in found if name.startswith("symbackprop/")} == expected
        assert "symbackprop/py.typed" in found
        assert any(name.endswith("licenses/LICENSE") for name in found)


def test_the_sdist_holds_what_its_own_tests_need(built):
    (sdist,) = built[1].glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "Makefile", "tests/conftest.py", "requirements/test.txt"} <= names


def test_the_version_is_said_once(checkout):
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata.version("symbackprop") == project["version"]
    said = subprocess.run(
        [sys.executable, "-c", "from symbackprop.cli import main; main()", "--version"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert project["version"] in said.stdout


def test_no_file_names_a_private_place(checkout, files):
    found = {name: PRIVATE.search((checkout / name).read_bytes()) for name in files}
    assert {name: match[0] for name, match in found.items() if match} == {}


@pytest.mark.parametrize("text", ["see /wor" + "k/main", "--index-ur" + "l x", "https://pypi" + ".org/simple"])
def test_a_private_place_would_be_found(text):
    assert PRIVATE.search(text.encode())
