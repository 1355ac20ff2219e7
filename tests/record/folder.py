"""A small knowledge folder: a telephone that does not ring, and who answers for it."""

from __future__ import annotations

import textwrap
from pathlib import Path

FILES = {
    "words.yaml": """
        kind: words
        source: estimate
        frequencies: {always: 0.98, usually: 0.85, often: 0.60, sometimes: 0.30, rarely: 0.08, never: 0.01}
        answer_sets:
          yes_no: {yes: {en: "Yes", fr: "Oui"}, no: {en: "No", fr: "Non"}}
        classes:
          use: {name: {en: Use, fr: Usage}, sound: true}
          hardware: {name: {en: Hardware, fr: Matériel}}
        """,
    "families/gsm.yaml": """
        kind: family
        name: {en: GSM, fr: GSM}
        source: estimate
        symptoms:
          no_ring:
            kind: complaint
            seconds: 8
            background: never
            formerly: [silent_ring]
            ask: {en: "Does it fail to ring?", fr: "La sonnerie est-elle muette ?"}
          mute_icon:
            kind: observation
            seconds: 10
            background: rarely
            ask: {en: "Is there a crossed-out bell?", fr: "Y a-t-il une cloche barrée ?"}
          hazard:
            kind: safety
            seconds: 8
            background: never
            ask: {en: "Is it hot or swollen?", fr: "Est-il brûlant ou gonflé ?"}
          proof:
            kind: entitlement
            seconds: 8
            background: usually
            ask: {en: "Is there a proof of purchase?", fr: "Y a-t-il une preuve d'achat ?"}
        faults:
          silenced:
            name: {en: Ringer off, fr: Sonnerie coupée}
            per_1000: 50
            class: use
            remedy: unmute
            shows: {no_ring: usually, mute_icon: usually}
          ringer_dead:
            name: {en: Ringer broken, fr: Sonnerie en panne}
            per_1000: 20
            class: hardware
            remedy: swap
            shows: {no_ring: always, mute_icon: never}
        remedies:
          unmute:
            verdict: advice
            name: {en: Switch the ringer on, fr: Remettre la sonnerie}
            say: {en: Switch the ringer on., fr: Remettez la sonnerie.}
            try: {seconds: 30, cures: usually}
            euros: 0
          swap:
            verdict: exchange
            name: {en: Exchange, fr: Échange}
            say: {en: We exchange it., fr: Nous l'échangeons.}
            euros: 65
        alerts:
          hot: {severity: danger, say: {en: Put it down., fr: Posez-le.}, do: {en: Wait., fr: Attendez.}}
        channels:
          phone: {name: {en: On the phone, fr: Au téléphone}, verdicts: [advice]}
          carrier: {name: {en: Carrier, fr: Transporteur}, carrier: true, verdicts: [exchange, repair]}
          technician: {name: {en: Technician, fr: Technicien}, verdicts: [visit]}
        charges:
          free: {name: {en: Free, fr: Gratuit}, free: true}
        rules:
          danger-first:
            when: {no_ring: yes}
            then: {ask: [hazard]}
            because: {en: Safety comes first., fr: La sécurité d'abord.}
          hot-phone:
            when: {hazard: yes}
            then: {alert: hot}
            because: {en: It may burn., fr: Il peut brûler.}
        costs: {talk_per_hour: 36, wrong: {advice: 25, repair: 35, exchange: 45, visit: 50}}
        """,
    "programmes/desk.yaml": """
        kind: programme
        name: {en: The desk, fr: Le bureau}
        source: estimate
        """,
    "handsets/acme-one.yaml": """
        kind: handset
        brand: Acme
        name: One
        extends: gsm
        programmes: [desk]
        source: estimate
        """,
}


def write_folder(root: Path) -> Path:
    """The folder, written below ``root``."""
    folder = root / "knowledge"
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip(), "utf-8")
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replaces a text that must be there."""
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
