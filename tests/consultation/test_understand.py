"""What callers volunteer, in their own words: typed in haste, without accents, in slang, with denials."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.consultation.understand import THRESHOLD, Understood, understand
from diagnose.consultation.wording import NOT, clauses
from diagnose.knowledge.model import (
    Answer,
    Condition,
    Costs,
    Handset,
    KnowledgeBase,
    Symptom,
    SymptomKind,
    Text,
)

YES, NO = Text.of(en="Yes", fr="Oui"), Text.of(en="No", fr="Non")


def said(en: str, fr: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    split = {"en": tuple(p.strip() for p in en.split("/")), "fr": tuple(p.strip() for p in fr.split("/"))}
    return tuple((language, phrases) for language, phrases in split.items() if phrases != ("",))


def yes_no(
    name: str, ask_en: str, ask_fr: str, en: str = "", fr: str = "", kind: SymptomKind = "complaint"
) -> Symptom:
    answers = (Answer("yes", YES, 0.1, said(en, fr)), Answer("no", NO, 0.9))
    return Symptom(name, kind, 8, Text.of(en=ask_en, fr=ask_fr), answers)


DISPLAY_SAYS = Symptom(
    "display_says",
    "observation",
    10,
    Text.of(en="What does the display say once it is on?", fr="Qu'affiche l'écran une fois allumé ?"),
    (
        Answer(
            "normal",
            Text.of(en="Operator name and bars, nothing odd", fr="Nom de l'opérateur et barres"),
            0.85,
        ),
        Answer(
            "insert_card",
            Text.of(en="Insert card / no SIM", fr="Insérer carte / pas de SIM"),
            0.05,
            said("says insert SIM / no SIM card", "demande d'insérer la carte SIM / me dit pas de SIM"),
        ),
        Answer(
            "puk",
            Text.of(en="Blocked / enter PUK", fr="Bloqué / entrer PUK"),
            0.05,
            said("asks for the PUK / SIM blocked", "demande le code PUK / carte SIM bloquée"),
        ),
        Answer("no_network", Text.of(en="No network / searching", fr="Pas de réseau / recherche"), 0.05),
    ),
)

SYMPTOMS = (
    yes_no(
        "batt_hazard",
        "Is the battery swollen, leaking, giving off a smell, or too hot to hold?",
        "La batterie est-elle gonflée, qui coule, dégage-t-elle une odeur ou est-elle brûlante ?",
        "battery is swollen / battery is leaking / burning smell / there is smoke coming out",
        "la batterie est gonflée / la batterie coule / ça sent le brûlé / il y a de la fumée",
        "safety",
    ),
    yes_no(
        "wet",
        "Has the phone been wet lately: rain, a spill, a steamy room, a washing machine?",
        "Le téléphone a-t-il pris l'eau récemment : pluie, verre renversé, buée, machine à laver ?",
        "fell in water / got wet / dropped it in the toilet / went through the washing machine",
        "tombé dans l'eau / il a pris l'eau / tombé dans les toilettes / passé à la machine",
        "history",
    ),
    yes_no(
        "dropped",
        "Has it had a fall or a hard knock?",
        "A-t-il fait une chute ou reçu un choc ?",
        "I dropped it / it fell on the floor / took a knock",
        "je l'ai fait tomber / il est tombé par terre / il a pris un choc",
        "history",
    ),
    yes_no(
        "batt_old",
        "Is the battery more than a year old?",
        "La batterie a-t-elle plus d'un an ?",
        "battery is more than a year old / old battery",
        "la batterie a plus d'un an / vieille batterie",
        "history",
    ),
    yes_no(
        "dead",
        "Hold the ON key three seconds: does the display stay empty?",
        "Maintenez la touche MARCHE trois secondes : l'écran reste-t-il vide ?",
        "won't turn on / won't switch on / completely dead / screen stays black / nothing on the screen",
        "s'allume plus / ne s'allume pas / veut plus démarrer / complètement mort / écran noir",
    ),
    yes_no(
        "turns_on_alone",
        "Does it switch itself on?",
        "S'allume-t-il tout seul ?",
        "switches itself on / turns on by itself",
        "s'allume tout seul / se met en marche tout seul",
    ),
    yes_no(
        "cuts_out",
        "Does it switch itself off, during a call or in the pocket?",
        "S'éteint-il tout seul, en communication ou dans la poche ?",
        "switches itself off / dies on me / turns off by itself / shuts down on its own",
        "s'éteint tout seul / me lâche / se coupe tout seul",
    ),
    yes_no(
        "no_charge",
        "Does it not charge, or only very slowly?",
        "Refuse-t-il de se charger, ou se charge-t-il très lentement ?",
        "won't charge / doesn't charge any more / nothing happens when I plug it in",
        "ne charge plus / se recharge pas / prend plus la charge",
    ),
    yes_no(
        "short_life",
        "After a full charge, does it last less than half as long as when new?",
        "Après une charge complète, tient-il moins de la moitié du temps d'origine ?",
        "battery doesn't last / battery drains fast / flat by lunchtime / doesn't hold its charge",
        "la batterie ne tient pas / tient plus la charge / se décharge vite / vide à midi / plus d'autonomie",
    ),
    DISPLAY_SAYS,
    yes_no(
        "no_bars",
        "Are there no signal bars where you are?",
        "N'y a-t-il aucune barre de réseau là où vous êtes ?",
        "no signal / no bars / no network / can't get any reception",
        "pas de réseau / capte plus / aucune barre / plus de réseau",
        "observation",
    ),
    yes_no(
        "drops",
        "Do calls cut off although the phone itself stays on?",
        "Les appels coupent-ils alors que le téléphone reste allumé ?",
        "calls keep cutting off / calls drop / I get cut off in the middle of a call",
        "les appels coupent / la communication coupe / ça raccroche en pleine conversation / je perds l'appel",
    ),
    yes_no(
        "no_calls",
        "With signal bars, do outgoing calls fail?",
        "Avec des barres de réseau, les appels sortants échouent-ils ?",
        "can't ring anyone / can't make calls / outgoing calls are refused",
        "impossible d'appeler / je n'arrive plus à téléphoner / les appels ne partent pas",
    ),
    yes_no(
        "clock_lost",
        "Has it lost the time and the date?",
        "A-t-il perdu l'heure et la date ?",
        "forgets the time / the date is wrong",
        "il oublie l'heure / la date est fausse",
    ),
    yes_no(
        "hot",
        "Does it get much hotter than before?",
        "Chauffe-t-il bien plus qu'avant ?",
        "it heats up / gets very hot",
        "il chauffe / il devient brûlant",
    ),
    yes_no(
        "lost_at_times",
        "Does it lose the card in the middle of a call?",
        "Perd-il la carte en pleine conversation ?",
        "the card comes and goes",
        "insérer carte de temps en temps / la carte va et vient",
    ),
    yes_no(
        "no_ring",
        "Does a call show on the display without any ring?",
        "L'appel s'affiche-t-il sans aucune sonnerie ?",
        "doesn't ring / no ringtone / nothing rings / it never rings",
        "ne sonne plus / pas de sonnerie / sonne pas / plus de sonnerie",
    ),
    yes_no(
        "no_vibrate",
        "With vibrate switched on, does it fail to shake?",
        "Vibreur activé, ne vibre-t-il pas ?",
        "doesn't vibrate / no vibration",
        "ne vibre plus / le vibreur marche pas",
    ),
    yes_no(
        "hear_nothing",
        "Do you hear the other person faintly or not at all?",
        "Entendez-vous votre correspondant faiblement ou pas du tout ?",
        "I can't hear the other person / no sound in the earpiece / I can't hear anything",
        "j'entends rien / je n'entends pas mon correspondant / pas de son dans l'écouteur",
    ),
    yes_no(
        "not_heard",
        "Do people fail to hear you, or hear you very faintly?",
        "Ne vous entend-on pas, ou très faiblement ?",
        "people can't hear me / nobody hears me / the microphone doesn't work",
        "on ne m'entend pas / mes correspondants ne m'entendent plus / le micro marche pas",
    ),
    yes_no(
        "keys_all_dead",
        "Phone on, does no key do anything?",
        "Téléphone allumé, aucune touche ne réagit-elle ?",
        "keypad doesn't respond / keys don't work / buttons are dead",
        "les touches ne répondent plus / le clavier marche pas / touches mortes",
    ),
    yes_no(
        "cracked",
        "Is the front glass cracked or chipped?",
        "La vitre avant est-elle fêlée ou ébréchée ?",
        "screen is cracked / broken glass / smashed screen",
        "écran fissuré / vitre cassée / l'écran est pété",
        "observation",
    ),
    yes_no(
        "slow",
        "Is it slow, or do apps close by themselves?",
        "Est-il lent, ou les applications se ferment-elles seules ?",
        "very slow / apps crash / lags all the time",
        "il rame / très lent / les applis plantent / il lague",
    ),
    yes_no(
        "sms_not_sent",
        "Are short messages refused when you send them, though calls work?",
        "Les minimessages sont-ils refusés à l'envoi alors que les appels passent ?",
        "can't send texts / messages won't go",
        "les textos partent pas / impossible d'envoyer des sms",
    ),
)


def knowledge(*symptoms: Symptom, revision: str = "test") -> KnowledgeBase:
    return KnowledgeBase(
        revision,
        Handset("maker-model", "Maker", "Model", "gsm"),
        None,
        {symptom.id: symptom for symptom in symptoms},
        {},
        {},
        (),
        {},
        {},
        {},
        {},
        (),
        {},
        {},
        Costs(),
    )


KB = knowledge(*SYMPTOMS)

NOTHING = ""
FRENCH = [
    ("il s'allume plus", "dead yes"),
    ("mon telephone ne sallume plus du tout", "dead yes"),
    ("depuis ce matin il veut pas s'allumer", "dead yes"),
    ("impossible de l'allumer", "dead yes"),
    ("l'ecran reste tout noir", "dead yes"),
    ("il est mort", "dead yes"),
    ("il s'allume tout seul dans ma poche", "turns_on_alone yes"),
    ("il s'eteint tout seul", "cuts_out yes"),
    ("tout seul il s'éteind", "cuts_out yes"),
    ("il n'arrête pas de s'éteindre tout seul", "cuts_out yes"),
    ("il ne s'éteint pas tout seul", "cuts_out no"),
    ("il charge bien", "no_charge no"),
    ("il se charge sans problème", "no_charge no"),
    ("ca charge pas", "no_charge yes"),
    ("il prend pu la charge", "no_charge yes"),
    ("la batteri tient pas la journée", "short_life yes"),
    ("j'ai plus de batterie à midi, elle se vide trop vite", "short_life yes"),
    ("la batterie a plus de deux ans, c'est vieux", "batt_old yes"),
    ("j'ai plus du tout de réseau", "no_bars yes"),
    ("y capte rien chez moi", "no_bars yes"),
    ("j'ai du réseau, pas de souci", "no_bars no"),
    ("ca sonne pas quand on m'appelle", "no_ring yes"),
    ("le téléphone sonne bien", "no_ring no"),
    ("j'entend pas les gens", "hear_nothing yes"),
    ("les gens m'entendent pas", "not_heard yes"),
    ("personne ne m'entend", "not_heard yes"),
    ("mon correspondant ne m'entend plus", "not_heard yes"),
    ("la baterie est toute gonflé", "batt_hazard yes"),
    ("je l'ai fait tombé dans les chiottes, dans l'eau quoi", "wet yes"),
    ("il n'a pas pris l'eau", "wet no"),
    ("il est jamais tombé", "dropped no"),
    ("on me demande un code puk", "display_says puk"),
    ("il me dit qu'il n'y a pas de carte sim", "display_says insert_card"),
    ("les touches repondent plus", "keys_all_dead yes"),
    ("la vitre est casée", "cracked yes"),
    ("il rame à mort", "slow yes"),
    ("mes sms ne partent plus", "sms_not_sent yes"),
    ("bonjour, je vous appelle pour mon téléphone", NOTHING),
    ("quelle heure est-il", NOTHING),
    ("il est tombé dans la mer", "wet yes"),
    ("je peux plus appeler personne", "no_calls yes"),
    ("impossible de passer un appel", "no_calls yes"),
    ("il affiche insérer la carte SIM", "display_says insert_card"),
    ("il s'éteint tout le temps tout seul", "cuts_out yes"),
    ("il sonne, mais je n'entends rien", "hear_nothing yes"),
    ("je ne sais pas", NOTHING),
    ("ça marche bien", NOTHING),
    ("ma facture est trop élevée ce mois-ci", NOTHING),
    ("je voudrais changer mon abonnement", NOTHING),
]
ENGLISH = [
    ("it won't turn on", "dead yes"),
    ("wont swich on", "dead yes"),
    ("i can't get it to switch on", "dead yes"),
    ("the screen just stays black", "dead yes"),
    ("it's dead", "dead yes"),
    ("my phone doesnt turn on anymore", "dead yes"),
    ("on its own it turns on in my bag", "turns_on_alone yes"),
    ("it switches itself off", "cuts_out yes"),
    ("it keeps turning itself off", "cuts_out yes"),
    ("turns of by itself", "cuts_out yes"),
    ("it does not switch itself off", "cuts_out no"),
    ("it never switches off by itself", "cuts_out no"),
    ("it wont stop switching itself off", "cuts_out yes"),
    ("it charges fine", "no_charge no"),
    ("won't chrage", "no_charge yes"),
    ("it refuses to charge", "no_charge yes"),
    ("it stopped charging", "no_charge yes"),
    ("the battery does not last", "short_life yes"),
    ("batery drains realy fast", "short_life yes"),
    ("i've got no signal at all", "no_bars yes"),
    ("there's no recption here", "no_bars yes"),
    ("my calls get cut off all the time", "drops yes"),
    ("it doesn't ring", "no_ring yes"),
    ("the ringtone has stopped working", "no_ring yes"),
    ("it rings fine", "no_ring no"),
    ("no vibrations any more", "no_vibrate yes"),
    ("can't hear anyone", "hear_nothing yes"),
    ("they can't hear me", "not_heard yes"),
    ("nobody can hear me when i call", "not_heard yes"),
    ("i can't hear the person at the other end", "hear_nothing yes"),
    ("the batery is swolen", "batt_hazard yes"),
    ("I droped it in the toilet", "wet yes"),
    ("it has not been wet", "wet no"),
    ("i didn't drop it", "dropped no"),
    ("it is asking for a puk code", "display_says puk"),
    ("the keys don't respond", "keys_all_dead yes"),
    ("screen cracked", "cracked yes"),
    ("the screen isn't cracked", "cracked no"),
    ("it's so slow", "slow yes"),
    ("texts won't send", "sms_not_sent yes"),
    ("it fell in the sea", "wet yes"),
    ("it won't ring", "no_ring yes"),
    ("my phone won't ring any more", "no_ring yes"),
    ("I can't ring anyone", "no_calls yes"),
    ("I can't call anybody", "no_calls yes"),
    ("can't call out", "no_calls yes"),
    ("I can't ring people", "no_calls yes"),
    ("it rings but I can't hear anything", "hear_nothing yes"),
    ("it has forgotten the time", "clock_lost yes"),
    ("I've forgotten my PIN", NOTHING),
    ("it switches itself off all the time", "cuts_out yes"),
    ("hello, I am calling about my phone", NOTHING),
    ("what time do you close", NOTHING),
    ("what is your name", NOTHING),
    ("it works fine", NOTHING),
    ("yes", NOTHING),
    ("my bill is too high this month", NOTHING),
    ("i want to speak to a manager", NOTHING),
]


def first(words: str, kb: KnowledgeBase = KB) -> str:
    found = understand(kb, words)
    return f"{found[0].symptom} {found[0].answer}" if found else NOTHING


@pytest.mark.parametrize(("words", "expected"), FRENCH)
def test_french_is_understood_as(words: str, expected: str) -> None:
    assert first(words) == expected, understand(KB, words)


@pytest.mark.parametrize(("words", "expected"), ENGLISH)
def test_english_is_understood_as(words: str, expected: str) -> None:
    assert first(words) == expected, understand(KB, words)


def symptoms(words: str, kb: KnowledgeBase = KB) -> set[str]:
    return {f"{found.symptom} {found.answer}" for found in understand(kb, words)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "since it fell, the screen stays black and nothing rings",
            {"dropped yes", "dead yes", "no_ring yes"},
        ),
        (
            "depuis qu'il est tombé, l'écran est noir et ça sonne plus",
            {"dropped yes", "dead yes", "no_ring yes"},
        ),
        ("il s'allume plus il est tombé par terre", {"dead yes", "dropped yes"}),
        ("it charges fine but it doesn't ring", {"no_charge no", "no_ring yes"}),
        ("il sonne bien mais on m'entend pas", {"no_ring no", "not_heard yes"}),
        ("no signal, and the battery doesn't last", {"no_bars yes", "short_life yes"}),
    ],
)
def test_several_symptoms_in_one_sentence_are_all_heard(words: str, expected: set[str]) -> None:
    assert expected <= symptoms(words), understand(KB, words)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("s'allume plus", "turns_on_alone"),
        ("s'allume tout seul", "dead yes"),
        ("won't charge", "no_charge no"),
        ("il charge bien", "no_charge yes"),
        ("it charges fine", "no_charge yes"),
        ("it turns on", "dead yes"),
        ("it does not switch itself off", "cuts_out yes"),
        ("it won't ring", "no_calls"),
        ("I can't ring anyone", "no_ring"),
        ("it rings but I hear nothing", "no_ring yes"),
        ("I can't hear the other person", "hot"),
        ("I want to change the ring tone", "no_charge"),
        ("my screen is cracked, it doesn't charge any more", "dead"),
        ("they can't hear me", "hear_nothing"),
        ("I can't hear them", "not_heard"),
        ("je les entends pas", "not_heard"),
        ("on m'entend pas", "hear_nothing"),
        ("it rings fine, it charges at an angle", "no_charge"),
        ("l'écran n'est pas noir", "dead yes"),
        ("la batterie n'est pas gonflée", "batt_hazard yes"),
        ("the battery isn't swollen", "batt_hazard yes"),
    ],
)
def test_a_phrase_never_fits_its_contrary(words: str, wrong: str) -> None:
    assert not any(found.startswith(wrong) for found in symptoms(words)), understand(KB, words)


def test_a_complaint_that_is_merely_not_made_says_nothing() -> None:
    """ "It charges" alone may go on "... but only at an angle": no answer is made of it."""
    assert understand(KB, "il charge") == ()


def test_every_lay_phrase_is_understood_as_the_symptom_it_stands_for() -> None:
    for symptom in SYMPTOMS:
        for answer in symptom.answers:
            for _, phrases in answer.said:
                for phrase in phrases:
                    best = understand(KB, phrase)[0]
                    assert (best.symptom, best.answer) == (symptom.id, answer.id), phrase


def test_the_phrase_it_was_matched_with_is_told() -> None:
    assert understand(KB, "the batery is swolen")[0].phrase == "battery is swollen"


def test_the_best_comes_first_within_the_limit() -> None:
    words = "since it fell, the screen stays black, nothing rings, no signal and the battery is swollen"
    found = understand(KB, words)
    assert len(found) == 5
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert understand(KB, words, limit=2) == found[:2]
    assert understand(KB, words, limit=0) == ()


def test_typed_dates_and_texts_are_never_understood_from_speech() -> None:
    ask = Text.of(en="On what day did you buy the phone?", fr="Quel jour l'avez-vous acheté ?")
    bought = Symptom("purchase_date", "entitlement", 12, ask, (), answer_type="date")
    assert understand(knowledge(bought, revision="date"), "on what day did you buy the phone") == ()


def test_a_knowledge_base_without_symptoms_understands_nothing() -> None:
    assert understand(knowledge(revision="empty"), "it won't turn on") == ()


def test_another_revision_is_read_anew() -> None:
    assert first("won't charge", knowledge(SYMPTOMS[7], revision="one")) == "no_charge yes"
    assert first("won't charge", knowledge(SYMPTOMS[12], revision="two")) == NOTHING


@pytest.mark.parametrize(
    "words", ["", " ", "?!", "...", "''", "¬", ";", "| ;", "NOT", "\0", "ne", "not", "pas", "%"]
)
def test_what_has_no_words_says_nothing(words: str) -> None:
    assert understand(KB, words) == ()


SCRAPS = """it won't not n't ne pas plus turn on off charge s'allume écran noir sonne rien , et and hear me
i fine stop switching bien batterie battery personne aucun de"""
WORDS = st.lists(st.sampled_from(SCRAPS.split()), max_size=12).map(" ".join)


@given(WORDS | st.text(max_size=40))
def test_whatever_is_typed_scores_lie_between_the_threshold_and_1(words: str) -> None:
    found = understand(KB, words)
    assert all(THRESHOLD <= hit.score <= 1 for hit in found)
    assert len({hit.symptom for hit in found}) == len(found)
    assert all(isinstance(hit, Understood) and KB.symptoms[hit.symptom].answer(hit.answer) for hit in found)
    assert understand(KB, words) == found


ASKED_ABOUT = yes_no(
    "swollen", "Is the battery swollen?", "La batterie est-elle gonflée ?", "it has swollen up"
)
SECOND_LOOK = replace(
    yes_no("swollen_sure", "Is it really swollen?", "Est-elle vraiment gonflée ?"),
    name=Text.of(en="Swollen on a second look", fr="Gonflée, vérifié"),
    needs=(Condition("swollen", ("yes",)),),
)


def test_a_second_look_is_understood_only_once_there_is_something_to_look_at_again() -> None:
    kb, words = knowledge(ASKED_ABOUT, SECOND_LOOK, revision="second look"), "swollen on a second look"
    assert symptoms(words, kb) == {"swollen yes"}
    known = understand(kb, words, facts={"swollen": "yes"})
    assert known[0].symptom == "swollen_sure"


def test_what_callers_are_known_to_say_is_understood_before_its_question_applies() -> None:
    answers = (
        replace(SECOND_LOOK.answers[0], said=said("it rocks on the table", "")),
        *SECOND_LOOK.answers[1:],
    )
    kb = knowledge(ASKED_ABOUT, replace(SECOND_LOOK, answers=answers), revision="rocks")
    assert first("it rocks on the table", kb) == "swollen_sure yes"


def test_a_flood_of_words_is_heard_at_its_beginning() -> None:
    assert first("it won't turn on. " + "ne " * 5000) == "dead yes"


@given(st.sampled_from([words for words, _ in FRENCH + ENGLISH]))
def test_capitals_and_accents_do_not_matter(words: str) -> None:
    bare = words.translate(str.maketrans("éèêàçôûî", "eeeacoui"))
    assert first(bare.upper()) == first(words.upper()) == first(words)


@pytest.mark.parametrize(
    "words",
    ["s'allume plus", "ne s'allume plus", "s’allume pas", "ne veut pas s'allumer", "refuse de s'allumer"],
)
def test_french_denials_take_one_shape(words: str) -> None:
    assert clauses(words, "fr")[0].tokens == (NOT, "POWERON")


@pytest.mark.parametrize(
    "words",
    ["won't turn on", "wont turn on", "does not turn on", "cannot turn it on", "refuses to switch on"],
)
def test_english_denials_take_one_shape(words: str) -> None:
    assert clauses(words, "en")[0].tokens == (NOT, "POWERON")


@pytest.mark.parametrize(
    "words", ["la batterie a plus de deux ans", "de plus en plus lent", "il a plus d'un an"]
)
def test_more_is_no_denial_in_french(words: str) -> None:
    assert not any(clause.denies for clause in clauses(words, "fr"))
