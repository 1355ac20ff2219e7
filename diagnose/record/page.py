"""The page of one call for a customer or a court: it stands alone, and what was recorded is escaped in it."""

from __future__ import annotations

from datetime import datetime
from itertools import repeat
from typing import Any

from diagnose.consultation.call import in_force
from diagnose.consultation.events import PERSONAL, HandedOver, Identified, Noted
from diagnose.knowledge.catalogue import full_name
from diagnose.knowledge.model import KnowledgeBase, Text
from diagnose.reasoning.spoken import spoken_date, spoken_hour
from diagnose.record import showing
from diagnose.record.export import Export, closing_of, public
from diagnose.record.findings import CODES, Checked, Finding
from diagnose.record.printable import clean
from diagnose.record.replay import last_verdict, revision_of

Json = dict[str, Any]

WORDS: dict[str, Text] = {
    "title": Text.of(en="Record of a call", fr="Relevé d'un appel"),
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
    "verdict": Text.of(en="Verdict", fr="Verdict"),
    "none": Text.of(en="none was given", fr="aucun n'a été rendu"),
    "remedy": Text.of(en="What is done", fr="Ce qui est fait"),
    "channel": Text.of(en="How", fr="Par quel moyen"),
    "charge": Text.of(en="Who pays", fr="Qui paie"),
    "promise": Text.of(en="Promised by", fr="Promis pour"),
    "decided": Text.of(en="Decided by", fr="Décidé par"),
    "operator-himself": Text.of(
        en="the operator himself, for the reason that stands below",
        fr="l'opérateur lui-même, pour le motif indiqué plus bas",
    ),
    "not-given": Text.of(
        en="The record does not say that this verdict was given to the caller.",
        fr="Le relevé ne dit pas que ce verdict a été donné à l'appelant.",
    ),
    "closing": Text.of(en="Said to the caller at the end", fr="Dit à l'appelant à la fin"),
    "read-out": Text.of(
        en="The words that the operator had before him to read out when, at {time}, he recorded that the "
        "verdict was given.",
        fr="Les mots que l'opérateur avait sous les yeux pour les lire quand, à {time}, il a enregistré que "
        "le verdict était donné.",
    ),
    "state": Text.of(en="State of this record", fr="État de ce relevé"),
    "intact": Text.of(
        en="Intact: every line fits its hash and the one before it, the seal fits the call.",
        fr="Intact : chaque ligne correspond à son empreinte et à la précédente, le sceau à l'appel.",
    ),
    "open": Text.of(
        en="The call was not ended yet: nothing seals it.",
        fr="L'appel n'était pas encore terminé : rien ne le scelle.",
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
    "line": Text.of(en="line {n}", fr="ligne {n}"),
    "how": Text.of(
        en="The probabilities are what the knowledge of that day gave for the answers up to that line; they "
        "stand where they changed, with the rules that came to hold.",
        fr="Les probabilités sont celles que les connaissances du jour donnaient pour les réponses reçues ; "
        "elles figurent là où elles ont changé, avec les règles qui se sont appliquées.",
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
td { vertical-align: top; border-bottom: 1px solid #ccc; padding: .3rem .8rem .3rem 0;
     overflow-wrap: anywhere; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
ul.rules { margin: .2rem 0 0; padding-left: 1.1rem; }
.small { font-size: .85rem; color: #444; }
.alert { font-weight: bold; border-left: .3rem solid #a00; padding-left: .5rem; }
.verdict { font-size: 1.1rem; border: 2px solid #111; padding: .6rem 1rem; }
blockquote { margin: 1rem 0; border-left: .3rem solid #111; padding: .1rem 1rem; }
blockquote p { margin: .4rem 0; }
.bad { border: 2px solid #a00; padding: .6rem 1rem; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print { body { margin: 0; max-width: none; } tr, blockquote { break-inside: avoid; } }
</style>
</head>
<body>
<h1>{{ words.title }} {{ call }}</h1>
{% if findings %}<div class="bad"><strong>{{ words["not-intact"] }}</strong>
<ul>{% for finding in findings %}<li>{{ finding }}</li>{% endfor %}</ul></div>
{% endif %}<dl>{% for name, value in facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
<h2>{{ words.verdict }}</h2>
<dl class="verdict">{% for name, value in verdict %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
{% if closing %}<h2>{{ words.closing }}</h2>
<blockquote lang="{{ closing.language }}">{% for line in closing.lines %}<p>{{ line }}</p>
{% endfor %}</blockquote>
<p class="small">{{ closing.note }}</p>
{% elif verdict|length > 1 %}<p class="small">{{ words["not-given"] }}</p>
{% endif %}<h2>{{ words.what }}</h2>
<table>
<thead><tr><th scope="col">{{ words.time }}</th><th scope="col">{{ words.what }}</th>
<th scope="col">{{ words.why }}</th></tr></thead>
<tbody>
{% for row in rows %}<tr><td class="time">{{ row.time }}</td>
<td>{{ row.what }}{% for alert in row.alerts %}<div class="alert">{{ alert }}</div>{% endfor %}</td>
<td class="small">{{ row.front }}{% if row.rules %}<ul class="rules">{% for rule in row.rules %}
<li>{{ rule }}</li>{% endfor %}</ul>{% endif %}</td></tr>
{% endfor %}</tbody>
</table>
<p class="small">{{ words.how }}</p>
<h2>{{ words.state }}</h2>
<ul>{% for line in state %}<li>{{ line }}</li>{% endfor %}</ul>
</body>
</html>
"""


def export_page(export: Export, language: str) -> str:
    """A page of HTML that needs nothing else: no script, no network. ``language``: en or fr."""
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
        verdict=_verdict(export, words, language),
        closing=_closing(export, words),
        rows=_rows(export, language),
        findings=[_finding(f, words, language) for f in checked.findings if f.code != "V113"],
        state=_state(checked, words),
    )


def _finding(finding: Finding, words: dict[str, str], language: str) -> str:
    """What is wrong, in English with all that the check says of it."""
    detail = f" ({finding.message})" if language == "en" else ""
    where = words["line"].format(n=finding.place.line)
    return clean(f"{where}: {finding.code}, {CODES[finding.code].say(language)}{detail}")


def _facts(export: Export, words: dict[str, str], language: str) -> list[tuple[str, str]]:
    whole, kb, opened = export.recording, export.ended_on, export.recording.opened
    if opened is None:
        return []
    programme = kb.programme.name.say(language) if kb and kb.programme else opened.programme
    facts = [
        (words["handset"], full_name(kb.handset.brand, kb.handset.name) if kb else opened.handset),
        (words["programme"], programme or ""),
        (words["opened"], _date_and_time(opened.at, language)),
        (words["ended"], _date_and_time(whole.events[-1].at, language)),
        (words["operator"], opened.operator),
        (words["desk"], opened.desk),
        (words["product"], opened.product),
        (words["revision"], revision_of(whole)),
        (words["seal"], str((whole.seal or {}).get("hash", ""))),
    ]
    return [(name, clean(value)) for name, value in facts if value]


def _verdict(export: Export, words: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The verdict by its parts; the day in full, for who reads this on another."""
    whole, kb = export.recording, export.ended_on
    verdict = last_verdict(whole.events, whole.entries)
    if verdict is None:
        return [(words["verdict"], words["none"])]
    kind = showing.word(str(verdict.get("kind")), language)
    said = [(words["verdict"], f"{kind[:1].upper()}{kind[1:]}")]
    for part, section in (
        ("remedy", kb.remedies if kb else {}),
        ("channel", kb.channels if kb else {}),
        ("charge", kb.charges if kb else {}),
    ):
        name = verdict.get(part)
        if name and not (part == "charge" and verdict.get("kind") == "advice"):
            known = section.get(name) if isinstance(name, str) else None
            text = getattr(known, "name", None)
            said.append((words[part], text.say(language) if text else str(name)))
    when = _moment(verdict.get("promise"))
    if when is not None:
        said.append(
            (words["promise"], f"{spoken_date(when.date(), language)}, {spoken_hour(when, language)}")
        )
    if verdict.get("overruled"):
        said.append((words["decided"], words["operator-himself"]))
    return [(name, clean(value)) for name, value in said]


def _closing(export: Export, words: dict[str, str]) -> Json | None:
    said = closing_of(export)
    if said is None:
        return None
    opened = export.recording.opened
    return {
        "language": clean(said.language),
        "lines": [clean(line) for line in said.lines],
        "note": words["read-out"].format(time=_time(said.at, opened.at if opened else "")),
    }


def _rows(export: Export, language: str) -> list[Json]:
    whole = export.recording
    audience = whole.opened.audience if whole.opened else "consumer"
    first = whole.opened.at if whole.opened else ""
    rows: list[Json] = []
    alerted: set[str] = set()
    front = ""
    bases = in_force(export.knowledge, whole.events) if export.knowledge else repeat(None, len(whole.events))
    for event, entry, kb in zip(whole.events, whole.entries, bases, strict=True):
        alerts = [a for a in _list(entry.get("alerts")) if isinstance(a, str) and a not in alerted]
        alerted.update(alerts)
        fired = [str(f.get("rule")) for f in _list(entry.get("fired")) if isinstance(f, dict)]
        shown = event if export.personal else public(event)
        said = showing.happened(kb, shown, language, audience)
        if isinstance(shown, (Identified, Noted, HandedOver)):  # the step-by-step view names these only
            said = f"{said} {getattr(shown, PERSONAL[type(shown)])}"
        known = [kb.alerts[a].say.say(language, audience) if kb and a in kb.alerts else a for a in alerts]
        before, front = front, showing.likely(kb, entry, language) or front
        rows.append(
            {
                "time": _time(event.at, first),
                "what": clean(said),
                "alerts": [clean(a) for a in known],
                "front": front if front != before else "",
                "rules": [clean(_rule(kb, rule, language)) for rule in fired],
            }
        )
    return rows


def _rule(kb: KnowledgeBase | None, rule: str, language: str) -> str:
    """Why a rule is there, and its id."""
    known = next((r for r in kb.rules if r.id == rule), None) if kb else None
    because = known.because.say(language).strip() if known else ""
    return f"{because} [{rule}]" if because else rule


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _moment(at: object) -> datetime | None:
    try:
        return datetime.fromisoformat(at) if isinstance(at, str) else None
    except ValueError:
        return None


def _date_and_time(at: str, language: str) -> str:
    """A time of the desk with its date and offset; one that is none as it is."""
    when = _moment(at)
    if when is None:
        return at
    zone = f" (UTC{when.isoformat()[19:]})" if when.tzinfo else ""
    return f"{spoken_date(when.date(), language)}, {when:%H:%M:%S}{zone}"


def _time(at: str, first: str) -> str:
    """The hour alone on the day of the opening; else all of it."""
    same = at[:11] == first[:11] and at[19:] == first[19:]
    return clean(at[11:19] if same else at.replace("T", " "))


def _state(checked: Checked, words: dict[str, str]) -> list[str]:
    lines = [words[checked.state]] if checked.state in ("intact", "open") else []
    if checked.proven:
        lines.append(words["proven"])
    lines.append(words["signed"].format(name=clean(checked.signer)) if checked.signer else words["unsigned"])
    if checked.redacted:
        lines.append(words["redacted"].format(n=checked.redacted))
    return lines or [words["not-intact"]]
