"""The server.py of a question folder: draws one of its variants from the seed, grades, and says what a mistake was."""

import hashlib
import json
from pathlib import Path
from typing import Any

from symbackprop.exams.formats.carried import is_near, is_same


def drawn(folder: Path, seed: int | str) -> dict[str, Any]:
    """Each seed has its variant: the same one each time, and each one equally likely."""
    files = sorted(folder.glob("*.json"))
    index = int(hashlib.sha256(str(seed).encode()).hexdigest(), 16) % len(files)
    variant: dict[str, Any] = json.loads(files[index].read_text(encoding="utf-8"))
    return variant


def generate(data: dict[str, Any]) -> None:
    variant = drawn(Path(data["options"]["question_path"]) / "serverFilesQuestion", data["variant_seed"])
    data["correct_answers"].update(variant.pop("keys"))
    data["params"].update(variant)


def grade(data: dict[str, Any]) -> None:
    """Numbers and formulas are graded here, choices and orders by their elements; what is wrong is told."""
    said = []
    for part in data["params"]["parts"]:
        name = part["name"]
        answer = data["submitted_answers"].get(name)
        if part["number"] or part["words"]:
            score = 1.0 if right(part, data["correct_answers"][name], answer) else 0.0
            data["partial_scores"][name] = {"score": score, "weight": part["weight"]}
        if data["partial_scores"].get(name, {}).get("score", 0) < 1:
            told = next((text for wrong, text in part["wrong"] if matches(part, wrong, answer)), part["otherwise"])
            if told:
                said.append({"label": part["label"], "html": told})
    data["feedback"]["said"] = said
    weights = {part["name"]: part["weight"] for part in data["params"]["parts"]}
    earned = sum(weights[name] * data["partial_scores"].get(name, {}).get("score", 0) for name in weights)
    data["score"] = earned / sum(weights.values())


def right(part: dict[str, Any], key: float | str, answer: object) -> bool:
    return any(matches(part, text, answer) for text in [key, *part["also"]])


def matches(part: dict[str, Any], text: float | str, answer: object) -> bool:
    """Whether it is this number, to the tolerance, or this formula."""
    if part["number"]:
        return isinstance(answer, int | float) and is_near(answer, str(text), part["number"]["tolerance"])
    return isinstance(answer, str) and is_same(answer, [str(text)])
