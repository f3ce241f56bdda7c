"""A small PrairieLearn: Mustache, the elements that our pages have, and server.py run by a bare Python.

Elements are held to their documentation: their attributes, no name and no choice twice, who grades what.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import lxml.html

# element: attributes it must have, attributes it may have, children it may have
ELEMENTS = {
    "pl-question-panel": (set(), set(), None),
    "pl-submission-panel": (set(), set(), None),
    "pl-answer-panel": (set(), set(), None),
    "pl-figure": ({"file-name"}, {"width", "type", "directory", "inline", "alt"}, set()),
    "pl-number-input": (
        {"answers-name"},
        {"weight", "correct-answer", "label", "suffix", "display", "comparison", "rtol", "atol", "digits",
         "allow-complex", "show-help-text", "size", "show-correct-answer", "allow-fractions", "allow-blank",
         "blank-value", "custom-format", "placeholder", "show-score", "aria-label"},
        set(),
    ),
    "pl-string-input": (
        {"answers-name"},
        {"weight", "correct-answer", "label", "aria-label", "suffix", "display", "remove-leading-trailing",
         "remove-spaces", "allow-blank", "ignore-case", "placeholder", "size", "show-help-text", "normalize-to-ascii",
         "show-score", "multiline"},
        set(),
    ),
    "pl-multiple-choice": (
        {"answers-name"},
        {"weight", "number-answers", "order", "display", "hide-letter-keys", "none-of-the-above", "all-of-the-above",
         "hide-score-badge", "allow-blank", "size", "placeholder", "aria-label"},
        {"pl-answer"},
    ),
    "pl-order-blocks": (
        {"answers-name"},
        {"source-blocks-order", "grading-method", "indentation", "source-header", "solution-header", "file-name",
         "solution-placement", "max-incorrect", "min-incorrect", "weight", "inline", "max-indent", "feedback",
         "partial-credit", "format", "code-language", "allow-blank"},
        {"pl-answer"},
    ),
}  # fmt: skip
ANSWER = {
    "pl-multiple-choice": (set(), {"score", "correct", "feedback"}),
    "pl-order-blocks": ({"ranking"}, {"correct", "tag", "ranking", "indent", "distractor-feedback", "distractor-for"}),
}
INFO = {"uuid", "type", "title", "topic", "tags"}
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

RUN = """
import json, sys
data, names = json.load(sys.stdin)
space = {}
exec(compile(open("server.py", encoding="utf-8").read(), "server.py", "exec"), space)
for name in names:
    space[name](data)
