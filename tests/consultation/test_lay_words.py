"""What callers say of shipped handsets, in words that are in no file, comes up first as what they mean."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from diagnose.consultation.understand import understand
from diagnose.knowledge import catalogue
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase

ROOT = Path(__file__).resolve().parents[2] / "knowledge"

GENIE = {
    "it won't ring": "no_ring",
    "I can't ring anyone": "fails_with_bars",
    "I can't call out": "fails_with_bars",
    "nobody can reach me": "straight_to_box",
    "I can hardly hear them": "hear_nothing",
    "it rings but I hear nothing when I answer": "hear_nothing",
    "it cuts off in the middle of a call": "drops",
    "it's completely dead": "dead",
    "the battery only lasts an hour": "short_life",
    "no signal at home": "no_bars",
    "it says emergency calls only": "display_says",
    "the time is wrong": "clock_lost",
    "it fell in the sea": "wet",
    "my phone fell down the stairs": "dropped",
    "il sonne plus": "no_ring",
    "je peux plus appeler personne": "fails_with_bars",
    "on n'arrive pas à me joindre": "straight_to_box",
    "les gens ne m'entendent pas": "not_heard",
    "j'entends très mal": "hear_nothing",
    "il s'éteint sans arrêt": "cuts_out",
    "il se décharge en deux heures": "short_life",
    "il dit insérer carte": "display_says",
    "l'heure n'est pas bonne": "clock_lost",
    "il est tombé dans le lac": "wet",
    "mes appels partent tout de suite sur la messagerie": "straight_to_box",
}
GALAXY = {
    "my phone doesn't ring when people call": "no_ring",
    "I can't ring anyone": "no_service",
    "it dies at 30 percent": "dies_early",
    "I can't hear the other person": "ear_faint",
    "there's a green line down the screen": "line",
    "the screen is black but it buzzes": "black",
    "no internet away from home": "calls_ok_no_data",
    "the side button is stuck": "key_stuck",
    "screen stays black during calls": "call_screen",
    "it keeps rebooting": "logo_loop",
    "il ne sonne plus": "no_ring",
    "la batterie se vide en une demi journée": "drains",
    "l'écran est explosé": "cracked",
    "il tape tout seul": "ghost",
    "il redémarre tout le temps": "logo_loop",
    "le bluetooth ne trouve pas ma voiture": "no_bluetooth",
    "il reconnaît plus mon visage": "bio_fails",
    "on m'entend pas": "not_heard",
    "il est tombé dans la mer": "wet",
    "internet marche pas dehors": "calls_ok_no_data",
}


@cache
def shipped(handset: str) -> KnowledgeBase:
    knowledge = catalogue.load(ROOT, handset, None).knowledge
    assert knowledge is not None
    return knowledge


@pytest.mark.parametrize(
    ("handset", "words", "symptom"),
    [
        (handset, words, symptom)
        for handset, said in (("philips-genie", GENIE), ("samsung-galaxy-s22", GALAXY))
        for words, symptom in said.items()
    ],
)
def test_it_comes_up_first(handset: str, words: str, symptom: str):
    assert understand(shipped(handset), words)[0].symptom == symptom


@pytest.mark.parametrize(
    ("handset", "words", "first", "second_look"),
    [
        ("samsung-galaxy-s22", "it doesn't lie flat any more", "bulge", "bulge_rocks"),
        ("samsung-galaxy-s22", "il ne repose plus à plat", "bulge", "bulge_rocks"),
        ("philips-genie", "suspect when laid down", "batt_hazard", "batt_hazard_laid"),
    ],
)
def test_nobody_opens_with_a_second_look(handset: str, words: str, first: str, second_look: str):
    opened = [found.symptom for found in understand(shipped(handset), words)]
    assert opened[0] == first
    assert second_look not in opened
    afterwards = understand(shipped(handset), words, facts={first: "yes", f"{first}_sure": UNKNOWN})
    assert second_look in [found.symptom for found in afterwards]


def test_an_owner_who_fitted_an_original_module_is_no_foreign_repairer():
    kb = shipped("fairphone-5")
    assert "repaired" not in [found.symptom for found in understand(kb, "I changed the screen myself")]
    assert understand(kb, "the battery is not from Fairphone")[0].symptom == "repaired"
