"""The text of a worked solution as a function of its numbers: thousands of one topology in the time of a few.

    press = sb.derive("mazur.toml").solution(detail="brief").press("latex")
    text = press({"W1": [["0.1", "0.2"], ["0.3", "0.4"]], "b1": "0.35"})

The first solution is told with watched numbers (numeric/watched.py): its document has slots for digits, and each
decision that was taken on a number is a question with its answer.  Each block is set by the ordinary writer with
made-up digits (blocks.py), so that only digits are left to fill in.  The values of all slots and the answers to all
questions are one straight line of Python on the exact numbers (straight.py).

Other answers than any before are told anew.  What cannot be followed, or was found to differ from the ordinary way,
goes the ordinary way: the text is always that of `solution.of(values).render(format)`, byte by byte.
"""

from __future__ import annotations

from symbackprop.press.press import Press

__all__ = ["Press"]
