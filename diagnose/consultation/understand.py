"""What the caller volunteers, in his own words -> symptoms and answers that it may mean.

Every way of putting a symptom (lay phrases, name, question, answers) is indexed once per knowledge base.
A phrase fits as far as its words are in what was said, rare words counting more; typing errors, word
order and what else was said count little. Denial counts fully: a phrase never fits its contrary.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from diagnose.consultation.wording import BREAK, NOT, Tokens, clauses, is_filler, is_word, plain
from diagnose.knowledge.model import (
    LANGUAGES,
    Answer,
    KnowledgeBase,
    Language,
    Scalar,
    Symptom,
    Text,
    satisfied,
)

THRESHOLD = 0.64
"""The score below which nothing is understood."""

BEHIND = 0.22
"""How far behind the best of its stretch of speech another symptom may be."""

_SAID, _NAME, _TEXT, _ASK = 1.0, 0.93, 0.9, 0.8
"""What a phrase weighs by where it comes from: lay phrases, the name, an answer's text, the question."""

_FRONT, _ASIDE = ("complaint", "observation", "safety"), 0.94
"""What callers speak of by themselves, and what a phrase of anything else weighs against it."""

_THIN, _CONTRARY, _NOT_FINE = 0.78, 0.9, 0.8
"""Off for a phrase of many words of which one has weight; for a contrary; for praise that was not said."""

_DENIED = 0.85
"""How much of a phrase must be there for its denial to be one of just this."""

_LONGEST = 400
"""How many characters are listened to: nobody types more between two questions."""

_REACH = 2
"""How many words may stand between a denial and what it denies."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A symptom's answer that the words may mean; ``phrase`` is what they were matched with.

    ``score`` is 0..1 and orders; it is no probability.
    """

    symptom: str
    answer: str
    phrase: str
    score: float


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One way to put an answer. ``contrary`` is the answer when just this is denied, or empty.

    ``breath``: it is said in one breath, so that a denial in it denies the whole.
    """

    symptom: str
    answer: str
    contrary: str
    words: str
    weight: float
    stems: Tokens
    denies: bool
    breath: bool
    sorted_stems: str
    fine: bool
    written: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What was said in one go: tokens, how the stems among them were written, whether all is well."""

    tokens: Tokens
    written: Mapping[str, str]
    fine: bool


@dataclass(frozen=True, slots=True)
class _Index:
    """The phrases of one language.

    ``found_in``: stem -> phrases. ``rarity``: stem -> weight, ``unheard`` that of a stem that is in no
    phrase. ``written``: word -> stem.
    """

    phrases: tuple[_Phrase, ...]
    found_in: Mapping[str, tuple[int, ...]]
    rarity: Mapping[str, float]
    unheard: float
    written: Mapping[str, str]


def can_be_said(symptom: Symptom, facts: Mapping[str, Scalar]) -> bool:
    """Whether a caller who is known so far by ``facts`` would speak of it unasked.

    Not of what is only asked after something else, such as a second look, before that is known; unless
    it is written how callers say it.
    """
    return satisfied(symptom.needs, facts) or any(answer.said for answer in symptom.answers)


def understand(
    kb: KnowledgeBase, words: str, limit: int = 5, facts: Mapping[str, Scalar] = MappingProxyType({})
) -> tuple[Understood, ...]:
    """What the words may mean, best first, at most one answer of each symptom; often nothing.

    Both languages are tried, whatever the screen's is. ``facts``: what is known so far, by which a
    question applies that follows on another.
    """
    if not words.strip():
        return ()
    best: dict[str, Understood] = {}
    for language in LANGUAGES:
        for stretch in _stretches(words, language):
            hits = [
                hit
                for hit in _hits(_index(kb, language), stretch)
                if can_be_said(kb.symptoms[hit.symptom], facts)
            ]
            top = max((hit.score for hit in hits), default=0.0)
            for hit in hits:
                if hit.score < max(THRESHOLD, top - BEHIND):
                    continue
                known = best.get(hit.symptom)
                if known is None or hit.score > known.score:
                    best[hit.symptom] = hit
    order = {symptom: place for place, symptom in enumerate(kb.symptoms)}
    ranked = sorted(best.values(), key=lambda hit: (-hit.score, order[hit.symptom]))
    return tuple(ranked[: max(limit, 0)])


