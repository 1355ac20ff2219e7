"""What a call ends with: the cheapest remedy, but none that would help hardly anybody."""

from datetime import date

from diagnose.reasoning.assess import Assessment, assess
from diagnose.reasoning.facts import Finding, Findings
from tests.make import fault, knowledge, remedy, symptom


def ended(how_to: int) -> Assessment:
    """A dear exchange is likely, a repair may be due, and ``how_to`` of 1000 only want to be told something."""
    kb = knowledge(
        [symptom("dead")],
        [
            fault("how_to", how_to, "explain", dead=0.9),
            fault("board", 700, "swap", "hardware", dead=0.9),
            fault("jack", 300 - how_to, "mend", "hardware", dead=0.9),
        ],
        [remedy("explain", "advice"), remedy("swap", "exchange", 190), remedy("mend", "repair", 120)],
    )
    return assess(kb, Findings(date(2026, 3, 2), (Finding("dead", "yes", "opening"),)))


def test_advice_for_something_else_does_not_put_off_what_is_probably_due():
    call = ended(how_to=5)
    assert call.losses[0][0] == "explain"
    assert call.outcome.remedy.id == "swap"


def test_advice_that_may_help_is_given_although_something_else_is_likelier():
    assert ended(how_to=100).outcome.remedy.id == "explain"
