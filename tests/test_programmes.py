"""What the shipped programmes say to callers, beyond what their cases show."""

import re

import pytest

from diagnose.knowledge.catalogue import load, root

LANGUAGES = ("en", "fr")
DEPARTMENTS = {f"{n:02}" for n in range(1, 96)} | {"97", "98"}


def departments(text):
    """The departments between the brackets of an answer, "91 to 95" told one by one."""
    inside = re.search(r"\((.*)\)", text).group(1)
    found = []
    for first, last in re.findall(r"(\d\d)(?: (?:to|à) (\d\d))?", inside):
        found += [f"{n:02}" for n in range(int(first), int(last or first) + 1)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_department_belongs_to_exactly_one_region_of_the_azur_number(language):
    kb = load(root(), "ericsson-t28", "ericsson-azur").knowledge
    regions = kb.symptoms["region"].answers
    told = [d for answer in regions for d in departments(answer.text.say(language))]
    assert sorted(told) == sorted(DEPARTMENTS)


def test_a_region_has_the_same_departments_in_both_languages():
    kb = load(root(), "ericsson-t28", "ericsson-azur").knowledge
    for answer in kb.symptoms["region"].answers:
        assert departments(answer.text.say("en")) == departments(answer.text.say("fr")), answer.id


@pytest.mark.parametrize("handset", ["philips-genie", "apple-iphone-13"])
def test_shops_are_named_in_the_language_of_the_call(handset):
    shops = {a.id: a.text for a in load(root(), handset).knowledge.symptoms["retailer"].answers}
    assert shops["hypermarket"].say("fr") == "Un hypermarché"
    assert shops["hypermarket"].say("en") == "A hypermarket"
    assert not [shop for shop, name in shops.items() for lang in LANGUAGES if " / " in name.say(lang)]


@pytest.mark.parametrize("programme", ["motorola-lines", "motorola-startac-home-visit"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_motorola_greets_dealers_otherwise_than_consumers(programme, language):
    handset = "motorola-d520" if programme == "motorola-lines" else "motorola-startac-85"
    kb = load(root(), handset, programme).knowledge
    words = {audience: kb.programme.greeting.say(language, audience) for audience in ("consumer", "dealer")}
    assert words["consumer"] != words["dealer"]
    asked = kb.symptoms["purchase_date"].ask
    assert asked.say(language, "dealer") != asked.say(language)


WAYS = [
    ("ericsson-t28", "ericsson-azur"),
    ("motorola-d520", "motorola-lines"),
    ("motorola-startac-85", "motorola-startac-home-visit"),
    ("philips-genie", "philips-f1rst-choice"),
    ("nokia-6110", "the-phone-house"),
    ("fairphone-5", "eu-maker-guarantee"),
]


@pytest.mark.parametrize(("handset", "programme"), WAYS)
def test_every_way_but_the_telephone_and_every_charge_is_said_to_the_caller(handset, programme):
    kb = load(root(), handset, programme).knowledge
    silent = {c.id for c in (*kb.channels.values(), *kb.charges.values()) if not c.say}
    assert silent == {"on_the_phone"}
    for spoken in (*kb.channels.values(), *kb.charges.values()):
        assert {"en", "fr"} <= dict(spoken.say.versions).keys() or not spoken.say, spoken.id


@pytest.mark.parametrize(("handset", "programme"), WAYS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_promise_says_when_and_leaves_it_to_the_channel_to_say_where(handset, programme, language):
    places = re.compile(
        r"carrier|transporteur|hand it in|dépos|bring it|rapport|specialist|spécialiste", re.I
    )
    kb = load(root(), handset, programme).knowledge
    for promise in kb.promises.values():
        for audience in ("consumer", "dealer"):
            assert not places.search(promise.say.say(language, audience)), promise.id


def test_a_part_by_post_brings_up_nothing_of_a_phone_that_leaves():
    kb = load(root(), "fairphone-5", "eu-maker-guarantee").knowledge
    posted = {w.id for w in kb.wrap_up if not w.channels or "module_by_post" in w.channels}
    leaving = {"account-removed", "proof-in-the-parcel", "cards-out-of-the-wallet"}
    assert leaving <= {w.id for w in kb.wrap_up}
    assert not leaving & posted and "name-the-part" in posted


@pytest.mark.parametrize(("handset", "programme"), WAYS)
def test_what_happens_at_the_door_is_spoken_of_only_where_somebody_comes(handset, programme):
    kb = load(root(), handset, programme).knowledge
    at_the_door = {
        w.id: set(w.channels) for w in kb.wrap_up if w.id in ("proof-at-the-door", "somebody-at-home")
    }
    assert at_the_door == {
        "proof-at-the-door": {"carrier_home"},
        "somebody-at-home": {"carrier_home", "technician", "specialised_pickup"},
    }
