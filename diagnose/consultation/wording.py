"""Lay French and English, as it is typed during a call -> words that can be compared.

A text becomes clauses, a clause a sequence of tokens: stems without accents, with :data:`NOT` in front
of what is denied. Both languages bring denial to that one shape: "s'allume plus", "ne s'allume plus" and
"won't turn on" each become NOT and one stem. What is here is a list of habits of speech, not a grammar.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from diagnose.knowledge.model import Language

NOT = "¬"
"""The token of denial; it counts for what follows in its clause."""

BREAK = ";"
"""The token between what does not belong together; no denial reaches across it."""

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of speech that stands by itself.

    ``tokens``: stems and :data:`NOT`, in the order spoken. ``written``: stem and word, for those
    that may be mistyped. ``fine``: it says that something is well ("charges fine").
    """

    tokens: Tokens
    written: tuple[tuple[str, str], ...] = ()
    fine: bool = False

    @property
    def denies(self) -> bool:
        """Whether anything in it is denied."""
        return NOT in self.tokens


def _table(*rows: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), to) for pattern, to in rows)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _same(*rows: str) -> dict[str, str]:
    """ "meant: variant variant": variant -> meant."""
    pairs = (row.split(": ") for row in rows)
    return {variant: meant for meant, variants in pairs for variant in variants.split()}


_LOW = r"\b(?:[1-6]?\d|five|ten|twenty|thirty|forty|fifty|cinq|dix|vingt|trente|quarante|cinquante)"

