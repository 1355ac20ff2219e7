"""How a call may end in two knowledge bases on the same facts, and what of it is not the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from diagnose.knowledge.model import KnowledgeBase, Scalar
from diagnose.reasoning.policy import Ruling

from .judge import outcome_fields

Relation = Literal["same", "wider", "narrower", "otherwise"]
"""Of all ways in which the new one lets a call end to those of the old one."""

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """All that is open to a call: remedy -> verdict, channel, charge, promise and what these are.

    ``danger``: the alerts of danger given, and the class in front where it is one of danger.
    """

    ways: tuple[tuple[str, Fields], ...]
    demanded: str
    danger: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What is not the same. ``changed``: of remedies allowed in both, the field, its value then and now.

    ``demanded``: then and now, empty where nothing is. ``danger``: what is no longer told, and what now is.
    """

    relation: Relation
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    demanded: tuple[str, str] = ("", "")
    changed: tuple[tuple[str, str, str], ...] = ()
    danger: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def ending_of(kb: KnowledgeBase, ruling: Ruling, alerts: frozenset[str]) -> Ending:
    """What the ruling comes to for every remedy that it allows."""
    by_verdict: dict[str, Fields] = {}
    ways = []
    for remedy in kb.remedies.values():
        if remedy.id not in ruling.allowed:
            continue
        if remedy.verdict not in by_verdict:
            fields = outcome_fields(kb, ruling, remedy)
            fields["promise"] = _promise(kb, str(fields["promise"]))
            del fields["remedy"]
            by_verdict[remedy.verdict] = tuple((name, _shown(value)) for name, value in fields.items())
        ways.append((remedy.id, by_verdict[remedy.verdict]))
    class_ = kb.classes.get(ruling.fault_class or "")
    front = (f"class {class_.id}",) if class_ is not None and class_.danger else ()
    return Ending(tuple(ways), ruling.required, (*(f"alert {a}" for a in sorted(alerts)), *front))


def otherwise(then: Ending, now: Ending) -> Otherwise | None:
    """What is not the same; None when all is."""
    if then == now:
        return None
    before, after = dict(then.ways), dict(now.ways)
    lost = tuple(sorted(r for r in before if r not in after))
    gained = tuple(sorted(r for r in after if r not in before))
    changed = {
        (name, value, dict(after[r])[name])
        for r, fields in before.items()
        if r in after
        for name, value in fields
        if dict(after[r])[name] != value
    }
    demanded = (then.demanded, now.demanded) if then.demanded != now.demanded else ("", "")
    unheard = tuple(d for d in then.danger if d not in now.danger)
    heard = tuple(d for d in now.danger if d not in then.danger)
    if not (lost or gained or changed or unheard or heard or demanded != ("", "")):
        return None  # the same in another order
    relation: Relation = "otherwise"
    if not (changed or unheard or heard) and bool(lost) is not bool(gained):
        relation = "narrower" if lost else "wider"
    return Otherwise(relation, lost, gained, demanded, tuple(sorted(changed)), (unheard, heard))


def _promise(kb: KnowledgeBase, name: str) -> str:
    """A promise with what is promised, so that another date of the same name is not the same."""
    promise = kb.promises.get(name)
    if promise is None:
        return name
    return f"{name} ({promise.days} working days, by {promise.by}, ordered by {promise.cut_off})"


def _shown(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
