"""Templates: where they lie, the sandbox that fills them in, and how each format makes text inert.

A template is handed strings, numbers, lists and dicts and nothing else (`plain`). Whatever it prints goes through
the one escape function of its format, unless it is `Ready`: markup of that format already, made by a writer, by a
macro, or by a block of the template itself. So nobody can forget to escape.
"""

from __future__ import annotations

import html
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError
from jinja2.filters import FILTERS, do_indent
from jinja2.sandbox import ImmutableSandboxedEnvironment

from symbackprop.errors import Place, TemplateFault

# --- escapes: any text in, inert markup out --------------------------------------------------------------------

# Zero-width joiners stay, since Persian and Indic names need them; noncharacters and half surrogates no file can hold.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAK = re.compile("\r\n|[\t-\r\x1c-\x1f\x85\u2028\u2029]")


def plain_text(text: str) -> str:
    """One line of what prints: a line break is a blank, and control and direction characters are gone."""
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub("", _BREAK.sub(" ", text))


def html_text(text: str) -> str:
    """For HTML and SVG, between tags and in quoted attributes."""
    return html.escape(plain_text(text), quote=True)


_SYMBOLS = (
    "αalpha βbeta γgamma δdelta εvarepsilon ζzeta ηeta θtheta ιiota κkappa λlambda μmu νnu ξxi πpi ρrho σsigma τtau "
    "υupsilon φvarphi χchi ψpsi ωomega ΓGamma ΔDelta ΘTheta ΛLambda ΞXi ΠPi ΣSigma ΥUpsilon ΦPhi ΨPsi ΩOmega "
    "∂partial ∇nabla ∑sum ∏prod √surd ⊙odot ∈in ∞infty ℓell ⋅cdot ≤leq ≥geq ≠neq ≈approx ⇒Rightarrow"
).split()

# `"` is a shorthand in some of babel's languages; brackets and stars would be arguments after \\ and \item.
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
        "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "`": r"\textasciigrave{}", "<": r"\textless{}",
        ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"{\char34}", "[": "{[}", "]": "{]}", "*": "{*}",
        "′": r"\ensuremath{'}", "−": r"\ensuremath{-}", "ᵀ": r"\textsuperscript{T}", "\u202f": "~", "\u200d": "",
    }
    | {symbol[0]: rf"\ensuremath{{\{symbol[1:]}}}" for symbol in _SYMBOLS}
    | {digit: rf"\textsubscript{{{value}}}" for value, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")}
    | {digit: rf"\textsuperscript{{{value}}}" for value, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
)  # fmt: skip


def latex_text(text: str) -> str:
    """For LaTeX text. Greek letters and common signs come out under pdflatex too, and `--` is two hyphens."""
    return re.sub(r"([-',])(?=\1)|([!?])(?=\\textasciigrave)", r"\g<0>{}", plain_text(text).translate(_LATEX))


def typst_text(text: str) -> str:
    """For Typst markup, where a backslash takes the meaning from any sign; `.`, `(` and `;` have one only in places."""
    return re.sub(r"[\\#$*_`<>@\[\]=+/~\"'-]|(?<![^\d.])\.|^[(;]", r"\\\g<0>", plain_text(text))


def typst_string(text: str) -> str:
    """A string literal of Typst's code, as `alt:` wants one."""
    return '"' + re.sub(r'[\\"]', r"\\\g<0>", plain_text(text)) + '"'


# GitHub looks for @names, #numbers, addresses and :emoji: in the finished page, where a backslash no longer helps:
# an empty comment parts them. Its own advice for a dollar that is no formula is a span.
_APART = re.compile(r"(?<=@)(?=\S)|(?<=#)(?=\\?\w)|(?<=:)(?=//|[-+\w\\]+:)|(?<=www)(?=\.)|(?<=gh-)(?=\d)", re.I)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": r"<span>\$</span>"})


def markdown_text(text: str) -> str:
    """For Markdown as GitHub reads it, in a paragraph, heading, list or table, at the start of a line too."""
    one_blank = re.sub(" +", " ", plain_text(text))
    signs = re.sub(r"[\\`*_\[\]~|#]|^ ?(?:[-+=:]|\d+[.)])|!$", _backslash, one_blank)
    return _APART.sub("<!-- -->", signs.translate(_ENTITIES))


def _backslash(match: re.Match[str]) -> str:
    """The last sign of what was found is the one that opens markup."""
    return match[0][:-1] + "\\" + match[0][-1]


ESCAPES: dict[str, Callable[[str], str]] = {
    "latex": latex_text,
    "markdown": markdown_text,
    "typst": typst_text,
    "html": html_text,
    "office": html_text,
    "svg": html_text,
    "text": plain_text,
}

# Braces are LaTeX's own, so its templates write \VAR{x}, \BLOCK{if x} and \#{a remark}.
_DELIMITERS: dict[str, dict[str, str]] = {
    "latex": {
        "variable_start_string": r"\VAR{", "variable_end_string": "}",
        "block_start_string": r"\BLOCK{", "block_end_string": "}",
        "comment_start_string": r"\#{", "comment_end_string": "}",
    },
}  # fmt: skip


