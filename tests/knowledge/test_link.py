"""Linking: references, frequencies, what does not apply to a handset, conditions and rules, the revision."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from diagnose.knowledge.model import Calendar, Condition, Effects, KnowledgeBase, Text
from diagnose.knowledge.problems import show

if TYPE_CHECKING:
    from conftest import Folder

Write = Callable[[str], "Folder"]
ONE = "handsets/acme-one.yaml"
PART = "parts/more.yaml"
MORE = """\
kind: part
source: estimate
symptoms:
  display:
    kind: observation
    seconds: 10
    ask: {en: What does it show?, fr: "Qu'affiche-t-il ?"}
    answers:
      normal: {en: Normal, fr: Normal, background: usually}
      puk: {en: PUK, fr: PUK, background: never, said: {en: [asks for puk], fr: [demande le puk]}}
      nothing: {en: Nothing, fr: Rien, background: 0.10}
  bought: {kind: entitlement, seconds: 5, answers: date, ask: {en: When?, fr: Quand ?}}
  shop: {kind: entitlement, seconds: 5, answers: retailers, ask: {en: Where?, fr: Où ?}}
  code: {kind: history, seconds: 5, answers: text, pattern: "[0-9]+", ask: {en: Code?, fr: Code ?}}
  strength: {kind: check, seconds: 5, answers: level, ask: {en: Bars?, fr: Barres ?}}
  hinge: {kind: check, seconds: 5, background: rarely, needs: {handset.folds: true}, ask: {en: H?, fr: H ?}}
alerts:
  burn: {say: {en: Put it down., fr: Posez-le.}, do: {en: Note it., fr: Notez-le.}}
channels:
  carrier: {name: {en: Carrier, fr: Transporteur}, carrier: true, verdicts: [exchange]}
charges:
  free: {name: {en: Free, fr: Gratuit}, free: true}
promises:
  next: {days: 1, say: {en: "By {day} at {hour}", fr: "{day} avant {hour}"}}
wrap_up:
  read: {text: {en: Read back., fr: Relire.}, verdicts: [exchange], needs: {bought: unknown}}