json.dump(data, sys.stdout)
"""


def mustache(template: str, *context: Any) -> str:
    """Sections, {{escaped}} and {{{raw}}} values, dotted names."""

    def found(name: str) -> Any:
        first, *more = name.split(".")
        value = next((c[first] for c in reversed(context) if isinstance(c, dict) and first in c), None)
        for step in more:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def section(match: re.Match[str]) -> str:
        value = found(match[1])
        many = value if isinstance(value, list) else [value] if value else []
        return "".join(mustache(match[2], *context, one) for one in many)

    def put(match: re.Match[str]) -> str:
        value = found(match[1] or match[2])
        text = "" if value is None else str(value)
        return text if match[1] else html.escape(text)

    out, place = [], 0
    for block in re.finditer(r"\{\{#([\w.]+)\}\}\n?(.*?)\{\{/\1\}\}\n?", template, re.S):
        out += [re.sub(r"\{\{\{([\w.]+)\}\}\}|\{\{([\w.]+)\}\}", put, template[place : block.start()]), section(block)]
        place = block.end()
    return "".join([*out, re.sub(r"\{\{\{([\w.]+)\}\}\}|\{\{([\w.]+)\}\}", put, template[place:])])


class Folder:
    """A question folder with one variant drawn."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.data: dict[str, Any] = {
            "variant_seed": seed, "params": {}, "correct_answers": {}, "submitted_answers": {}, "partial_scores": {},
            "feedback": {}, "format_errors": {}, "score": 0, "options": {"question_path": str(path)},
        }  # fmt: skip
        self.run("generate")
        self.elements = self.checked()
        for element in self.elements.values():
            self.prepare(element)

    def run(self, *names: str) -> None:
        """-I: neither the checkout nor an installed package is in sight of it, unless the tests' Python has it."""
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", RUN], cwd=self.path, input=json.dumps([self.data, names]),
            capture_output=True, encoding="utf-8",
        )  # fmt: skip
        assert not done.returncode, done.stderr
        self.data = json.loads(done.stdout)

    def page(self) -> lxml.html.HtmlElement:
        text = mustache((self.path / "question.html").read_text(encoding="utf-8"), self.data)
        return lxml.html.fragment_fromstring(text, create_parent="div")

    def checked(self) -> dict[str, lxml.html.HtmlElement]:
        """The elements that ask, by the names of their answers."""
        out: dict[str, lxml.html.HtmlElement] = {}
        for element in self.page().iter():
            if not str(element.tag).startswith("pl-") or element.tag == "pl-answer":
                continue
            must, may, children = ELEMENTS[element.tag]
            assert must <= set(element.attrib) <= must | may, (element.tag, element.attrib)
            assert children is None or {child.tag for child in element} <= children
            if element.tag == "pl-figure":
                assert (self.path / "clientFilesQuestion" / element.get("file-name")).is_file()
            for child in element if element.tag in ANSWER else ():
                must, may = ANSWER[element.tag]
                assert must <= set(child.attrib) <= must | may
            name = element.get("answers-name")
            assert name not in out
            if name:
                assert name not in self.data["params"], "PrairieLearn keeps choices there"
                assert re.fullmatch("[1-9][0-9]*", element.get("weight"))
                out[name] = element
        return out

    def prepare(self, element: lxml.html.HtmlElement) -> None:
        name, children = element.get("answers-name"), list(element)
        if element.tag == "pl-multiple-choice":
            texts = [
                lxml.html.tostring(child, encoding="unicode", with_tail=False).split(">", 1)[1] for child in children
            ]
            assert len(set(texts)) == len(texts), "a choice twice"
            rows = [
                {"key": k, "html": text, "feedback": c.get("feedback"), "score": float(c.get("correct") == "true")}
                for k, text, c in zip("abcdefgh", texts, children, strict=False)
            ]
            self.data["params"][name] = rows
            (self.data["correct_answers"][name],) = (row for row in rows if row["score"] == 1)
        if element.tag == "pl-order-blocks":
            assert element.get("grading-method") == "ranking"
            assert all(child.get("correct") == "true" for child in children)
            self.data["correct_answers"][name] = sorted(int(child.get("ranking")) for child in children)
        if element.tag == "pl-number-input":
            assert element.get("comparison") == "relabs"
            assert float(element.get("rtol")) == 0 < float(element.get("atol"))

    def graded(self, answers: dict[str, Any]) -> dict[str, Any]:
        """What comes of answers: elements grade first, then server.py."""
        self.data |= {"submitted_answers": answers, "partial_scores": {}, "feedback": {}, "score": 0}
        for name, element in self.elements.items():
            self.data["partial_scores"][name] = self.judged(element, answers.get(name))
        self.run("grade")
        return self.data

    def judged(self, element: lxml.html.HtmlElement, answer: Any) -> dict[str, Any]:
        name, weight = element.get("answers-name"), int(element.get("weight"))
        key = self.data["correct_answers"][name]
        score, feedback = 0.0, None
        if element.tag == "pl-multiple-choice":
            row = next((row for row in self.data["params"][name] if row["key"] == answer), None)
            score, feedback = (row["score"], row["feedback"]) if row else (0.0, None)
        elif element.tag == "pl-number-input":
            score = float(answer is not None and abs(answer - key) <= float(element.get("atol")))
        else:
            score = float(answer == key)
        return {"score": score, "weight": weight} | ({"feedback": feedback} if feedback is not None else {})