_NO_MORE = re.compile(
    r"(?:(?:no|nope|nah|none|non|nan|rien|nothing|that s (?:it|all)|that is (?:it|all)|c est tout|c est bon"
    r"|(?:nothing|rien|pas|not|no) (?:else|more|other|d autre|de plus|du tout|at all|special|de special"
    r"|autre chose|that i know of|que je sache)|(?:je ne|je|j) vois (?:pas|rien)(?: d autre)?"
    r"|not really|pas vraiment|merci|thanks|thank you|sir|madam|monsieur|madame)[ ,.;!]*)+"
)
"""What callers say for "nothing", alone or one after the other, in either language."""


def nothing_more(words: str) -> bool:
    """Whether somebody asked what else there is says that there is nothing."""
    return _NO_MORE.fullmatch(plain(words)) is not None


def _stretches(words: str, language: Language) -> Iterator[_Stretch]:
    """Each clause, and clauses that follow each other: a phrase may reach across a comma."""
    parts = clauses(words[:_LONGEST], language)[:12]
    for size in sorted({1, 2, len(parts)}):
        for start in range(len(parts) - size + 1):
            run = parts[start : start + size]
            tokens = tuple(token for clause in run for token in (BREAK, *clause.tokens))[1:]
            written = {stem: word for clause in run for stem, word in clause.written}
            # "It rings fine, it charges": only what is said in one breath is said to be well.
            yield _Stretch(tokens, written, size == 1 and run[0].fine)


def _hits(index: _Index, stretch: _Stretch) -> Iterator[Understood]:
    """The phrases of the index that this stretch of speech fits."""
    if not index.phrases:
        return
    from rapidfuzz import fuzz  # here, for start-up time

    said = stretch.tokens
    like = {
        token: _like(index, token, stretch.written.get(token, ""))
        for token in dict.fromkeys(said)
        if is_word(token)
    }
    if not like:
        return
    weight_said = sum(_weight(index, token) for token in like)
    sorted_said = " ".join(sorted(like))
    candidates = sorted({n for stems in like.values() for stem in stems for n in index.found_in[stem]})
    for n in candidates:
        phrase = index.phrases[n]
        places: list[int] = []
        covered = 0.0
        for stem in phrase.stems:
            place, likeness = _place(stem, said, like)
            if likeness:
                places.append(place)
                covered += likeness * index.rarity[stem]
        coverage = covered / sum(index.rarity[stem] for stem in phrase.stems)
        if coverage < 0.5:
            continue
        first, last = min(places), max(places)
        answer = _answer(phrase, _denied(said, first, last), stretch.fine, coverage)
        # A contrary is only taken from one clause: "no battery at noon, empties too fast"; nor does
        # "it rings, but I hear nothing" deny the ring
        apart = BREAK in said[first:last]
        if not answer or (apart and (answer != phrase.answer or (phrase.breath and NOT in said[first:last]))):
            continue
        heard = dict.fromkeys(said[place] for place in places)
        explained = sum(_weight(index, token) for token in heard) / weight_said
        spelt = max(
            fuzz.token_sort_ratio(sorted_said, phrase.sorted_stems),
            0.9 * fuzz.token_set_ratio(sorted_said, phrase.sorted_stems),
        )
        score = phrase.weight * (0.64 * coverage + 0.18 * explained + 0.18 * spelt / 100)
        if answer != phrase.answer:
            score *= _CONTRARY
        elif phrase.fine and not stretch.fine:
            score *= _NOT_FINE
        yield Understood(phrase.symptom, answer, phrase.words, round(min(score, 1.0), 4))


def _weight(index: _Index, token: str) -> float:
    return index.rarity.get(token, index.unheard)


def _place(stem: str, said: Tokens, like: Mapping[str, Mapping[str, float]]) -> tuple[int, float]:
    """Where in what was said the stem is, and how like it (0 when it is not)."""
    best = (0, 0.0)
    for place, token in enumerate(said):
        likeness = like[token].get(stem, 0.0) if token in like else 0.0
        if likeness > best[1]:
            best = (place, likeness)
    return best


def _denied(said: Tokens, first: int, last: int) -> bool:
    """Whether what stands from first to last is denied, from inside or from shortly before."""
    if NOT in said[first:last]:
        return True
    for token in reversed(said[max(0, first - _REACH - 1) : first]):
        if not is_word(token):
            return token == NOT
    return False


def _answer(phrase: _Phrase, denied: bool, fine: bool, coverage: float) -> str:
    """The answer that is meant, or none: the phrase's own, or its contrary where just it is denied."""
    if denied is phrase.denies:
        return phrase.answer
    if coverage < _DENIED or (phrase.denies and not fine):
        return ""
    return phrase.contrary


