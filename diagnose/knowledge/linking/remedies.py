"""Remedies, and all that goes with a verdict: channels, charges, promises, wrap-up, costs."""

from __future__ import annotations

import re
from typing import Any, cast

from ..merge import Entry
from ..model import VERDICTS, Alert, Channel, Charge, Costs, Promise, Remedy, Trial, WrapUp
from ..source import Node
from .context import Linking
from .nodes import flag, items, number, prices, text, verdicts

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}?")


def remedy(link: Linking, entry: Entry) -> Remedy | None:
    """A remedy; None when how often it cures is not known."""
    node = entry.node
    trial: Trial | None = None
    written = node.get("try")
    if written is not None:
        cures = link.frequency(written.entries["cures"])
        if cures is None:
            return None
        check = _check(link, written.get("check"))
        ends_call = flag(written, "ends_call") or bool(check and link.symptoms[check].ends_call)
        trial = Trial(number(written, "seconds"), cures.p, check, ends_call)
    classes = [link.fault_class(item) for item in items(node.get("cures"))]
    return Remedy(
        entry.id,
        cast(Any, node.entries["verdict"].value),
        text(node.get("name")),
        text(node.get("say")),
        number(node, "euros"),
        tuple(text(n) for n in items(node.get("steps"))),
        tuple(text(n) for n in items(node.get("prepare"))),
        trial,
        tuple(dict.fromkeys(c for c in classes if c)),
        link.needs.get(("remedies", entry.id), ()),
        link.source(entry),
        entry.origin,
    )


def _check(link: Linking, node: Node | None) -> str:
    """The symptom that is the same act as a try; empty when there is none here."""
    symptom = link.symptoms.get(link.reference("symptoms", node))
    if node is None or symptom is None:
        return ""
    if symptom.answer("yes") is None or symptom.answer("no") is None:
        mend = "name a symptom whose answers are yes and no: yes is that the try worked"
        link.complain(node.place, "K402", f"{symptom.id!r} is not answered by yes or no", mend)
        return ""
    return symptom.id


def promise(link: Linking, entry: Entry) -> Promise | None:
    """A promise; None when its words cannot be filled in."""
    node = entry.node
    fine = True
    for words in node.entries["say"].entries.values():
        for name in _PLACEHOLDER.findall(str(words.value)):
            if name not in ("day", "hour"):
                fine = False
                message = f"{{{name}}} is not filled in"
                link.complain(words.place, "K423", message, "there are {day} and {hour}")
    if not fine:
        return None
    given = {k: str(n.value) for k in ("by", "cut_off") if (n := node.get(k)) is not None}
    days = int(number(node, "days"))
    return Promise(entry.id, text(node.get("say")), days, **given, origin=entry.origin)


def wrap_up(link: Linking, entry: Entry) -> WrapUp | None:
    """A line of the wrap-up; None when it goes with remedies or channels of which none is here."""
    node = entry.node
    only = {section: link.references(section, node.get(section)) for section in ("remedies", "channels")}
    # with none of its list left it would be taken to go with all
    if any(items(node.get(section)) and not ids for section, ids in only.items()):
        return None
    return WrapUp(
        entry.id,
        text(node.get("text")),
        verdicts(node),
        **only,
        promised=flag(node, "promised"),
        needs=link.needs.get(("wrap_up", entry.id), ()),
        origin=entry.origin,
    )


def costs(link: Linking) -> Costs:
    """The prices, in euros."""
    plain: dict[str, Any] = {}
    for name, price in link.merged.costs.items():
        if isinstance(price, Node):
            plain[name] = float(cast(float, price.value))
        elif name == "remedies":
            for id_, node in price.items():
                if id_ not in link.merged.known["remedies"]:
                    link.unknown("remedies", id_, node.place)
            plain[name] = prices((k, n) for k, n in price.items() if k in link.present["remedies"])
        else:
            plain[name] = prices((v, price[v]) for v in VERDICTS if v in price)
    return Costs(**plain)


def alert(_link: Linking, entry: Entry) -> Alert:
    """An alert."""
    node, severity = entry.node, entry.node.get("severity")
    return Alert(
        entry.id,
        text(node.get("say")),
        text(node.get("do")),
        "danger" if severity is None else cast(Any, severity.value),
        entry.origin,
    )


def channel(_link: Linking, entry: Entry) -> Channel:
    """A channel."""
    node = entry.node
    name, say = text(node.get("name")), text(node.get("say"))
    return Channel(entry.id, name, flag(node, "carrier"), verdicts(node), say, entry.origin)


def charge(_link: Linking, entry: Entry) -> Charge:
    """A charge."""
    node = entry.node
    return Charge(entry.id, text(node.get("name")), flag(node, "free"), text(node.get("say")), entry.origin)