# Rewriting is done in this order, on lower case without accents, apostrophes already made spaces.
# Words in capitals are kept as they are: they stand for a notion, and are never stemmed.
_ENGLISH = _table(
    # denial that is none
    (r"\b(?:(?:won?|do|does|did|ca|can|will) ?n? ?(?:t|not) |never )(?:ever )?stops?\b(?= \w+ing)", " "),
    (r"\b(?:not only|no wonder|is n t it|does n t it|isnt it|doesnt it)\b", " "),
    (r"\b(?:no|without(?: any| a)?|not a) (?:problems?|troubles?|issues?|worries)\b", " FINE "),
    (r"\b(?:nothing|not anything) (?:is )?wrong\b", " FINE "),
    (r"\bhow are you\b", " "),
    (r"\b(?:all the|every|each|this|any|next|last|from) times?\b|\btime (?:and again|to time)\b", " "),
    # denial
    (r"\b(?:only lasts?|lasts? only|barely lasts?)\b", " NOT last "),
    (r"\b(?:barely|hardly|scarcely)\b", " NOT "),
    (r"\b(?:wo|do|does|did|ca|could|would|should|is|was|are|were|has|have|had|ai|dos|dose) ?n ?t\b", " NOT "),
    (r"\b(?:won|don|doesn|didn|can|couldn|wouldn|isn|wasn|aren|weren|hasn|haven|hadn|ain) t\b", " NOT "),
    (r"\b(?:cant|wont|cannot|never|nothing|nobody|none|nowhere|no one|no longer|no more|without)\b", " NOT "),
    (
        r"\b(?:not|no|nor|neither|unable to|impossible to|fail(?:s|ed|ing)? to|refus(?:e|es|ed|ing) to)\b",
        " NOT ",
    ),
    (r"\b(?:stop(?:s|ped)?|quit|quits|ceased|given up|gave up)(?= \w+ing\b)", " NOT "),
    (r"\b(?:stop(?:s|ped)? (?:working|responding))\b", " NOT WORK "),
    (r"\b(?:lost|lose|loses|losing|gone|disappeared|vanished|missing|lacks?)\b", " NOT "),
    (r"\b(?:drop(?:p?ed|ping)?|knocked) (?=(?:it|my|the|this|phone)\b)", " FALL "),
    # to ring somebody is not to ring
    (
        r"\b(?:ring|rings|ringing|call|calls|calling|phone|phoning|dial|dialling) (?:up )?"
        r"(?:any ?one|any ?body|some ?one|some ?body|out)\b",
        " CALLOUT ",
    ),
    (
        r"(?<=NOT )(?:ring|call|phone|dial|reach) (?:people|them|him|her|you|(?=abroad)|(?=certain))",
        " CALLOUT ",
    ),
    (r"(?<=NOT )(?:tele)?phone(?: any ?more)? *$", " CALLOUT "),
    (r"\b(?:mak(?:e|es|ing)|plac(?:e|ing)|outgoing)(?: a| any| my)?(?: phone)? calls?\b", " CALLOUT "),
    (r"\b(?:the |its |that )on (?:key|button)\b", " ONKEY "),
    # who hears whom
    (r"\bhear(?:s|ing)? (?:from )?(?:me|us|my voice|what i say)\b|\bheard me\b", " HEARME "),
    (r"\b(?:i am|i m|be|am|get|are you|you are|not|NOT) +(?:being )?heard\b", " NOT HEARME "),
    (
        r"\b(people|others?|they|callers?|he|she|everyone|friends?|end|person)((?: +\w+){0,2}?) +hears?\b",
        r" \1 \2 HEARME ",
    ),
    (r"\b(fail(?:s)? to) hear\b", " NOT HEARME "),
    (r"\b(?:hear(?:s|d|ing)?)\b", " HEAR "),
    # by itself
    (
        r"\b(?:all )?(?:by (?:it|them)sel(?:f|ves)|(?:on|of) (?:its|their) own(?: accord)?"
        r"|itself|themselves)\b",
        " SELF ",
    ),
    # on and off
    (
        r"\b(?:turn|switch|power|com|start|boot|fir|light)(?:e|s|es|ed|ing|ting|ping)?"
        r"((?: (?:SELF|it|the|my|this|phone|mobile|screen|display|back|wifi|\w{2,9}))??) +(?:back )?on\b",
        r" \1 POWERON ",
    ),
    (
        r"\b(?:turn|switch|power|shut|go|goes|went|shutting)(?:s|es|ed|ing|ting)?"
        r"((?: +(?:SELF|it|the|my|this|phone|mobile|straight)){0,3})"
        r" +(?:back )?(?:off|down|of(?= SELF| *$))\b",
        r" \1 POWEROFF ",
    ),
    (r"\b(?:start(?:s|ing|ed)?(?: up)?|boot(?:s|ing|ed)?(?: up)?)\b", " POWERON "),
    (r"\b(?:wi fi|wireless internet)\b", " wifi "),
    (rf"{_LOW} ?(?:per ?cent|%)", " LOWLEVEL "),
    (r"\b(?:per ?cent\b)|%", " "),
    (r"\b(?:sim cards?)\b", " sim "),
    (r"\b(?:text messages?|texts?|short messages?|texting)\b", " sms "),
    (r"\bvoice ?mail(?:box)?|answering machine\b", " voicemail "),
    (r"\b(?:ring ?tones?|ringer|bell)\b", " ring "),
    # where a new sentence starts without a full stop
    (r"\b(?:i|they|people|he|she|we)\b", rf" {BREAK} "),
    (
        r"\bit(?= (?:s|is|was|has|does|did|will|just|keeps|fell|went|got|broke|died|still|NOT|\w+ed|\w+s)\b)",
        rf" {BREAK} ",
    ),
)

