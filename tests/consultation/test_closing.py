"""The closing words: verdict, way, day and who pays, in that order and each once."""

from dataclasses import replace

import pytest

from diagnose.consultation.call import after, open_call
from diagnose.consultation.closing import closing, ways
from diagnose.consultation.events import Answered, Opened, Overruled
from diagnose.knowledge.model import Promise, Text
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
