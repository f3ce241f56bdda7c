"""Files appear whole or not at all, and what cannot be written is named."""

from __future__ import annotations

import pytest
from sample_document import document

import symbackprop.writers.pdf as pdf
from symbackprop.errors import MissingExtra, OutputError, TemplateFault
from symbackprop.writers import WRITERS, render, write
from symbackprop.writers.files import file_name, placed


def test_formats_lie_side_by_side(tmp_path):
    paths = write(document(), ["markdown", "latex", "typst"], tmp_path / "new" / "folder", "x")
    assert [path.name for path in paths] == ["x.md", "x-paths.svg", "x.tex", "x.typ"]
    assert "](x-paths.svg)" in paths[0].read_text(encoding="utf-8")
    assert sorted(path.name for path in paths[0].parent.iterdir()) == sorted(path.name for path in paths)


def test_a_stem_with_blanks_is_a_link_all_the_same(tmp_path):
    text = write(document(), ["markdown"], tmp_path, "my net (1)")[0].read_text(encoding="utf-8")
    assert "](my%20net%20%281%29-paths.svg)" in text


def test_on_its_own_markdown_holds_its_pictures():
    assert "](data:image/svg+xml;base64," in str(render(document(), "markdown"))


def test_a_second_run_replaces_the_first(tmp_path):
    placed(tmp_path / "x.md", "old")
    placed(tmp_path / "x.md", "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


def test_a_folder_in_the_way_is_named(tmp_path):
    (tmp_path / "x.md").mkdir()
    with pytest.raises(OutputError, match=r"x\.md: there is something else than a file"):
        write(document(), ["markdown"], tmp_path, "x")


def test_a_file_where_the_folder_should_be_is_named(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match=r"out.*cannot be written"):
        write(document(), ["latex"], tmp_path / "out", "x")


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(30, "Read-only file system")])
def test_a_read_only_folder_is_named(tmp_path, monkeypatch, error):
    """Root may write everywhere, so the system's answer is put in its mouth."""

    def refuse(self, mode):
        raise error

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(OutputError, match=rf"x\.tex.*{error.strerror}"):
        write(document(), ["latex"], tmp_path, "x")


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OutputError, match=r"x\.tex.*No space left on device"):
        write(document(), ["latex"], tmp_path, "x")
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_unless_every_format_can_be_made(tmp_path):
    with pytest.raises(OutputError, match="no format is called 'doc'"):
        write(document(), ["latex", "doc"], tmp_path, "x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stem", ["", ".", "..", "a/b", "a\\b", "a\0"])
def test_a_stem_stays_in_its_folder(stem):
    with pytest.raises(OutputError):
        file_name(stem)


def test_a_picture_stays_in_its_folder():
    assert file_name("x", "../../up") == "x-..-..-up"


def test_without_typst_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    pdf._compiler.cache_clear()
    try:
        with pytest.raises(MissingExtra, match=r"symbackprop\[pdf\]"):
            render(document(), "pdf")
    finally:
        pdf._compiler.cache_clear()


def test_a_template_of_ones_own_replaces_the_built_in_one(tmp_path):
    (tmp_path / "latex").mkdir()
    (tmp_path / "latex" / "document.tex.j2").write_text(r"\VAR{title} & \VAR{blocks | length}")
    assert render(document(), "latex", tmp_path) == "Two steps of Mazur's example & 16"


def test_what_a_broken_typst_template_gives_is_its_fault(tmp_path):
    pytest.importorskip("typst")
    (tmp_path / "typst").mkdir()
    (tmp_path / "typst" / "document.typ.j2").write_text("#let")
    with pytest.raises(TemplateFault, match="Typst cannot read"):
        render(document(), "pdf", tmp_path)


def test_suffixes_are_different():
    assert len({row.suffix for row in WRITERS.values()}) == len(WRITERS)