_FRENCH = _table(
    # an apostrophe forgotten: "sallume"
    (r"\b([sjnmlt])(?=(?:allum|eteind|eteint|entend|arret|ecran|appel|affich|ouvr|use|eau)\w*)", r"\1 "),
    # denial that is none
    (
        r"\bn? ?arret(?:e|es|ent|ait) (?:pas|jamais) (?:de|d)\b|\bne cess(?:e|ent|ait)(?: pas)? (?:de|d)\b",
        " ",
    ),
    (r"\bne (?:fait|font) que (?:de |d )?", " "),
    (r"\b(?:tout le temps|sans (?:arret|cesse)|en permanence)\b", " OFTEN "),
    (r"\b(?:de temps en temps|par moments?)\b", " SOMETIMES "),
    (
        r"\b(?:pas (?:que|seulement|mal)|non seulement|non plus|en plus|de plus en plus|plus ou moins"
        r"|n est ce pas)\b",
        " ",
    ),
    (r"\b(?:sans|aucun|pas(?: de| d)?|nul|y a pas de) (?:problemes?|soucis?|difficultes?)\b", " FINE "),
    (r"\bplus (?:de|d) (?:(?=\d)|(?:un|une|deux|trois|quatre|cinq|six|dix|cent|la moitie)\b)", " PLUSDE "),
    (
        r"\b(?:beaucoup |bien |encore )?plus "
        r"(?=(?:lent|vite|grand|petit|chaud|souvent|rapide|vieux|vieille)\w*)",
        " ",
    ),
    # to call somebody is not a call
    (r"\bm (?:appel\w*|telephon\w*|joindre)\b|\bme (?:telephon\w*|joindre)\b", " CALLME "),
    (
        r"\b(?:appeler|telephoner|passer (?:(?:un|d|des|mes|le moindre) )?(?:appels?|coups? de fil))\b",
        " CALLOUT ",
    ),
    # who hears whom
    (
        r"\b(?:m|me|vous|nous|l)(?! entendez) (?:entend|comprend|comprenn)\w*",
        " HEARME ",
    ),
    (r"\bj? ?m ?entend(?:ent|re|s|)\b|\bmentend\w*|\b(?:entendent|comprennent)\b", " HEARME "),
    (
        r"\b((?:correspondants?|gens|interlocuteurs?|amis?)(?: \w+){0,2}) (?:entend|comprend)\b",
        r" \1 HEARME ",
    ),
    (r"\b(?:j ?)?entend(?:s|ez|re|ait|u|)\b|\bentendais\b", " HEAR "),
    # the sound, not "his"
    (r"\b((?:le|du|de|un|aucun|sans|pas|plus|meilleur|mauvais|quel|mon|FINE) )(?:sons?)\b", r" \1 SOUND "),
    (r"\b(?:plus|pas) son\b", " NOT SOUND "),
    # by itself
    (
        r"\b(?:tou(?:t|te|tes|s) seul(?:e|s|es)?|(?:de|par|d) (?:lui|elle|eux|elles) memes?|spontanement)\b",
        " SELF ",
    ),
    # on and off
    (r"\b(?:se |s )?(?:met|mettre|mets) en (?:marche|route)\b|\bse met pas\b", " POWERON "),
    (r"\b(?:r?allum|demarr|boot)(?:e|es|ent|er|ait|ez|ee|ees)?\b", " POWERON "),
    (r"\b(?:eteint(?:s|e|es)?|eteindre|eteign\w+|eteind)\b", " POWEROFF "),
    (r"\b(?:wi fi)\b", " wifi "),
    (rf"{_LOW} ?(?:pour ?cents?|%)", " LOWLEVEL "),
    (r"\b(?:pour ?cents?\b)|%", " "),
    (r"\b(?:cartes? sim|puces? sim)\b", " sim "),
    (r"\b(?:minimessages?|textos?|mini messages?)\b", " sms "),
    (r"\b(?:boite vocale|repondeur|messagerie vocale)\b", " messagerie "),
    (r"\b(?:sonneries?|sonn(?:e|es|ent|er|ait|ant))\b", " RING "),
    (r"\b(?:afficheur|ecrans?)\b", " ecran "),
    (r"\bse (?:vide|decharge)(?:nt|r)?\b", " EMPTIES "),
    (r"\b(?:gel(?:e|es|er)|fige\w*|freeze\w*)\b", " FREEZE "),
    (r"\b(?:tomb|chut)(?:e|es|er|ee|ees|ait)?\b|\bfaire tomber\b", " FALL "),
    (r"\b(?:fonctionn|march|repond|reagi|reagiss)(?:e|es|ent|er|t|s|ait|ement|re)?\b", " WORK "),
    (r"\b(?:tient|tiens|dure) (?:que|qu|seulement|a peine)\b", " NOT tenir "),
    (r"\b(?:a peine|presque (?=pas|plus|rien))\b", " NOT "),
    (r"\b(?:tien(?:t|s|nent)|tenir|tenait|tenu)\b", " tenir "),
    (r"\b(?:recois|recoit|recevoir|recoive\w*|recu\w*)\b", " recevoir "),
    (r"\b(?:vois|voit|voir|voyez)\b", " voir "),
    # denial: "ne" is brought together with its other half, a half alone goes before its verb
    (
        r"\b(?:impossible (?:de|d)|arriv\w+ (?:pas|plus) (?:a|de)|refus\w+ (?:de|d)|sans|ni|nul|zero)\b",
        " NOT ",
    ),
    (r"\b(?:a |s est )?(?:cess|arret)(?:e|er|ee) (?:de|d)\b", " NOT "),
    (r"\b(?:perdu|perd|perds|disparu\w*|manque(?:nt)?)\b", " NOT "),
    (r"(?<!une )(?<!la )(?<!cette )\bpersonne\b", " NOT "),
    (r"\b(?:pa|po|pac)\b", " pas "),
    (r"(?<! ai)(?<! a)(?<! as)(?<! ont)(?<! avait)(?<! pas) pu\b", " plus "),
    (r"\b(?:ne|n)\b(?=(?: \w+){1,5}? (?:que|qu)\b)(?!(?: \w+){1,4}? (?:pas|plus|jamais|rien)\b)", " ONLY "),
    (
        r"\b(?:ne|n)\b((?: (?!ne\b|n\b)\w+){1,4}?) (?:pas|plus|jamais|rien|aucun|aucune|guere|NOT)\b",
        r" NOT \1 ",
    ),
    (r"\b(?:ne|n)\b", " NOT "),
    (r"\b(?:aucune?s?|rien)\b", " NOT "),
    (r"\b(?:pas|plus|jamais) +(?=(?:de|d|du|un|une|NOT|SOUND|assez|en)\b)", " NOT "),
    (r"((?:^|(?<= ))[a-zA-Z0-9]+) +(?:du tout )?(?:pas|plus|jamais)\b", r" NOT \1 "),
    (r"\b(?:pas|plus|jamais)\b", " NOT "),
    # where a new sentence starts without a full stop
    (r"\b(?:j|je|il|elle|ils|elles|ca|c|on)\b", rf" {BREAK} "),
)
_HINGES = {
    "en": _words("switch switches switched switching turns turned turning hears heard power charge charges"),
    "fr": _words(
        "allume allumer demarre demarrer eteint eteindre sonne sonnerie entends entend entendent entendre "
        "marche marchent fonctionne fonctionnent ecran tombe tomber plus charge"
    ),
}
"""Words that the rewriting needs to find: they are looked for mistyped, too."""