def _like(index: _Index, token: str, word: str) -> dict[str, float]:
    """The stems of the index that this may be, with 0..1: itself, or else what it may be mistyped from."""
    if token in index.rarity:
        return {token: 1.0}
    if len(word) < 4 or word.isdigit() or is_filler(word):
        return {}
    from rapidfuzz import process  # here, for start-up time
    from rapidfuzz.distance import OSA

    found = process.extract(
        word, list(index.written), scorer=OSA.normalized_similarity, score_cutoff=0.75, limit=5
    )
    like: dict[str, float] = {}
    for near, likeness, _ in found:
        if len(near) >= 4 and (near[0] == word[0] or (len(word) > 5 and near[1:3] == word[1:3])):
            stem = index.written[near]
            like[stem] = max(like.get(stem, 0.0), 0.55 + 0.45 * likeness)
    return like


@lru_cache(maxsize=16)
def _index(kb: KnowledgeBase, language: Language) -> _Index:
    """The phrases of a knowledge base in one language."""
    phrases: list[_Phrase] = []
    for symptom in kb.symptoms.values():
        if symptom.answer_type != "choice":
            continue
        seen: set[tuple[str, Tokens, bool]] = set()
        for phrase in _phrases(symptom, language):
            key = (phrase.answer, phrase.stems, phrase.denies)
            if key not in seen:
                seen.add(key)
                phrases.append(phrase)
    found_in: dict[str, list[int]] = {}
    speaks_of: dict[str, set[str]] = {}
    for n, phrase in enumerate(phrases):
        for stem in phrase.stems:
            found_in.setdefault(stem, []).append(n)
            speaks_of.setdefault(stem, set()).add(phrase.symptom)
    count = len({phrase.symptom for phrase in phrases})
    rarity = {stem: 0.35 + math.log((1 + count) / len(of)) for stem, of in speaks_of.items()}
    return _Index(
        tuple(phrases),
        {stem: tuple(at) for stem, at in found_in.items()},
        rarity,
        0.5 * (0.35 + math.log(1 + count)),
        {word: stem for phrase in phrases for stem, word in phrase.written},
    )


def _phrases(symptom: Symptom, language: Language) -> Iterator[_Phrase]:
    """Every way of putting the symptom's answers in this language."""
    weight = 1.0 if symptom.kind in _FRONT else _ASIDE
    yes_no = {answer.id for answer in symptom.answers} == {"yes", "no"}
    opposite = {"yes": "no", "no": "yes"} if yes_no else {}
    for answer in symptom.answers:
        for tongue, phrases in answer.said:
            if tongue.split("-")[0] == language:
                for words in phrases:
                    yield from _phrase(
                        symptom, answer.id, opposite.get(answer.id, ""), words, _SAID * weight, language
                    )
    if yes_no:
        for words in _wordings(symptom.name, language):
            yield from _phrase(symptom, "yes", "no", words, _NAME * weight, language)
        for words in _wordings(symptom.ask, language):
            yield from _phrase(symptom, "yes", "", words.rsplit(":", 1)[-1].strip(), _ASK * weight, language)
    else:
        for answer in symptom.answers:
            for words in _alternatives(answer, language):
                yield from _phrase(symptom, answer.id, "", words, _TEXT * weight, language)


def _wordings(text: Text, language: Language) -> Iterator[str]:
    for tongue, words in text.versions:
        if tongue.split("-")[0] == language:
            yield words


def _alternatives(answer: Answer, language: Language) -> Iterable[str]:
    """An answer's text is often a list: "Blocked / enter PUK"."""
    for words in _wordings(answer.text, language):
        yield from re.split(r"\s*[/,;]\s*", words)


def _phrase(
    symptom: Symptom, answer: str, contrary: str, words: str, weight: float, language: Language
) -> Iterator[_Phrase]:
    """The phrase of these words; none when nothing in them has weight."""
    parts = clauses(words, language)
    stems = tuple(dict.fromkeys(token for clause in parts for token in clause.tokens if is_word(token)))
    # "Does it work?" may be about anything
    if stems and stems != ("WORK",):
        denies = any(clause.denies for clause in parts)
        many = 3 if weight == _SAID else 2
        if len(stems) == 1 and not denies and len(plain(words).split()) > many:
            weight *= _THIN
        written = tuple(pair for clause in parts for pair in clause.written)
        yield _Phrase(
            symptom.id,
            answer,
            contrary,
            words,
            weight,
            stems,
            denies,
            len(parts) == 1 and BREAK not in parts[0].tokens,
            " ".join(sorted(stems)),
            any(clause.fine for clause in parts),
            written,
        )
