"""The pictures of a dense network in words: what their captions and their alternative texts say."""

from __future__ import annotations

from symbackprop import language as said
from symbackprop.document import Figure
from symbackprop.figures import layout
from symbackprop.figures.labels import words
from symbackprop.figures.layout import BIAS, Layout
from symbackprop.form import Form, ref
from symbackprop.readings.names import Names


def network(names: Names, language: str) -> Figure | None:
    """The whole network; None where layout.layout has none."""
    plan = layout.layout(names)
    if plan is None:
        return None
    last = len(plan.widths) - 1
    told = [_sizes("dense.network", plan, language)]
    if plan.labelled:
        told += [_link(plan, language, link) for link in plan.links if link[0] <= last]
    else:
        told.append(said.text(language, "dense.unlabelled"))
    if any(None in row for row in plan.rows):
        told.append(said.text(language, "dense.left-out"))
    outputs = ", ".join(_word(plan.label(last, unit)) for unit in plan.units(last))
    told.append(said.text(language, "dense.error", outputs=outputs, error=_error(names)))
    key = "caption.network" if plan.labelled else "caption.wide-network"
    return layout.network(plan, said.say(language, key), " ".join(told))


def paths(names: Names, entry: Form, language: str) -> Figure | None:
    """The ways from one weight or bias, W2[j, i] or b2[j]; a shared bias, b2, acts by every unit of its layer."""
    plan = layout.layout(names)
    if plan is None:
        return None
    kind, layer = names.kind(entry.name)
    last, shared = len(plan.widths) - 1, kind == "shared"
    into, out_of = (*(i.const for i in entry.at), *([BIAS] if kind == "bias" else [])) if not shared else (0, BIAS)
    plan = plan.with_focus((layer, into), *([(layer - 1, out_of)] if out_of != BIAS else []))
    fed = layer if shared else min(layer + 1, last + 1)
    through = [(fed, unit) for unit in plan.units(fed)] if fed <= last else [(layer, into)]
    count = plan.widths[fed] if fed <= last else 1
    parameter = names.spelled(ref(entry.name, *entry.at))
    slots = {"entry": _word(parameter), "error": _error(names), "count": str(count)}
    told = [_sizes("dense.paths", plan, language, **slots)]
    if not shared and fed <= last:
        told.append(said.text(language, "dense.feeds", entry=_word(parameter), unit=_word(plan.label(layer, into))))
    for k, (at, unit) in enumerate(through, 1):
        by, came = _word(plan.label(at, unit)), _word(plan.delta(at, unit))
        told.append(said.text(language, "dense.way", number=k, unit=by, delta=came))
    if any(None in row for row in plan.rows):
        told.append(said.text(language, "dense.left-out"))
    several = {"count": said.counted(language, count)} if count > 1 else {}
    key = "ways.several" if several else "ways.only"
    caption = said.say(language, key, entry=parameter, error=names.spelled(ref(names.graph.error)), **several)
    return layout.paths(plan, layer, into, out_of, caption, " ".join(told))


def _sizes(key: str, plan: Layout, language: str, **more: str) -> str:
    return said.text(language, key, sizes=", ".join(map(str, plan.widths)), **more)


def _link(plan: Layout, language: str, link: layout.Link) -> str:
    layer, into, out_of = link
    source = "1" if out_of == BIAS else _word(plan.label(layer - 1, out_of))
    slots = {"weight": _word(plan.weight(*link)), "source": source, "target": _word(plan.label(layer, into))}
    return said.text(language, "dense.link", **slots)


def _error(names: Names) -> str:
    return _word(names.spelled(ref(names.graph.error)))


def _word(form: Form) -> str:
    return words(form) or ""
