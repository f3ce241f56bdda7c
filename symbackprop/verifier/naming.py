"""A written name to the entry that it means: by its symbol, by a pattern with letters for indices, by its layer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symbackprop.errors import ReadError
from symbackprop.form import Form, same
from symbackprop.reader.array import Tree
from symbackprop.verifier import definitions
from symbackprop.verifier.meaning import Meaning, Pattern, written
from symbackprop.verifier.scripts import LAYER, affine, split

if TYPE_CHECKING:
    from symbackprop.verifier.resolve import Resolver


MOST_OPTIONS = 64


class Choice(Exception):
    """A name leaves open which of several entries it means."""

    def __init__(self, key: tuple[str, str, str], options: int) -> None:
        self.key, self.options = key, options


class Layer(Exception):
    """A letter stands for a layer: the line holds for each."""

    def __init__(self, letter: str) -> None:
        self.letter = letter


class NoSuchLayer(ReadError):
    """A layer that the network does not have."""


def layered(r: Resolver, base: str, sub: str, sup: str, tree: Tree) -> None:
    """A digit above a name that has layers is a layer, never a power."""
    every = sups(r, base)
    layer = LAYER.fullmatch(sup)
    if layer and any(s.isdigit() for s in every) and "" not in every:
        raise NoSuchLayer(f"{written(base, sub, sup)}: there is no such entry in a layer {sup}")


def sups(r: Resolver, base: str) -> frozenset[str]:
    return r.glossary.supers.get(base, frozenset())


def named(r: Resolver, base: str, sub: str, sup: str, tree: Tree) -> Meaning | None:
    """The entry of that name, by its symbol, or by a pattern with letters for indices."""
    if base in r.glossary.words and not sub and not sup:
        return r.glossary.words[base]
    if found := definitions.meant(r, base, sub, sup, tree):
        return found
    if (base, sub, sup) in r.glossary.exact:
        return r.glossary.exact[base, sub, sup]
    sups = dict.fromkeys((sup, *in_layer(r, base, sup)))
    for above in sups:
        if (base, sub, above) in r.glossary.exact:
            return r.glossary.exact[base, sub, above]
    for above in sups:
        sample = re.search(r"\[([^]]*)\]$", above)
        stem = above[: sample.start()] if sample else above
        for pattern in r.glossary.patterns.get(base, ()):
            if pattern.sample == bool(sample) and (pattern.above or pattern.sup == stem):
                found = matched(r, pattern, sub, stem, sample[1] if sample else "", tree)
                if found:
                    return found
    return None if sup else short(r, base, sub, tree)


def in_layer(r: Resolver, base: str, sup: str) -> list[str]:
    """The superscript with its layer as a number, and as this notation writes it: (l), l+1, [2]."""
    sample = re.search(r"\[[^]]*\]$", sup)
    stem, rest = (sup[: sample.start()], sample[0]) if sample and sample.start() else (sup, "")
    found = LAYER.fullmatch(stem)
    if not found:
        return []
    letter, shift, number = found.groups()
    if letter == "L":
        layer = r.glossary.layers
    elif letter:
        if letter not in r.layers:
            raise Layer(letter)
        layer = r.layers[letter]
    else:
        layer = int(number)
    layer += int(shift or 0)
    out = [f"{layer}{rest}", f"({layer}){rest}"]
    if (letter or shift) and not set(out) & sups(r, base):
        known = {s.partition("[")[0] for s in sups(r, base)}
        if not {str(layer), f"({layer})"} & known:
            if layer == r.glossary.layers or (base, "", "") in r.glossary.exact:
                return [*out, ""]  # y of the last layer has no number
            raise NoSuchLayer(f"there is no {base} in a layer {layer}")
    return out


def matched(
    r: Resolver, p: Pattern, sub: str, sup: str, sample: str, tree: Tree, turned: bool = False
) -> Meaning | None:
    parts, higher = split(sub, len(p.sub)), split(sup, len(p.above)) if p.above else []
    if parts is None or higher is None:
        return None
    if turned:
        parts = parts[::-1]
    at = list(p.defaults) or [""] * len(p.runs)
    if p.sample:
        at[0] = sample
    for want, text in zip((*p.sub, *p.above), (*parts, *higher), strict=True):
        if isinstance(want, int):
            at[want] = text
        elif want != text:
            return None
    where = []
    for text, run in zip(at, p.runs, strict=True):
        i = affine(text)
        if i is None:
            return None
        if not i.terms and isinstance(run.size, int) and not 0 <= i.const < run.size:
            return None
        fixed = r.glossary.letters.get(i.variables[0]) if i.terms else None
        if fixed not in (None, run.of):
            return matched(r, p, sub, sup, sample, tree, True) if len(parts) == 2 and not turned else None
        where.append(i)
    for i, run in zip(where, p.runs, strict=True):
        if len(i.terms) == 1 and i.terms[0][0] == 1:  # of 2l and i + k the axis does not say how far l goes
            r.register(i.terms[0][1], run, tree)
    return Meaning(Form(p.op, (*p.head, *where)))


def short(r: Resolver, base: str, sub: str, tree: Tree) -> Meaning | None:
    """A name without its layer: the one that there is, or a question."""
    key = (base, sub, "")
    options: list[Meaning | Pattern] = list(r.glossary.of_any_layer.get((base, sub), ()))
    if sub and not options:
        options += [p for p in r.glossary.patterns.get(base, ()) if not p.sample and fits(r, p, sub)]
    if len(options) > 1 and key not in r.choices:
        raise Choice(key, min(len(options), MOST_OPTIONS))
    one = options[r.choices.get(key, 0)] if options else None
    return matched(r, one, sub, "", "", tree) if isinstance(one, Pattern) else one


def fits(r: Resolver, p: Pattern, sub: str) -> bool:
    """Whether a pattern could hold these indices, letters of a class of their own in their places."""
    parts = split(sub, len(p.sub))
    if parts is None:
        return False
    texts = [(t, p.runs[w]) for w, t in zip(p.sub, parts, strict=True) if isinstance(w, int)]
    if any(w != t for w, t in zip(p.sub, parts, strict=True) if isinstance(w, str)):
        return False
    places = [affine(t) for t, _ in texts]
    if None in places or any(re.match(r"\d+[A-Za-z]", t) for t, _ in texts):
        return False  # without a layer, 3j is no multiple but two indices: δ_3j
    classes = [r.glossary.letters.get(t, run.of) for t, run in texts]
    return sorted(classes) == sorted(run.of for _, run in texts)


def kronecker(r: Resolver, base: str, sub: str, sup: str, tree: Tree) -> Meaning | None:
    """δ_{ij}, beside an error δ_j"""
    parts = split(sub, 2) if base == "delta" and not sup else None
    if parts is None:
        return None
    i, j = map(affine, parts)
    if i is None or j is None:
        return None
    for v, w in ((i.variable, j.variable), (j.variable, i.variable)):
        if v in r.letters and w:
            r.register(w, r.letters[v], tree)
    return Meaning(same(i, j))


def unknown(r: Resolver, base: str, sub: str, sup: str, tree: Tree) -> ReadError:
    name, near = written(base, sub, sup), r.glossary.near(base, sub, sup)
    hint = f"near it: {', '.join(near)}" if near else f"say first what it stands for, {name} = …"
    return r.fault(tree, f"no quantity is called {name}; {hint}")