"""


@pytest.fixture
def more(folder: Folder) -> Folder:
    """The folder with one of everything, in a part of the handset."""
    return folder.write(PART, MORE).extend(ONE, "include: [parts/more.yaml]\n")


def rule(when: str, then: str = "{forbid: [exchange]}") -> str:
    return f"rules: {{r: {{when: {{{when}}}, then: {then}}}}}\n"


def test_one_of_everything_is_linked(more: Folder) -> None:
    knowledge = more.good()
    assert knowledge.symptoms["display"].answers[1].said == (
        ("en", ("asks for puk",)),
        ("fr", ("demande le puk",)),
    )
    assert knowledge.symptoms["cuts_out"].answers[0].said == (("en", ("dies on me",)), ("fr", ("me lâche",)))
    assert knowledge.symptoms["bought"].answer_type == "date" and knowledge.symptoms["bought"].answers == ()
    assert knowledge.symptoms["code"].pattern == "[0-9]+"
    assert [a.id for a in knowledge.symptoms["shop"].answers] == ["shop", "other"]
    assert knowledge.symptoms["shop"].answers[0].text == Text.of(en="The Shop", fr="The Shop")
    assert knowledge.alerts["burn"].severity == "danger"
    assert knowledge.channels["carrier"].carrier and knowledge.channels["carrier"].verdicts == ("exchange",)
    assert knowledge.charges["free"].free
    assert (knowledge.promises["next"].by, knowledge.promises["next"].cut_off) == ("18:00", "16:00")
    assert knowledge.wrap_up[0].needs == (Condition("bought", ("unknown",)),)
    assert knowledge.classes["use"].sound and not knowledge.classes["hardware"].sound
    assert knowledge.retailers["shop"].attributes == (("after_sales", "keeps"),)
    assert knowledge.remedies["clean"].trial is not None
    assert (knowledge.remedies["clean"].trial.seconds, knowledge.remedies["clean"].trial.cures) == (60, 0.85)
    assert "hinge" not in knowledge.symptoms


def test_backgrounds_sum_to_one(more: Folder) -> None:
    knowledge = more.good()
    assert [a.background for a in knowledge.symptoms["cuts_out"].answers] == [0.01, 0.99]
    assert [a.background for a in knowledge.symptoms["strength"].answers] == [1 / 3] * 3
    display = [a.background for a in knowledge.symptoms["display"].answers]
    assert display == pytest.approx([0.85 / 0.96, 0.01 / 0.96, 0.10 / 0.96])


@pytest.mark.parametrize(
    ("shows", "shares"),
    [
        ("{cuts_out: often}", (0.6, 0.4)),
        ("{cuts_out: {yes: often}}", (0.6, 0.4)),
        ("{cuts_out: {no: often}}", (0.4, 0.6)),
        ("{cuts_out: 0}", (0.0, 1.0)),
        ("{cuts_out: 1}", (1.0, 0.0)),
        ("{cuts_out: 0.0001}", (0.0005, 0.9995)),
        ("{cuts_out: 0.9999}", (0.9995, 0.0005)),
        ("{display: {nothing: often}}", (0.4 * 85 / 86, 0.4 / 86, 0.6)),
        ("{display: {nothing: 1}}", (0.0, 0.0, 1.0)),
        ("{display: {nothing: 0}}", (85 / 86, 1 / 86, 0.0)),
        (
            "{display: {normal: usually, nothing: sometimes}}",
            (0.85 / 1.15 * 0.9995, 0.0005, 0.30 / 1.15 * 0.9995),
        ),
        ("{display: {normal: often, puk: sometimes, nothing: sometimes}}", (0.5, 0.25, 0.25)),
    ],
)
def test_what_a_fault_shows_becomes_probabilities(
    more: Folder, shows: str, shares: tuple[float, ...]
) -> None:
    more.replace("parts/power.yaml", "{cuts_out: usually}", "{}")
    more.extend(ONE, f"change: {{faults: {{contacts: {{shows: {shows}}}}}}}\n")
    ((_, found),) = more.good().faults["contacts"].shows
    assert found == pytest.approx(shares) and sum(found) == pytest.approx(1)


def test_numbers_that_add_up_to_more_than_one_are_a_warning(more: Folder) -> None:
    more.extend(ONE, "change: {faults: {contacts: {shows: {display: {normal: 0.8, puk: 0.4}}}}}\n")
    assert more.the_problem("K419").startswith(
        f"{ONE}:8:47: K419 warning: the frequencies of 'display' add up to 1.20"
    )
    assert more.load().fine


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (
            "faults: {contacts: {shows: {cut_out: often}}}",
            "K401 there is no symptom 'cut_out'; did you mean 'cuts_out'?",
        ),
        (
            "faults: {contacts: {shows: {display: {puc: often}}}}",
            "K402 'display' has no answer 'puc'; did you mean 'puk'?",
        ),
        (
            "faults: {contacts: {shows: {cuts_out: offen}}}",
            "K410 there is no frequency 'offen'; did you mean 'often'?",
        ),
        (
            "faults: {contacts: {shows: {display: often}}}",
            "K203 'display' has several answers, this is one frequency",
        ),
        ("faults: {contacts: {shows: {bought: often}}}", "K415 'bought' is answered by a date"),
        ("faults: {contacts: {remedy: cleen}}", "K404 there is no remedy 'cleen'; did you mean 'clean'?"),
        ("faults: {contacts: {also: [swop]}}", "K404 there is no remedy 'swop'; did you mean 'swap'?"),
        ("faults: {contacts: {class: usage}}", "K405 there is no fault class 'usage'; did you mean 'use'?"),
        ("faults: {contacts: {remedy: null}}", "K412 fault 'contacts' has no remedy; add remedy:"),
        (
            "remedies: {clean: {try: {seconds: 9, cures: usually, check: cut_out}}}",
            "K401 there is no symptom 'cut_out'; did you mean 'cuts_out'?",
        ),
        (
            "remedies: {clean: {try: {seconds: 9, cures: usually, check: display}}}",
            "K402 'display' is not answered by yes or no; name a symptom whose answers are yes and no",
        ),
        (
            "remedies: {clean: {cures: [hardwear]}}",
            "K405 there is no fault class 'hardwear'; did you mean 'hardware'?",
        ),
        (
            "symptoms: {strength: {answers: levels}}",
            "K411 there is no answer set 'levels'; did you mean 'level'?",
        ),
        ("symptoms: {cuts_out: {background: null}}", "K418 'cuts_out' has no background"),
        (
            "symptoms: {display: {background: often}}",
            "K208 background: does not go with answers that are not yes or no",
        ),
        ("symptoms: {bought: {said: {en: [a], fr: [b]}}}", "K208 said: does not go with answers: date"),
        ("symptoms: {cuts_out: {pattern: a}}", "K208 pattern: goes with answers: text only"),
        ("symptoms: {code: {pattern: '['}}", "K421 not a regular expression"),
        ("symptoms: {code: {formerly: [bought]}}", "K422 'bought' cannot be what 'code' was formerly"),
        ("symptoms: {cuts_out: {needs: {fault.class: use}}}", "K414 fault.class is not known here"),
        (
            "promises: {next: {say: {en: '{hours}', fr: a}}}",
            "K423 {hours} is not filled in; there are {day} and {hour}",
        ),
        ("costs: {remedies: {swop: 5}}", "K404 there is no remedy 'swop'; did you mean 'swap'?"),
    ],
)
def test_what_does_not_fit_is_told_with_what_was_meant(more: Folder, change: str, shown: str) -> None:
    line = len((more.root / ONE).read_text().splitlines()) + 1
    found = more.extend(ONE, f"change: {{{change}}}\n").problems()
    assert len(found) == 1 and show(found[0]).split(": ", 1)[1].startswith(shown), found
    # What is missing is told where the entry is, anything else where it is written.
    assert found[0].place.line == line or "add" in found[0].mend


@pytest.mark.parametrize(
    ("when", "then", "shown"),
    [
        ("cut_out: yes", "{forbid: [exchange]}", "K414 there is no fact 'cut_out'; did you mean 'cuts_out'?"),
        ("cuts_out: yess", "{forbid: [exchange]}", "K402 cuts_out is never yess; did you mean 'yes'?"),
        (
            "cuts_out: true",
            "{forbid: [exchange]}",
            "K402 cuts_out is never true; it is one of yes, no, unknown",
        ),
        ("cuts_out: {at_least: 1}", "{forbid: [exchange]}", "K415 cuts_out is not a number"),
        ("bought.days: {}", "{forbid: [exchange]}", "K208 this test of bought.days says nothing or too much"),
        ("bought.days: {not: 1, at_most: 2}", "{forbid: [exchange]}", "K208 this test of bought.days"),
        ("bought.weeks: 3", "{forbid: [exchange]}", "K414 there is no fact 'bought.weeks'"),
        (
            "handset.fold: true",
            "{forbid: [exchange]}",
            "K413 no handset has an attribute 'fold'; did you mean 'folds'?",
        ),
        ("handset.folds: yes", "{forbid: [exchange]}", "K415 handset.folds is never text; it is false here"),
        ("handset.folds: {at_least: 1}", "{forbid: [exchange]}", "K415 handset.folds is not a number"),
        (
            "programme.visit: true",
            "{forbid: [exchange]}",
            "K413 no programme has an attribute 'visit'; did you mean 'vi",
        ),
        (
            "retailer.aftersales: x",
            "{forbid: [exchange]}",
            "K413 no retailer has an attribute 'aftersales'; did you mean",
        ),
        (
            "tried.cleen: cured",
            "{forbid: [exchange]}",
            "K404 there is no remedy 'cleen'; did you mean 'clean'?",
        ),
        (
            "tried.clean: maybe",
            "{forbid: [exchange]}",
            "K402 tried.clean is never maybe; it is one of cured, not_cured",
        ),
        (
            "fault.class: usage",
            "{forbid: [exchange]}",
            "K405 fault.class is never usage; did you mean 'use'?",
        ),
        ("fault.class: use", "{ask: [display]}", "K416 rule 'r' asks for fault.class and cannot ask"),
        (
            "cuts_out: yes",
            "{rule_out: [contcts]}",
            "K403 there is no fault 'contcts'; did you mean 'contacts'?",
        ),
        ("cuts_out: yes", "{confirm: contcts}", "K403 there is no fault 'contcts'"),
        ("cuts_out: yes", "{skip: [displai]}", "K401 there is no symptom 'displai'; did you mean 'display'?"),
        ("cuts_out: yes", "{alert: bern}", "K406 there is no alert 'bern'; did you mean 'burn'?"),
        ("cuts_out: yes", "{channel: carier}", "K407 there is no channel 'carier'; did you mean 'carrier'?"),
        ("cuts_out: yes", "{forbid_channel: [van]}", "K407 there is no channel 'van'"),
        ("cuts_out: yes", "{charge: fre}", "K408 there is no charge 'fre'; did you mean 'free'?"),
        ("cuts_out: yes", "{promise: nxt}", "K409 there is no promise 'nxt'; did you mean 'next'?"),
        (
            "cuts_out: yes",
            "{require: exchang}",
            "K404 there is no remedy 'exchang'; did you mean 'exchange'?",
        ),
        (
            "cuts_out: yes",
            "{derive: {display: puc}}",
            "K402 'display' has no answer 'puc'; did you mean 'puk'?",
        ),
        ("cuts_out: yes", "{}", "K420 rule 'r' does nothing"),
    ],
)
def test_a_rule_that_names_what_is_not_there(more: Folder, when: str, then: str, shown: str) -> None:
    line = len((more.root / ONE).read_text().splitlines()) + 1
    found = more.extend(ONE, rule(when, then)).problems()
    assert len(found) == 1 and show(found[0]).startswith(f"{ONE}:{line}:"), found
    assert show(found[0]).split(": ", 1)[1].startswith(shown), show(found[0])
    loaded = more.load()
    assert loaded.knowledge is not None and loaded.knowledge.rules == ()


def test_the_words_of_a_channel_and_of_a_charge_are_linked_and_may_be_left_out(more: Folder) -> None:
    more.replace(
        PART, "carrier: true, verdicts", "carrier: true, say: {en: He comes., fr: Il passe.}, verdicts"
    )
    knowledge = more.good()
    assert knowledge.channels["carrier"].say == Text.of(en="He comes.", fr="Il passe.")
    assert not knowledge.charges["free"].say
    more.replace(PART, "free: true", "say: {en: Nothing to pay., fr: Rien à payer.}, free: true")
    assert more.good().charges["free"].say.say("en") == "Nothing to pay."
    assert more.good().revision != knowledge.revision


def wrapped(more: Folder, only: str) -> Folder:
    return more.replace(PART, "verdicts: [exchange], needs", f"{only}, needs")


def test_a_line_of_the_wrap_up_goes_with_remedies_and_channels(more: Folder) -> None:
    (line,) = wrapped(more, "remedies: [clean, clean], channels: [carrier]").good().wrap_up
    assert (line.verdicts, line.remedies, line.channels) == ((), ("clean",), ("carrier",))


@pytest.mark.parametrize(
    ("only", "shown"),
    [
        ("remedies: [cleen]", "K404 there is no remedy 'cleen'; did you mean 'clean'?"),
        ("channels: [carier]", "K407 there is no channel 'carier'; did you mean 'carrier'?"),
    ],
)
def test_a_line_of_the_wrap_up_that_names_what_is_not_there(more: Folder, only: str, shown: str) -> None:
    (found,) = wrapped(more, only).problems()
    assert show(found).startswith(f"{PART}:") and shown in show(found)


def test_a_line_whose_remedies_are_all_of_other_handsets_is_left_out_and_not_shown_with_all(
    more: Folder,
) -> None:
    text = "remedies: {oil: {verdict: advice, name: {en: O, fr: H}, say: {en: O., fr: H.}, euros: 1,"
    more.extend(ONE, f"{text} needs: {{handset.folds: true}}}}}}\n")
    assert wrapped(more, "remedies: [oil]").good().wrap_up == ()
    more.replace(PART, "remedies: [oil]", "remedies: [oil, clean]")
    assert more.good().wrap_up[0].remedies == ("clean",)


def test_a_rule_has_either_when_or_any(more: Folder) -> None:
    more.extend(
        ONE,
        """
        rules:
          neither: {then: {forbid: [exchange]}}
          both: {when: {cuts_out: yes}, any: [{cuts_out: no}], then: {forbid: [exchange]}}
        """,
    )
    assert [p.message for p in more.problems("K208")] == [
        "rule 'neither' has neither when: nor any:",
        "rule 'both' has both when: and any:",
    ]


def test_premises_become_conditions(more: Folder) -> None:
    when = (
        "cuts_out: yes, display: [puk, nothing], strength: {not: low}, bought.days: {at_least: 3, at_most: 12},"
        " handset.folds: false, retailer.after_sales: keeps, tried.clean: not_cured, shop: stall, bought: unknown"
    )
    (found,) = more.extend(ONE, rule(when)).good().rules
    assert found.alternatives == (
        (
            Condition("cuts_out", ("yes",)),
            Condition("display", ("puk", "nothing")),
            Condition("strength", ("low",), True),
            Condition("bought.days", (), False, 3, 12),
            Condition("handset.folds", (False,)),
            Condition("retailer.after_sales", ("keeps",)),
            Condition("tried.clean", ("not_cured",)),
            Condition("shop", ("stall",)),
            Condition("bought", ("unknown",)),
        ),
    )
    assert str(found.alternatives[0][1].place) == f"{ONE}:8:35"


def test_effects_are_all_kept(more: Folder) -> None:
    then = (
        "{derive: {display: puk, locked: true, tries: 3}, rule_out: [contacts], ask: [display], skip: [code],"
        " alert: burn, forbid: [exchange, swap], require: clean, channel: carrier, forbid_channel: [carrier],"
        " charge: free, promise: next}"
    )
    (found,) = more.extend(ONE, rule("cuts_out: yes", then)).good().rules
    assert found.then == Effects(
        derive=(("display", "puk"), ("locked", True), ("tries", 3)),
        rule_out=("contacts",),
        ask=("display",),
        skip=("code",),
        alert="burn",
        forbid=("exchange", "swap"),
        require="clean",
        channel="carrier",
        forbid_channel=("carrier",),
        charge="free",
        promise="next",
    )


def test_what_a_rule_derives_is_a_fact_with_the_values_that_it_may_have(more: Folder) -> None:
    more.extend(
        ONE,
        """
        rules:
          a: {when: {cuts_out: yes}, then: {derive: {locked: true}}}
          b: {when: {locked: true}, then: {forbid: [exchange]}}
        """,
    )
    assert [r.id for r in more.good().rules] == ["a", "b"]
    more.replace(ONE, "{locked: true}, then: {forbid", "{locked: maybe}, then: {forbid")
    assert "K402 locked is never maybe; it is one of true" in more.the_problem("K402")


def test_a_policy_rule_may_do_what_policy_does(more: Folder) -> None:
    (found,) = more.extend(ONE, rule("fault.class: use", "{charge: free, require: advice}")).good().rules
    assert found.then == Effects(charge="free", require="advice")


def test_what_needs_an_attribute_that_does_not_hold_is_not_there_nor_is_any_reference_to_it(
    more: Folder,
) -> None:
    more.extend(
        ONE,
        """
        faults:
          worn: {name: {en: W, fr: W}, per_1000: 1, class: hardware, remedy: swap, needs: {handset.folds: true}}
        remedies:
          call_in: {verdict: visit, name: {en: V, fr: V}, say: {en: V, fr: V}, euros: 9, needs: {programme.visits: true}}
        rules:
          asks: {when: {cuts_out: yes}, then: {ask: [hinge, display], rule_out: [worn], require: call_in}}
          about: {when: {hinge: yes}, then: {forbid: [exchange]}}
          either: {any: [{hinge: yes}, {cuts_out: no}], then: {forbid: [exchange]}}
          only: {when: {cuts_out: yes}, then: {skip: [hinge]}}
          after: {when: {tried.call_in: cured}, then: {forbid: [exchange]}}
        change:
          faults: {contacts: {shows: {hinge: often}, also: [call_in]}}
        """,
    )
    knowledge = more.good()
    assert "worn" not in knowledge.faults and "call_in" not in knowledge.remedies
    assert knowledge.faults["contacts"].also == ()
    assert [s for s, _ in knowledge.faults["contacts"].shows] == ["cuts_out"]
    assert [r.id for r in knowledge.rules] == ["asks", "either"]
    assert knowledge.rules[0].then == Effects(ask=("display",))
    assert [[c.fact for c in a] for a in knowledge.rules[1].alternatives] == [["cuts_out"]]
    assert [r.number for r in knowledge.rules] == [0, 1]
    assert "call_in" in more.good(programme="second").remedies


def test_where_the_attribute_holds_the_other_premises_stay(more: Folder) -> None:
    more.replace(ONE, "source: estimate", "source: estimate\nattributes: {folds: true}")
    more.replace(PART, "{handset.folds: true}", "{handset.folds: true, cuts_out: yes}")
    assert more.good().symptoms["hinge"].needs == (Condition("cuts_out", ("yes",)),)


def test_what_needs_a_symptom_that_is_not_there_is_not_there_either(more: Folder) -> None:
    ask = "ask: {en: A?, fr: A ?}, background: rarely, seconds: 1, kind: check"
    more.replace(
        PART, "alerts:", f"  b: {{{ask}, needs: {{a: no}}}}\n  a: {{{ask}, needs: {{hinge: yes}}}}\nalerts:"
    )
    assert not {"a", "b"} & set(more.good().symptoms)


def test_an_attribute_that_only_another_handset_has_is_known_and_does_not_hold(more: Folder) -> None:
    more.write("handsets/acme-two.yaml", "kind: handset\nattributes: {tongue: true}\n")
    more.write("handsets/acme-three.yaml", "kind: handset\nattributes: {tongue: false}\n")
    more.replace(PART, "{handset.folds: true}", "{handset.tongue: true}")
    assert "hinge" not in more.good().symptoms
    others = [f for f in more.good().sources if f.startswith("handsets/") and f != ONE]
    assert others == ["handsets/acme-three.yaml"]  # the first that has it: on this one it hung


@pytest.mark.parametrize(
    ("written", "ends"),
    [("", False), (", ends_call: true", True), (", check: cuts_out", False), (", check: apart", True)],
)
def test_a_try_ends_the_call_when_it_says_so_or_its_check_does(more: Folder, written: str, ends: bool):
    ask = "ask: {en: A?, fr: A ?}, background: rarely, seconds: 1, kind: check, ends_call: true"
    more.replace(PART, "alerts:", f"  apart: {{{ask}}}\nalerts:")
    more.extend(ONE, f"change: {{remedies: {{clean: {{try: {{seconds: 9, cures: usually{written}}}}}}}}}\n")
    trial = more.good().remedies["clean"].trial
    assert trial is not None and trial.ends_call is ends


def test_a_fault_whose_remedy_does_not_apply_takes_the_next(more: Folder) -> None:
    more.extend(ONE, "change: {remedies: {clean: {needs: {handset.folds: true}}}}\n")
    assert (
        more.the_problem("K412")
        .split("K412 ")[1]
        .startswith("fault 'contacts' has no remedy here: 'clean' does not apply to acme-one")
    )
    more.replace(ONE, "change: {", "change: {faults: {contacts: {also: [swap]}}, ")
    fault = more.good().faults["contacts"]
    assert (fault.remedy, fault.also) == ("swap", ())


def test_a_source_is_that_of_the_entry_or_of_its_file_and_there_must_be_one(more: Folder) -> None:
    more.replace("parts/power.yaml", "per_1000: 34", "per_1000: 34\n    source: a study")
    knowledge = more.good()
    assert (knowledge.faults["contacts"].source, knowledge.remedies["clean"].source) == (
        "a study",
        "estimate",
    )
    more.replace("parts/power.yaml", "source: estimate\n", "")
    assert [str(p.place) for p in more.problems("K417")] == [f"parts/power.yaml:{n}:3" for n in (3, 18, 24)]


def test_a_retailer_is_called_the_same_in_every_language_or_has_a_name_in_each(more: Folder) -> None:
    assert more.good().retailers["shop"].name == Text.of(en="The Shop", fr="The Shop")
    more.replace("retailers/shop.yaml", "The Shop", "{en: The corner, fr: Le coin}")
    knowledge = more.good()
    assert knowledge.retailers["shop"].name == Text.of(en="The corner", fr="Le coin")
    assert [a.text.say("fr") for a in knowledge.symptoms["shop"].answers] == ["Le coin", "Un autre magasin"]


def test_a_retailer_with_a_name_in_one_language_only_is_told_which_is_missing(more: Folder) -> None:
    more.replace("retailers/shop.yaml", "The Shop", "{en: The corner}")
    assert more.the_problem("K205").startswith("retailers/shop.yaml:2:7: K205 a text lacks its French")


@pytest.mark.parametrize("file", [ONE, "programmes/first.yaml", "retailers/shop.yaml"])
def test_a_handset_a_programme_and_a_retailer_have_a_source(folder: Folder, file: str) -> None:
    folder.replace(file, "source: estimate\n", "")
    assert folder.the_problem("K417").startswith(f"{file}:1:1: K417 this file has no source")


def test_costs_need_the_source_of_their_file(folder: Folder) -> None:
    folder.write("parts/costs.yaml", "kind: part\ncosts: {talk_per_hour: 30}\n")
    folder.extend(ONE, "include: [parts/costs.yaml]\n")
    assert folder.the_problem("K417").startswith("parts/costs.yaml:2:1: K417 costs have no source")


def test_a_calendar_has_its_closed_days_as_numbers(folder: Folder) -> None:
    folder.extend(
        "programmes/first.yaml", "calendar: {country: DE, closed: [sunday, monday], subdivision: BY}\n"
    )
    programme = folder.good().programme
    assert programme is not None and programme.calendar == Calendar("DE", (1, 7), "BY")


# --- the revision ---------------------------------------------------------------------------------------------


def test_comments_blanks_and_the_order_of_fields_do_not_change_the_revision(more: Folder) -> None:
    before = more.good()
    more.replace("parts/power.yaml", "    seconds: 8\n", "").replace(
        "parts/power.yaml",
        "    background: never",
        "\n    # said quickly\n    background: never\n    seconds: 8",
    )
    more.replace("families/gsm.yaml", "{folds: false, bars: 4}", "{bars: 4, folds: false}")
    after = more.good()
    assert after.revision == before.revision and after == before
    assert after.faults["contacts"].origin != before.faults["contacts"].origin


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("parts/power.yaml", "per_1000: 34", "per_1000: 35"),
        ("parts/power.yaml", "dies on me", "dies"),
        ("parts/power.yaml", "Clean the contacts.", "Clean them."),
        ("words.yaml", "usually: 0.85", "usually: 0.86"),
        ("families/gsm.yaml", "bars: 4", "bars: 5"),
        ("retailers/shop.yaml", "keeps", "sends"),
        ("programmes/first.yaml", "guarantee_months: 12", "guarantee_months: 24"),
        (ONE, "salience: 1", "salience: 2"),
    ],
)
def test_any_content_changes_the_revision(more: Folder, file: str, old: str, new: str) -> None:
    more.extend(ONE, "rules: {r: {when: {cuts_out: yes}, then: {forbid: [exchange]}, salience: 1}}\n")
    before = more.good()
    assert len(before.revision) == 16 and int(before.revision, 16) >= 0
    assert more.replace(file, old, new).good().revision != before.revision


def test_the_order_of_rules_is_content(folder: Folder) -> None:
    one, two = (f"  {i}: {{when: {{cuts_out: yes}}, then: {{forbid: [exchange]}}}}\n" for i in "ab")
    folder.extend(ONE, "rules:\n" + one + two)
    before = folder.good().revision
    assert folder.replace(ONE, one + two, two + one).good().revision != before


def test_everything_wrong_is_told_at_once_and_the_rest_is_there(more: Folder) -> None:
    more.replace("parts/power.yaml", "background: never", "background: nevver")
    more.replace(PART, "answers: level", "answers: levels")
    more.extend(ONE, rule("cut_out: yes")).extend("programmes/first.yaml", "x: 1\n")
    loaded = more.load()
    assert [p.code for p in loaded.problems] == ["K414", "K411", "K410", "K201"]
    knowledge = loaded.knowledge
    assert isinstance(knowledge, KnowledgeBase) and not loaded.fine
    assert "contacts" in knowledge.faults and "display" in knowledge.symptoms
