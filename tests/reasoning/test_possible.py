"""What can be tried, and how often it is taken to work."""

from dataclasses import replace

import numpy as np

from diagnose.knowledge.model import Trial
from diagnose.reasoning.possible import repertoire
from tests.make import fault, knowledge, remedy, symptom


def base(trial: Trial):
    return knowledge(
        [symptom("works_then", "check", background=0.5), symptom("dead")],
        [
            fault("dirt", 20, "clean", dead=0.9, works_then=0.75),
            fault("wear", 10, "clean", dead=0.9),
            fault("board", 10, "swap", "hardware", dead=0.9, works_then=0.25),
        ],
        [replace(remedy("clean", "advice"), trial=trial), remedy("swap", "exchange", 60)],
    )


def test_a_try_works_as_often_as_it_says_for_the_faults_that_it_is_for():
    assert np.allclose(repertoire(base(Trial(30, 0.9))).cures, [[0.9, 0.9, 0.0]])


def test_a_try_that_is_asked_about_too_works_as_often_as_each_of_its_faults_shows_it():
    """Where a fault says nothing of it, as often as with anybody; where it is not for the fault, never."""
    assert np.allclose(repertoire(base(Trial(30, 0.9, "works_then"))).cures, [[0.75, 0.5, 0.0]])