_NO_SLIPS = _words("change changed changer changes heated heats etend")
"""Words in their own right, though a hinge is but one letter away."""

_RULES = {"en": _ENGLISH, "fr": _FRENCH}

_FINE = {
    "en": _words(
        """
        FINE alright correctly fine good great normally ok okay perfectly properly well
        """
    ),
    "fr": _words(
        """
        FINE bien correctement impec impeccable nickel normalement ok parfait parfaitement super
        """
    ),
}

_SYNONYMS = {
    "en": _same(
        "advert: ads ad adverts advertising",
        "aerial: antenna",
        "app: applications application",
        "battery: batt",
        "blur: blurry fuzzy",
        "break: broke broken",
        "crack: cracked smashed shattered",
        "die: died dies",
        "FALL: fell fallen fall falls dropped",
        "forget: forgotten forgot",
        "freeze: froze frozen",
        "hot: warm",
        "keep: kept",
        "photo: pictures pics",
        "ring: rang rung rings",
        "screen: display lcd",
        "send: sent",
        "shake: shook",
        "slow: slowly",
        "water: wet soaked sea ocean lake river pond puddle",
        "WORK: work works working worked functions function functioning",
        "WORK: respond responds react reacts reacting",
    ),
    "fr": _same(
        "application: appli applis apps app",
        "batterie: batt accu pile",
        "casser: casse cassee pete petee brise brisee",
        "charge: charger recharge recharger",
        "chaud: chauffe chaude chauffer surchauffe bouillant brulant brulante",
        "eau: flotte mer lac riviere etang flaque",
        "flou: floue floues",
        "lent: lente lentement",
        "mort: morte hs",
        "noir: noire",
        "publicite: pub pubs publicites",
        "ramer: rame",
        "reseau: reseaux",
        "vibre: vibreur",
    ),
}

