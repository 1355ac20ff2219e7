"""Signs and answers as a layman says them: from the phrases that the knowledge understands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from diagnose.knowledge.model import KnowledgeBase, Language
from diagnose.reasoning.spoken import spoken_date

# The phrases are there to be recognised, so some have no subject: nobody says those to somebody else.
_SUBJECT = {
    "fr": re.compile(
        r"(?:je|il|elle|on|ça|les|la|le|mon|ma|mes|une?|des|aucune?|personne|rien|tout|depuis|quand|cet?|cette"
        r"|quelqu'un|[jlc]'\w+)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:i|i'm|i've|it|it's|my|the|an?|there|there's|nobody|no one|people|some\w*|every\w*|nothing|they"
        r"|you|when|since|all|this|that|we|callers?|others?)\b",
        re.IGNORECASE,
    ),
}
_MENDS = {
    "fr": (
        (re.compile(r"(?:n[e']|s[e']|affiche|charge|demande|dit|fonctionne|marche|redémarre|veut)\b"), "il "),
        (re.compile(r"(?:bloqué|lié|verrouillé)\b"), "il est "),
        (re.compile(r"bon\b"), "c'est "),
        (re.compile(r"bien\b"), "ça va "),
    ),
    "en": (
        (
            re.compile(
                r"(?:asks|charges|comes|cuts|dies|does|doesn't|drops|eats|goes|keeps|never|only works|says"
                r"|searches|shuts|stops|switches|turns|wants|won't|works)\b"
            ),
            "it ",
        ),
        (re.compile(r"(?:fine|good|locked|stuck)\b"), "it's "),
        (re.compile(r"can't\b"), "I "),
    ),
}
"""How a phrase begins, and the words that make a sentence of it."""


def sayable(phrases: Sequence[str], language: Language) -> tuple[str, ...]:
    """Those of the phrases that can be said to somebody, with a subject where it is easily added."""
    whole = tuple(p for p in phrases if _SUBJECT[language].match(p))
    if whole:
        return whole
    mended = (
        f"{words}{phrase}" for phrase in phrases for start, words in _MENDS[language] if start.match(phrase)
    )
    return tuple(mended) or tuple(phrases)


def phrases_of(kb: KnowledgeBase, symptom: str, answer: str, language: Language) -> tuple[str, ...]:
    """How laymen put an answer to a symptom; none where nobody has written any."""
    known = kb.symptoms[symptom].answer(answer)
    return sayable(dict(known.said).get(language, ()), language) if known else ()


def read_off(words: str) -> str:
    """An answer as it stands on the screen, as one would say it: one wording, nothing in brackets."""
    plain = re.sub(r"\s*\([^)]*\)", "", words).split(" / ")[0].strip()
    # an initial is small within a sentence, but not that of an abbreviation
    return plain[:1].lower() + plain[1:] if plain[1:2].islower() else plain


def day(when: str, language: Language) -> str:
    """A day as it is said: "1er mars 1998"."""
    return spoken_date(date.fromisoformat(when), language)


def sentence(words: str) -> str:
    """With a capital, and one full stop at most."""
    return f"{words[:1].upper()}{words[1:]}"
