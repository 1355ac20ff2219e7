"""The closing words: verdict, way, day and who pays, in that order and each once."""

from dataclasses import replace

import pytest

from diagnose.consultation.call import after, open_call
from diagnose.consultation.closing import chance, closing, promised_day, unsure, ways
from diagnose.consultation.events import (
    Accepted,
    Answered,
    Held,
    Noted,
    Opened,
    Overruled,
    Resumed,
    Tried,
)
from diagnose.consultation.trace import walk
from diagnose.knowledge.model import Promise, Text
from diagnose.record.replay import last_verdict
from tests.make import ringer, rule

AT = "1998-03-02T10:00:00+01:00"
SWAP = Text.of(en="We swap it.", fr="Nous l'échangeons.", fr_dealer="On l'échange.")
COLLECTED = Text.of(en="It is collected.", fr="Il est enlevé.", fr_dealer="Il part de chez vous.")
COSTS = Text.of(en="You pay for it.", fr="C'est à votre charge.")
SOON = Text.of(en="By {day}.", fr="Pour {day}.")


@pytest.fixture
def kb():
    base = ringer()
    return replace(
        base,
        revision="closing",
        channels={k: replace(c, say=COLLECTED if c.carrier else Text()) for k, c in base.channels.items()},
        charges={k: replace(c, say=Text() if c.free else COSTS) for k, c in base.charges.items()},
        remedies={**base.remedies, "swap": replace(base.remedies["swap"], say=SWAP)},
        promises={"soon": Promise("soon", SOON, days=1)},
        rules=(*base.rules, replace(rule("dated", salience=-1, promise="soon"), number=len(base.rules))),
    )


def ended(kb, **answers):
    call = open_call(kb, Opened(AT, "c", kb.handset.id, None, kb.revision, "diagnose", "en"))
    for symptom, answer in answers.items():
        call = after(call, Answered(AT, symptom, answer, volunteered=True))
    return call


def overruled(kb, verdict, remedy):
    return after(ended(kb, no_ring="yes"), Overruled(AT, verdict, remedy, "heard before"))


@pytest.fixture
def exchange(kb):
    call = ended(kb, no_ring="yes", mute_icon="no", bought="1998-01-05", proof="yes")
    assert call.assessment.outcome.verdict == "exchange" and ways(call)[0] == "carrier_home"
    return call


def test_what_is_done_comes_before_the_way_and_the_way_before_the_day(exchange):
    said = closing(exchange, "en", "consumer")
    assert said.startswith("We swap it. It is collected. By tomorrow, Tuesday 3 March.")


def test_a_dealer_hears_the_wording_for_dealers_where_there_is_one(exchange):
    assert closing(exchange, "fr", "dealer").startswith("On l'échange. Il part de chez vous. Pour demain,")


LATE = "1998-03-02T16:05:00+01:00"  # the cut-off hour is 16:00


@pytest.mark.parametrize("event", [Noted(LATE, "calm"), Held(LATE), Accepted(LATE)])
def test_the_day_that_was_said_stays_the_day_while_it_is_noted_down_and_accepted(exchange, event):
    later = after(exchange, event)
    assert later.now > exchange.now
    assert promised_day(later) == promised_day(exchange)


@pytest.mark.parametrize("event", [Answered(LATE, "wet", "no"), Resumed(LATE)])
def test_what_is_learnt_or_who_comes_back_after_the_cut_off_hour_has_a_later_day(exchange, event):
    held = after(exchange, Held(AT)) if isinstance(event, Resumed) else exchange
    assert "Wednesday 4 March" in closing(after(held, event), "en", "consumer")


def test_the_trace_has_the_day_that_is_said(exchange):
    call = after(after(after(exchange, Held(AT)), Resumed(LATE)), Accepted("1998-03-03T09:00:00+01:00"))
    entries = [entry for _, entry in walk(call.kb, call.events, look_ahead=False)]
    assert last_verdict(call.events, entries)["promise"] == promised_day(call).isoformat(timespec="minutes")


def test_who_pays_comes_last(kb):
    call = overruled(kb, "exchange", "swap")
    assert ways(call)[1] == "estimate"
    assert closing(call, "en", "consumer").endswith(" You pay for it.")


def test_with_a_verdict_of_the_operators_no_day_is_promised(kb):
    assert (
        closing(overruled(kb, "exchange", "swap"), "en", "consumer")
        == "We swap it. It is collected. You pay for it."
    )


def test_ways_and_charges_without_words_add_nothing(kb):
    mute = replace(kb, channels=ringer().channels, charges=ringer().charges, revision="mute")
    assert closing(overruled(mute, "exchange", "swap"), "en", "consumer") == "We swap it."


def test_of_advice_its_own_words_are_all(kb):
    told = replace(
        kb, remedies={**kb.remedies, "unmute": replace(kb.remedies["unmute"], say=SWAP)}, revision="a"
    )
    assert closing(overruled(told, "advice", "unmute"), "en", "consumer") == "We swap it."


def test_a_verdict_without_a_remedy_has_no_words(kb):
    assert closing(overruled(kb, "repair", ""), "en", "consumer") == ""


SAYS = {"en": ("Several causes", "ring us again"), "fr": ("Plusieurs causes", "rappelez-nous")}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_advice_that_would_rather_not_help_is_not_given_as_if_the_cause_were_known(kb, language):
    call = ended(kb)
    assert chance(call) < 0.5
    said = closing(call, language, "consumer")
    assert said.startswith(SAYS[language][0]) and SAYS[language][1] in said
    assert call.assessment.outcome.remedy.say.say(language) in said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_advice_that_would_rather_help_is_given_without_more_ado(kb, language):
    call = ended(kb, no_ring="yes", mute_icon="yes")
    assert closing(call, language, "consumer") == call.assessment.outcome.remedy.say.say(language)


def doubted(call, **outcome):
    """The call, with all that is believed of the causes at less than half, and another outcome."""
    now = call.assessment
    half = replace(now.belief, posterior=now.belief.posterior * 0.4)
    doubtful = replace(call)
    doubtful.__dict__["assessment"] = replace(now, belief=half, outcome=replace(now.outcome, **outcome))
    assert chance(doubtful) < 0.5
    return doubtful


def test_the_likeliest_cause_is_only_spoken_of_where_it_is_the_one(kb):
    call = ended(kb)
    assert "the most likely case" in closing(call, "en", "consumer")
    other = doubted(call, fault="silent", remedy=kb.remedies["unmute"])
    assert "the most likely case" not in closing(other, "en", "consumer")
    assert "without sending anything away" in closing(other, "en", "consumer")


def test_what_is_sent_for_a_cause_that_is_not_known_says_so_and_is_sent_all_the_same(exchange):
    sure = closing(exchange, "en", "consumer")
    assert closing(doubted(exchange), "en", "consumer") == (
        f"From here I cannot say for certain what the cause is. {sure}"
    )


def test_a_danger_that_is_not_certain_is_a_risk_that_is_not_taken(kb):
    call = ended(kb, hazard="yes")
    assert call.assessment.outcome.verdict == "visit"
    sure = closing(call, "en", "consumer")
    assert closing(doubted(call), "en", "consumer") == (
        f"From here I cannot rule out a danger, so we take no risk. {sure}"
    )


def test_what_cured_on_the_phone_and_what_the_operator_decided_are_not_in_doubt(kb):
    solved = after(ended(kb), Tried(AT, "unmute", "cured"))
    assert chance(solved) == 1.0 and not unsure(solved)
    assert not unsure(after(ended(kb), Overruled(AT, "advice", "unmute", "heard before")))
