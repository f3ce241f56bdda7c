"""A missing system package skips a test, and fails it in CI."""

import system

pytest_plugins = ["pytester"]

NEEDY = """
    from system import needs

    @needs("no-such-program")
    def test_that_needs_it():
        pass
"""


def outcome(pytester, monkeypatch, checkout, ci):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setitem(system.PACKAGES, "no-such-program", "no-such-package")
    pytester.makeconftest((checkout / "tests/conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers = needs(*things)")
    pytester.makepyfile(NEEDY)
    return pytester.runpytest("-ra")


def test_a_test_skips_and_says_what_it_lacks(pytester, monkeypatch, checkout):
    result = outcome(pytester, monkeypatch, checkout, ci="")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines("*no-such-program missing: apt-get install no-such-package*")


def test_in_ci_that_is_a_failure(pytester, monkeypatch, checkout):
    result = outcome(pytester, monkeypatch, checkout, ci="true")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("*no-such-program missing: apt-get install no-such-package*")


def test_one_message_names_every_package_once(monkeypatch):
    monkeypatch.setattr(system, "PACKAGES", {"no-such-a": "both", "no-such-b": "both", "python3": "python3"})
    assert system.missing(("no-such-a", "no-such-b", "python3")) == (
        "no-such-a, no-such-b missing: apt-get install both"
    )


def test_a_consumer_is_there_when_its_environment_has_been_made(monkeypatch, tmp_path):
    monkeypatch.setattr(system, "ENVIRONMENTS", tmp_path)
    (tmp_path / "anki").mkdir()
    system.present.cache_clear()
    assert system.missing(("anki", "otter")) == "anki, otter missing: make test-consumers"
    (tmp_path / "anki/made-1").touch()
    system.present.cache_clear()
    assert system.missing(("anki", "otter")) == "otter missing: make test-consumers"
    system.present.cache_clear()


def test_large_packages_are_installed_for_who_names_them_only(monkeypatch):
    assert set(system.PACKAGES) > system.LARGE
    assert "auto-multiple-choice" not in system.usual()
