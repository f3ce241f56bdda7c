"""The older convention: δ = (t − y)f′ is minus the derivative, and Δw = +ηδz goes down all the same.

The same text is read once more with −∂E/∂z for every δ.  A text that defines its δ so, and uses it so, is right.
"""

from __future__ import annotations

from dataclasses import replace

from symbackprop.form import Form, neg, replaced, walk
from symbackprop.verifier.claims import Claim
from symbackprop.verifier.glossary import Glossary
from symbackprop.verifier.meaning import Meaning, Pattern
from symbackprop.verifier.report import Judged

MINUS = "−"  # in front of a quantity's name, while a text is read
FAULTS = ("wrong", "arithmetic")


def turned(names: Glossary) -> Glossary:
    """The glossary in which each name of an adjoint (δ, not ∂E/∂z) is marked."""
    return replace(
        names,
        exact={key: _meaning(m) for key, m in names.exact.items()},
        patterns={base: [_pattern(p) for p in rows] for base, rows in names.patterns.items()},
        words={word: m if word.startswith("d") and "/" in word else _meaning(m) for word, m in names.words.items()},
    )


def _meaning(m: Meaning) -> Meaning:
    return m._replace(form=Form("adjoint", (MINUS + m.form.name, *m.form.at))) if m.form.op == "adjoint" else m


def _pattern(p: Pattern) -> Pattern:
    return p._replace(head=(MINUS + p.head[0], *p.head[1:])) if p.op == "adjoint" else p


def plain(claim: Claim) -> Claim:
    """The claim with −∂E/∂z where δ stands."""
    head = None if claim.head is None else _plain(claim.head)
    return replace(claim, left=_plain(claim.left), right=_plain(claim.right), head=head)


def _plain(form: Form) -> Form:
    def minus(f: Form) -> Form | None:
        if not _marked(f):
            return None
        return neg(Form("adjoint", (f.name.removeprefix(MINUS), *f.at)))

    return replaced(form, minus)


def _marked(f: Form) -> bool:
    return f.op == "adjoint" and f.name.startswith(MINUS)


def speaks(claims: tuple[Claim, ...]) -> bool:
    """Whether a δ stands somewhere."""
    return any(_marked(f) for c in claims for side in (c.left, c.right) for f in walk(side))


def better(read: tuple[Claim, ...], by_descent: list[Judged], by_ascent: list[Judged]) -> bool:
    """Whether the writer keeps to this convention: a δ is defined so and used so, and fewer lines are wrong."""
    if sum(j.verdict in FAULTS for j in by_ascent) >= sum(j.verdict in FAULTS for j in by_descent):
        return False
    mended = [
        claim
        for claim, before, now in zip(read, by_descent, by_ascent, strict=True)
        if before.verdict not in ("ok", "rounding") and now.verdict in ("ok", "rounding")
    ]
    defined = any(_marked(c.head or c.left) for c in mended)
    used = any(_marked(f) for c in mended if not _marked(c.head or c.left) for f in walk(c.right))
    return defined and used