_STOPWORDS = {
    "en": _words(
        """
        FINE a able about all alright also always am an any anymore anyone anything are as
        at be been being bit by can cell cellphone completely correctly could d day days device
        did do does doing done down else even ever fine for from get gets getting go goes going
        good got great had handset has have having he hello her here hi him his i if in into is
        issue issues it it's its just keep keeps kept know lately let like ll m madam make makes
        making may me might mobile more morning must my n normally now of often ok okay on once
        one onto or our perfectly phone please problem problems properly quite re really
        recently s said say says seem seems shall she should sir smartphone so something
        sometimes still suddenly t telephone tell than thanks that the their them there these
        they thing things think this those to today too totally trouble
        up us ve very want wants was we week well were what when whenever which who will
        with would yes yesterday you your
        """
    ),
    "fr": _words(
        """
        FINE a ai aller alors appareil arrive arrivent arriver as au aussi aux avait avec avez
        avoir avons ben bien bon bonjour c ca carrement ce cela ces cet cette chez chose combine
        comme completement correctement coup d dans de deja des dis dit dont du elle elles en
        encore es est etaient etait ete etre eu euh eux faire fait fois font g gsm hier il ils
        impec impeccable j je jour jours juste l la la-dessus le les leur leurs lorsque lui m ma
        machin madame maintenant matin me meme merci mes mobile moi mon monsieur n ne nickel
        normalement nos notre nous ok on ont ou oui par parfait parfaitement parfois peut
        peuvent peux portable pour pouvez pouvoir probleme problemes qu quand que quelques qui
        quoi recemment s sa se semaine ses si smartphone son sont souci soucis soudain
        soudainement sous souvent subitement suis super sur svp t ta te tel telephone telephones
        sais sait savoir tes ton totalement toujours tous tout toute toutes tres trop truc tu
        un une va vais vas
        vers veulent veut veux voila vont vos votre vouloir vous vraiment y ya
        """
    ),
}

_CLAUSE_ENDS = {
    "en": re.compile(
        r"[,;.!?:()\n]|\b(?:and|but|since|because|although|though|while|then|when|after|so|yet|however)\b"
    ),
    "fr": re.compile(
        r"[,;.!?:()\n]|\b(?:et|mais|depuis (?:que|qu)|depuis|parce (?:que|qu)|car|alors (?:que|qu)|quand"
        r"|lorsque|puis|donc|pourtant|apres)\b"
    ),
}


def plain(text: str) -> str:
    """Lower case, without accents; apostrophes and hyphens become spaces."""
    folded = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    bare = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    inverted = re.sub(r"-t-(?:il|elle|on)s?\b|-(?:ils?|elles?|on|vous|ce|je|tu)\b", " ", bare)
    return re.sub(r"[^a-z0-9,;.!?:()\n%]+", " ", inverted).strip()


