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