# --- the sandbox -----------------------------------------------------------------------------------------------


class Ready(str):
    """Text that is markup of its format already, and is printed as it stands."""

    __slots__ = ()


_SINGLE = frozenset((str, Ready, bool, int, float, type(None)))


def plain(data: object, path: str = "data") -> Any:
    """The data, copied, if a sandbox may hold it; an object with methods of its own would be a way out of it."""
    if type(data) in _SINGLE:
        return data
    if type(data) in (list, tuple):
        items = cast(Iterable[object], data)
        return [x if type(x) in _SINGLE else plain(x, f"{path}[{index}]") for index, x in enumerate(items)]
    if type(data) is dict and all(type(key) is str for key in data):
        return {key: x if type(x) in _SINGLE else plain(x, f"{path}.{key}") for key, x in data.items()}
    kind = "dict with other keys than strings" if type(data) is dict else type(data).__name__
    raise TypeError(f"{path}: a template takes strings, numbers, lists and dicts, not a {kind}")


_PACKAGED = Path(__file__).parent / "templates"  # in an installed wheel
_CHECKOUT = Path(__file__).parent.parent / "templates"


def templates_folder() -> Path:
    """Where the built-in templates lie."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


# What a template may call: nothing that undoes an escape (`safe`, `replace`) or makes markup of another format.
_FILTERS = (
    "abs batch capitalize default dictsort first groupby int items last length list lower map max min reject "
    "rejectattr reverse round select selectattr slice sort sum trim unique upper"
).split()
_GLOBALS = ("range", "namespace")


class _Code(CodeGenerator):
    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: object) -> None:  # noqa: N802  # Jinja calls it so
        """Refused: what such a block makes of escaped text is printed past the escape (`reverse` would undo it)."""
        self.fail("filter blocks are not for templates: filter the value itself", node.lineno)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with the escape of one format at its only exit."""

    code_generator_class = _Code

    # Macros, `set` blocks, `caller()` and `super()` join what has been escaped already.
    concat = staticmethod(lambda parts: Ready("".join(parts)))

    def __init__(self, format: str, folders: list[Path]) -> None:
        built_in = FileSystemLoader(folders[-1])
        super().__init__(
            **_DELIMITERS.get(format, {}),
            # The second name lets a user's template extend the very one that it replaces.
            loader=ChoiceLoader([FileSystemLoader(folders), PrefixLoader({"built-in": built_in})]),
            finalize=self.printed,
            autoescape=False,  # Jinja's own knows HTML alone; `printed` escapes
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.folders = folders
        self.escape = ESCAPES[format]
        self.globals = {name: self.globals[name] for name in _GLOBALS}
        self.filters = {name: FILTERS[name] for name in _FILTERS} | {"join": self.join, "indent": indent}
        if format == "typst":
            self.filters["string"] = lambda text: Ready(typst_string(text))

    def printed(self, value: object) -> str:
        """What stands in the document for a value; numbers are best worded before, in the reader's language."""
        if isinstance(value, Ready):
            return value
        text = str(value)  # an undefined name says so here
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return self.escape(text)
        raise TypeError(f"a {type(value).__name__} is no text to print")

    def join(self, parts: Iterable[object], separator: str = "") -> Ready:
        return Ready(self.printed(separator).join(map(self.printed, parts)))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`derivation.values` is the entry of that name, not the dict's method."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: Any) -> None:
        """No str.format: its result would be as Ready as the text that it fills in."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("str.format is not for templates: write the parts one after the other")

    def fill(self, name: str, data: Mapping[str, object]) -> Ready:
        """The template of this name, filled in."""
        given = plain(dict(data))
        try:
            return cast(Ready, self.get_template(name).render(given))
        except TemplateSyntaxError as error:
            place = Place(error.filename or name, error.lineno)
            raise TemplateFault(error.message or "cannot be read", place) from error
        except TemplateNotFound as error:
            raise TemplateFault(f"there is no template {error.message!r}", self.place(error, name)) from error
        except Exception as error:  # the data is plain, so whatever fails in here is the template's doing
            raise TemplateFault(f"{type(error).__name__}: {error}", self.place(error, name)) from error

    def place(self, error: Exception, name: str) -> Place:
        """Where in a template it happened: Jinja puts its lines into the traceback, among those of Python files."""
        lines = [
            Place(frame.filename, frame.lineno)
            for frame in traceback.extract_tb(error.__traceback__)
            if not frame.filename.endswith(".py") and any(map(Path(frame.filename).is_relative_to, self.folders))
        ]
        return lines[-1] if lines else Place(name)


def indent(text: str, width: int = 4, first: bool = False) -> str:
    """Jinja's own, but what was Ready stays so."""
    return type(text)(do_indent(text, width, first))


def environment(format: str, folder: Path | None = None) -> Sandbox:
    """The sandbox of a format. A file in the user's folder stands before the built-in one of the same relative name."""
    if folder is not None and not folder.is_dir():
        raise TemplateFault("there is no such folder of templates", Place(str(folder)))
    return Sandbox(format, [templates_folder()] if folder is None else [folder, templates_folder()])