def clauses(text: str, language: Language) -> tuple[Clause, ...]:
    """The clauses of a text read as this language; those without any word of weight are left out.

    "It charges, no problem": that all is well may be said of the clause before.
    """
    found: list[Clause] = []
    for part in _CLAUSE_ENDS[language].split(plain(text)):
        clause = _clause(part, language)
        if clause.tokens:
            found.append(clause)
        elif clause.fine and found:
            found[-1] = replace(found[-1], fine=True)
    return tuple(found)


def _clause(words: str, language: Language) -> Clause:
    rewritten = f" {' '.join(_corrected(word, language) for word in words.split())} "
    for pattern, to in _RULES[language]:
        changed = pattern.sub(to, rewritten)
        if changed != rewritten:
            rewritten = re.sub(r" +", " ", changed)
    parts = rewritten.split()
    pairs = [pair for pair in (_pair(part, language) for part in parts) if pair]
    return Clause(
        _settled(token for token, _ in pairs),
        tuple((token, word) for token, word in dict(pairs).items() if word),
        not _FINE[language].isdisjoint(parts),
    )


@lru_cache(maxsize=5_000)
def _corrected(word: str, language: Language) -> str:
    """The word on which a rewriting hangs, if this is one mistyped; else the word."""
    if len(word) < 5 or word in _HINGES[language] or word in _NO_SLIPS:
        return word
    from rapidfuzz.distance import OSA  # here, for start-up time

    near = (hinge for hinge in sorted(_HINGES[language]) if hinge[0] == word[0])
    return next((hinge for hinge in near if OSA.distance(word, hinge, score_cutoff=1) <= 1), word)


def _pair(part: str, language: Language) -> tuple[str, str] | None:
    """The token of a rewritten word, and how it was written; none for a stop-word."""
    if part in ("NOT", BREAK):
        return (NOT if part == "NOT" else BREAK, "")
    if part in _STOPWORDS[language] or not part.isalnum():
        return None
    meant = _SYNONYMS[language].get(part, part)
    return (meant, "") if meant.isupper() else (stem(meant, language), part)


def _settled(tokens: Iterable[str]) -> Tokens:
    """One denial where two follow each other; a denial with nothing behind it goes before its word."""
    settled: list[str] = []
    for token in tokens:
        if token == BREAK:
            _bring_forward(settled)
            if settled and settled[-1] != BREAK:
                settled.append(BREAK)
        elif not (token == NOT and settled and settled[-1] == NOT):
            settled.append(token)
    _bring_forward(settled)
    while settled and settled[-1] in (BREAK, NOT):
        settled.pop()
    return tuple(settled)


def _bring_forward(settled: list[str]) -> None:
    if settled[-2:] == [NOT, "WORK"]:
        # "X doesn't work" denies X
        start = max((n + 1 for n, token in enumerate(settled) if token == BREAK), default=0)
        settled[start:] = [NOT, *(token for token in settled[start:] if token != NOT)]
    elif len(settled) > 1 and settled[-1] == NOT and settled[-2] != BREAK:
        settled[-2:] = [NOT, settled[-2]]


def is_word(token: str) -> bool:
    """Whether a token is a stem, not a sign between stems."""
    return token not in (NOT, BREAK)


def is_filler(word: str) -> bool:
    """Whether a word says nothing by itself in a language: in the other it is then no slip of the keys."""
    return any(word in words for words in _STOPWORDS.values())


@lru_cache(maxsize=2)
def _stemmer(language: Language) -> Any:
    import snowballstemmer  # here, for start-up time

    return snowballstemmer.stemmer({"en": "english", "fr": "french"}[language])


@lru_cache(maxsize=20_000)
def stem(word: str, language: Language) -> str:
    """The snowball stem, without doubled letters and a last "e": they are what is mistyped most."""
    if word.isdigit():
        return word
    stemmed: str = _stemmer(language).stemWord(word)
    return re.sub(r"(.)\1", r"\1", stemmed.rstrip("e") or stemmed)
