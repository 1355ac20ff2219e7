"""One call as a customer or a court can read it: JSON, or a page that stands alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

from rich.console import Console

from diagnose.consultation.call import Editions, in_force
from diagnose.consultation.events import PERSONAL, Event, HandedOver, Identified, Noted, to_json
from diagnose.knowledge.catalogue import full_name
from diagnose.knowledge.model import KnowledgeBase, Text
from diagnose.record.personal import REDACTED
from diagnose.record.printable import clean
from diagnose.record.reading import Recording
from diagnose.record.replay import last_verdict, revision_of
from diagnose.record.showing import happened, last_moment, likely, verdict_line
from diagnose.record.verify import Checked, call_json

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """A call, the knowledge it was made on (none: ids stand for words), and whether it is intact.

    ``personal``: whether what is personal is shown.
    """

    recording: Recording
    knowledge: Editions
    checked: Checked
    personal: bool = True


def export_json(export: Export) -> Json:
    """Everything that was recorded, with the check of it, as plain JSON values."""
    whole = export.recording
    return {
        "file": whole.path.name,
        "head": whole.head,
        "events": [to_json(event if export.personal else public(event)) for event in whole.events],
        "trace": list(whole.entries),
        "verdict": last_verdict(whole.events, whole.entries),
        "marks": list(whole.marks),
        "seal": whole.seal,
        "check": {**call_json(export.checked), "file": whole.path.name},
    }


def public(event: Event) -> Event:
    """The event without what is personal in it."""
    field = PERSONAL.get(type(event), "")
    changes: Json = {field: REDACTED} if getattr(event, field, "") else {}
    return replace(event, **changes)


WORDS: dict[str, Text] = {
    "title": Text.of(en="Record of a call", fr="Relevé d'un appel"),
    "call": Text.of(en="Call", fr="Appel"),
    "handset": Text.of(en="Handset", fr="Appareil"),
    "programme": Text.of(en="Programme", fr="Programme"),
    "opened": Text.of(en="Opened", fr="Début"),
    "ended": Text.of(en="Last entry", fr="Dernière inscription"),
    "operator": Text.of(en="Operator", fr="Opérateur"),
    "desk": Text.of(en="Desk", fr="Poste"),
    "product": Text.of(en="Recorded by", fr="Enregistré par"),
    "revision": Text.of(en="Knowledge", fr="Connaissances"),
    "seal": Text.of(en="Seal", fr="Sceau"),
    "time": Text.of(en="Time", fr="Heure"),
    "what": Text.of(en="What happened", fr="Ce qui s'est passé"),
    "why": Text.of(en="What followed", fr="Ce qui s'ensuit"),
    "rules": Text.of(en="rules", fr="règles"),
    "verdict": Text.of(en="Verdict", fr="Verdict"),
    "state": Text.of(en="State of this record", fr="État de ce relevé"),
    "intact": Text.of(
        en="Intact: every line fits its hash and the one before it, the seal fits the call.",
        fr="Intact : chaque ligne correspond à son empreinte et à la précédente, le sceau à l'appel.",
    ),
    "proven": Text.of(
        en="The reasoning was derived again from the answers and came out the same.",
        fr="Le raisonnement a été refait à partir des réponses et donne le même résultat.",
    ),
    "signed": Text.of(en="Signed by {name}.", fr="Signé par {name}."),
    "unsigned": Text.of(en="Not signed.", fr="Non signé."),
    "redacted": Text.of(
        en="{n} personal values were redacted; that does not touch the record.",
        fr="{n} données personnelles ont été retirées ; le relevé n'en est pas affecté.",
    ),
    "not-intact": Text.of(en="NOT INTACT", fr="NON INTACT"),
    "how": Text.of(
        en="The probabilities are what the knowledge of that day gave for the answers up to that line.",
        fr="Les probabilités sont celles que les connaissances du jour donnaient pour les réponses reçues.",
    ),
}

PAGE = """<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ words.title }} {{ call }}</title>
<style>
body { font: 16px/1.5 Georgia, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #111; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; border-bottom: 2px solid #111; }
td { vertical-align: top; border-bottom: 1px solid #ccc; padding: .3rem .6rem .3rem 0;
     overflow-wrap: anywhere; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.small { font-size: .85rem; color: #444; }
.alert { font-weight: bold; border-left: .3rem solid #a00; padding-left: .5rem; }
.verdict { font-size: 1.1rem; border: 2px solid #111; padding: .6rem 1rem; }
.bad { border: 2px solid #a00; padding: .6rem 1rem; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
</style>
</head>
<body>
<h1>{{ words.title }} {{ call }}</h1>
<dl>{% for name, value in facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
<h2>{{ words.verdict }}</h2>
<p class="verdict">{{ verdict }}</p>
<h2>{{ words.what }}</h2>
<table>
<thead><tr><th scope="col">{{ words.time }}</th><th scope="col">{{ words.what }}</th>
<th scope="col">{{ words.why }}</th></tr></thead>
<tbody>
{% for row in rows %}<tr><td class="time">{{ row.time }}</td>
<td>{{ row.what }}{% for alert in row.alerts %}<div class="alert">{{ alert }}</div>{% endfor %}</td>
<td class="small">{{ row.front }}{% if row.rules %}<br>{{ words.rules }}: {{ row.rules }}{% endif %}</td></tr>
{% endfor %}</tbody>
</table>
<p class="small">{{ words.how }}</p>
<h2>{{ words.state }}</h2>
{% if findings %}<div class="bad"><strong>{{ words["not-intact"] }}</strong>
<ul>{% for finding in findings %}<li>{{ finding }}</li>{% endfor %}</ul></div>
{% endif %}<ul>{% for line in state %}<li>{{ line }}</li>{% endfor %}</ul>
</body>
</html>
"""


def export_page(export: Export, language: str) -> str:
    """A page of HTML that needs nothing else: no script, no network, whatever was recorded escaped."""
    from jinja2 import Environment, StrictUndefined

    words = {key: text.say(language) for key, text in WORDS.items()}
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(PAGE)
    whole, checked = export.recording, export.checked
    opened = whole.opened
    return template.render(
        language=language,
        words=words,
        call=clean(opened.call if opened else whole.path.name),
        facts=_facts(export, words, language),
        verdict=_plain(
            verdict_line(
                _last(export),
                last_verdict(whole.events, whole.entries),
                language,
                last_moment(whole.events),
            )
        ),
        rows=_rows(export, language),
        findings=[clean(f"{f.place.line}: {f.code} {f.message}") for f in checked.findings],
        state=_state(checked, words),
    )


def _facts(export: Export, words: dict[str, str], language: str) -> list[tuple[str, str]]:
    whole, kb, opened = export.recording, _last(export), export.recording.opened
    if opened is None:
        return []
    programme = kb.programme.name.say(language) if kb and kb.programme else opened.programme
    facts = [
        (words["handset"], full_name(kb.handset.brand, kb.handset.name) if kb else opened.handset),
        (words["programme"], programme or ""),
        (words["opened"], opened.at),
        (words["ended"], whole.events[-1].at),
        (words["operator"], opened.operator),
        (words["desk"], opened.desk),
        (words["product"], opened.product),
        (words["revision"], revision_of(whole)),
        (words["seal"], str((whole.seal or {}).get("hash", ""))),
    ]
    return [(name, clean(value)) for name, value in facts if value]


def _rows(export: Export, language: str) -> list[Json]:
    whole = export.recording
    audience = whole.opened.audience if whole.opened else "consumer"
    rows: list[Json] = []
    alerted: set[str] = set()
    bases = in_force(export.knowledge, whole.events) if export.knowledge else repeat(None, len(whole.events))
    for event, entry, kb in zip(whole.events, whole.entries, bases, strict=True):
        alerts = [a for a in _list(entry.get("alerts")) if isinstance(a, str) and a not in alerted]
        alerted.update(alerts)
        fired = [str(f.get("rule")) for f in _list(entry.get("fired")) if isinstance(f, dict)]
        shown = event if export.personal else public(event)
        said = happened(kb, shown, language, audience)
        if isinstance(shown, (Identified, Noted, HandedOver)):  # the step-by-step view names these only
            said = f"{said} {getattr(shown, PERSONAL[type(shown)])}"
        known = [kb.alerts[a].say.say(language, audience) if kb and a in kb.alerts else a for a in alerts]
        rows.append(
            {
                "time": clean(event.at.replace("T", " ")),
                "what": clean(said),
                "alerts": [clean(a) for a in known],
                "front": likely(kb, entry, language),
                "rules": clean(", ".join(fired)),
            }
        )
    return rows


def _last(export: Export) -> KnowledgeBase | None:
    """The knowledge that the call ended on."""
    return export.knowledge[-1] if export.knowledge else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _state(checked: Checked, words: dict[str, str]) -> list[str]:
    lines = [words["intact"]] if checked.state == "intact" else []
    if checked.proven:
        lines.append(words["proven"])
    lines.append(words["signed"].format(name=clean(checked.signer)) if checked.signer else words["unsigned"])
    if checked.redacted:
        lines.append(words["redacted"].format(n=checked.redacted))
    return lines


def _plain(line: object) -> str:
    """The line without the word in front of it, which the page has as a title."""
    console = Console(width=10_000, color_system=None)
    with console.capture() as captured:
        console.print(line, soft_wrap=True)
    return captured.get().partition(":")[2].strip()
