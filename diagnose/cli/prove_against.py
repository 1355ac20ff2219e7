"""``diagnose prove --against OLD``: whether an edit leaves the policy what it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.folder import Pair
    from diagnose.authoring.places import Named
    from diagnose.authoring.proving.ending import Otherwise
    from diagnose.authoring.proving.equivalence import Compared, Kind

MOST_TOLD = 10
"""Kinds of difference that are told; the rest is in the JSON."""
MOST_NAMED = 4


def prove_against(
    old: str, folder: Path, handsets: Sequence[str], programme: str | None, jobs: int, as_json: bool
) -> None:
    """Compares and tells; ends the command: 0 equivalent, 1 not, 2 when a side is not fit to be compared.

    Raises:
        Unusable: when there is no such version, handset or programme.
    """
    from diagnose.authoring.diffing.sources import NoKnowledge, opened
    from diagnose.authoring.places import located, under
    from diagnose.authoring.proving import equivalence

    try:
        with opened(old, folder) as before:
            both, added, removed = _chosen(before.folder, folder, handsets, programme)
            found = list(equivalence.compared(before.folder, folder, both, jobs))
    except NoKnowledge as error:
        raise common.Unusable(str(error)) from None
    names = before.named, under(folder)
    unfit = [
        common.complain(dict.fromkeys(p for c in found for p in c.problems[i]), n)
        for i, n in enumerate(names)
    ]
    at = located(names[0]), located(names[1])
    told = equivalence.against_json(found, (added, removed), *at)
    if as_json:
        common.say_json({"against": old, **told})
    else:
        for line in _lines(old, found, added, removed, *names):
            common.tell(line)
    common.finish(2 if any(unfit) or not (both or added or removed) else int(not told["equivalent"]))


def _chosen(
    old: Path, new: Path, handsets: Sequence[str], programme: str | None
) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """The pairs that are meant: those of both versions, of the new one only, of the old one only."""
    from diagnose.authoring.folder import pairs
    from diagnose.knowledge.problems import did_you_mean

    then, now = list(pairs(old)), list(pairs(new))
    every = dict.fromkeys((*now, *then))
    for kind, asked, known in (
        ("handset", handsets, dict.fromkeys(h for h, _ in every)),
        ("programme", [programme] if programme else [], dict.fromkeys(p for _, p in every if p)),
    ):
        for name in asked:
            if name not in known:
                mend = did_you_mean(name, known)
                raise common.Unusable(f"there is no {kind} {name!r} in either version; {mend}".rstrip("; "))
    meant = [p for p in every if (not handsets or p[0] in handsets) and programme in (None, p[1])]
    if not meant and handsets:
        raise common.Unusable(
            f"{', '.join(handsets)}: not under the programme {programme!r} in either version"
        )
    return (
        [p for p in meant if p in then and p in now],
        [p for p in meant if p not in then],
        [p for p in meant if p not in now],
    )


def _lines(
    version: str,
    found: Sequence[Compared],
    added: Sequence[Pair],
    removed: Sequence[Pair],
    old: Named,
    new: Named,
) -> Iterator[str]:
    from diagnose.authoring.proving.equivalence import kinds

    every = kinds(found)
    for kind in every[:MOST_TOLD]:
        yield from _kind_lines(kind, old, new)
    if len(every) > MOST_TOLD:
        yield f"and {len(every) - MOST_TOLD} more kinds of difference (see --json)"
    for words, some in (("only here", added), (f"only in {version}", removed)):
        if some:
            yield f"{words}: {_named([_pair(p) for p in some])}"
    grouped: dict[str, list[Pair]] = {}
    for c in found:
        grouped.setdefault(_outcome(c), []).append(c.pair)
    for outcome, some in grouped.items():
        yield f"{outcome} [{_named([_pair(p) for p in some], 1)}]"
    beside = list(dict.fromkeys(part for c in found for part in c.beside))
    if beside:
        yield f"not compared here, as it is no policy: {_named(beside)} (diagnose diff tells)"
    if (
        all(c.found is not None and c.found.relation == "same" for c in found)
        and found
        and not added
        and not removed
    ):
        count = len(found)
        yield f"equivalent to {version}: {count} pair{'s' * (count != 1)} of handset and programme"


def _outcome(one: Compared) -> str:
    if one.found is None:
        return f"cannot be compared: {one.why}"
    if not one.found.combinations:
        return "the same: the rules say the same"
    same = one.found.relation == "same"
    counted = f"{one.found.different} of {one.found.combinations} combinations of facts end otherwise"
    return f"{'the same' if same else one.found.relation}: {'none' + counted[1:] if same else counted}"


def _kind_lines(kind: Kind, old: Named, new: Named) -> Iterator[str]:
    from diagnose.authoring.places import located

    difference = kind.difference
    then, now = located(old), located(new)
    first = [now(place) for _, place in difference.now] or [then(place) for _, place in difference.then]
    where = f"{first[0]}: " if first else ""
    whose = _named((_pair(p) for p in kind.pairs), 1)
    yield f"{where}{difference.what.relation}: {'; '.join(_sentences(difference.what))} [{whose}]"
    yield f"    case: {', '.join(f'{k}: {_shown(v)}' for k, v in difference.case)}"
    for word, rules, at in (("then", difference.then, then), ("now", difference.now, now)):
        for rule, place in rules:
            yield f"    {word}: {rule} ({at(place)})"


def _sentences(what: Otherwise) -> Iterator[str]:
    if what.demanded != ("", ""):
        yield f"demanded {what.demanded[0] or 'nothing'} -> {what.demanded[1] or 'nothing'}"
    if what.lost:
        yield f"no longer allowed: {_named(what.lost)}"
    if what.gained:
        yield f"now allowed: {_named(what.gained)}"
    fields = {field for field, _, _ in what.changed}
    for field, then, now in what.changed:
        if (field == "free" and "charge" in fields) or (field == "carrier" and "channel" in fields):
            continue  # it follows
        yield f"{field} {then or 'none'} -> {now or 'none'}"
    for words, dangers in zip(("no longer told", "now told"), what.danger, strict=True):
        if dangers:
            yield f"danger {words}: {', '.join(dangers)}"


def _named(names: Iterable[str], most: int = MOST_NAMED) -> str:
    some = list(names)
    more = f" and {len(some) - most} more" if len(some) > most else ""
    return ", ".join(some[:most]) + more


def _pair(pair: Pair) -> str:
    return f"{pair[0]} under {pair[1]}" if pair[1] else pair[0]


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
