"""What stands on the screen, at the sizes that operators have."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from diagnose.consultation.closing import ways
from diagnose.consultation.events import Answered
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Text, WrapUp
from diagnose.terminal.keys import KEYS, caps
from diagnose.terminal.phrases import channel_line, fault_line, try_words, words_to_say
from diagnose.terminal.screenshot import screenshot
from diagnose.terminal.state import State, asked, at_verdict, wrap_up
from diagnose.terminal.terminal import Terminal
from diagnose.terminal.views.frame import to_ansi
from diagnose.terminal.views.screen import screen
from diagnose.words import word
from tests import make
from tests.terminal.position import ICON, NASTY, bench, do, position, said, shown, telephone

SIZES = [(80, 24), (120, 40), (100, 30), (40, 10), (200, 60)]


def silent(language: str = "en") -> Terminal:
    """A call in which the question about the icon stands."""
    return do(position(language), "volunteer does not ring", "choose 1", "enter")


def exchange(language: str = "en") -> Terminal:
    """A call at the verdict "exchange"."""
    terminal = do(silent(language), "no", "overrule exchange swap the buzzer was heard to crackle")
    assert at_verdict(terminal.state)
    return terminal


def states() -> dict[str, State]:
    """States of every sort."""
    out = {
        "complaint": position(complaint=True),
        "ask": silent(),
        "french": silent("fr"),
        "alert": do(position(), "volunteer hazard", "choose 1", "enter"),
        "verdict": exchange(),
        "details": do(exchange("fr"), "details"),
        "help": do(position(), "help"),
        "why": do(silent(), "why"),
        "change": do(silent(), "change"),
        "why_not": do(silent(), "why_not swap"),
        "list": do(position(), "why_not"),
        "history": do(silent(), "history"),
        "held": do(position(), "hold back at five"),
        "quit": do(position(), "quit"),
        "imei": do(position(), "identify", "enter", "insert 49015420323751"),
    }
    return {name: terminal.state for name, terminal in out.items()}


STATES = states()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", sorted(STATES))
def test_every_screen_is_exactly_as_large_as_the_terminal(name: str, size: tuple[int, int]):
    rows = shown(STATES[name], *size)
    assert len(rows) == size[1]
    assert {cell_len(row) for row in rows} == {size[0]}


@pytest.mark.parametrize("width", range(1, 60, 7))
@pytest.mark.parametrize("height", [1, 2, 5, 14])
def test_no_size_is_too_small(width: int, height: int):
    for state in STATES.values():
        assert len(shown(state, width, height)) == height


@pytest.mark.parametrize("size", SIZES)
def test_the_question_is_there_in_full_with_every_answer(size: tuple[int, int]):
    words = said(shown(silent().state, *size))
    left_column = said(
        row[: size[0] * 3 // 5] if size[0] >= 100 else row for row in shown(silent().state, *size)
    )
    assert ICON.say("en") in left_column
    for answer in ("yes", "no", "Don't know"):
        assert answer in words


def test_what_is_read_to_the_caller_stands_in_a_box_of_its_own():
    rows = shown(silent("fr").state)
    top = next(i for i, row in enumerate(rows) if "DITES" in row)
    bottom = next(i for i, row in enumerate(rows) if row.startswith("┗"))
    assert said(rows[top + 1 : bottom]) == ICON.say("fr")
    assert any(row.startswith("▸ Dans un coin.") for row in rows[bottom:])


def test_the_compact_screen_has_faults_remedy_ticks_and_keys():
    words = said(shown(silent().state))
    assert "Faults" in words and "%" in words and "█" in words
    assert "If you stopped now: Advice · Switch the ring on – expected cost €" in words
    assert "✓ no_ring: yes (unasked)" in words
    assert "1-9 answer ? don't know / caller says" in words


def test_the_wide_screen_has_its_faults_beside_the_question():
    row = shown(silent().state, 120, 40)[1]
    assert "SAY" in row[:72] and "Faults" in row[72:]


def test_twelve_answers_all_stand_on_a_small_screen():
    kb = telephone()
    asked = replace(
        kb.rules[0], id="look", alternatives=((),), then=replace(kb.rules[0].then, ask=("shown",))
    )
    rows = shown(position(kb=replace(kb, revision="looks", rules=(replace(asked, then=_only_ask()),))).state)
    assert all(f"sign_{n}" in said(rows) for n in range(1, 13))


def _only_ask():
    from diagnose.knowledge.model import Effects

    return Effects(ask=("shown",))


def test_an_alert_stands_in_its_box_until_it_is_marked_as_read_out():
    terminal = do(position(), "volunteer hazard", "choose 1", "enter")
    words = said(shown(terminal.state))
    assert "DANGER – READ THIS OUT NOW" in words
    assert "Put it down and leave it alone." in words and "No parcel." in words
    words = said(shown(do(terminal, "alert").state))
    assert "leave it alone" not in words and "⚠ alert (a)" in words
    assert "leave it alone" in said(shown(do(terminal, "alert").state))


def test_an_answer_that_no_longer_applies_is_said_to_be_set_aside():
    terminal = do(silent(), "yes", "volunteer icon_shape", "choose 1")
    assert terminal.state.overlay is not None
    do(terminal, "enter", "history")
    do(terminal, "choose 2", "choose 2")
    aside = terminal.state.the_call.assessment.set_aside
    assert aside == ("icon_shape",)
    assert "○ icon_shape: yes (set aside)" in said(shown(terminal.state, 120, 40))
    assert terminal.state.notice is not None and "icon_shape" in terminal.state.notice.words


def test_the_clock_goes_from_green_to_red_with_marks_that_need_no_colour():
    terminal = silent()
    seen = []
    for seconds in (60, 90, 60):
        bench(terminal).later(seconds)
        terminal.clocked()
        seen.append(shown(terminal.state)[0].split("One · Care")[1].split())
    assert [row[:3] for row in seen] == [["1:00", "/", "3:00"], ["2:30", "/", "3:00"], ["3:30", "/", "3:00"]]
    assert [row[3] for row in seen] == ["EN", "!", "!!"]


def test_the_help_lists_every_key_of_the_table():
    for language in ("en", "fr"):
        words = said(shown(do(position(language), "help").state, 90, 90))
        for key in KEYS:
            if key.language in ("", language):
                assert f"{caps(key, language)} {word(f'help.{key.command}', language)}" in words


def test_the_verdict_is_large_with_words_reasons_and_the_list():
    words = said(shown(exchange().state, 90, 70))
    assert "E X C H A N G E" in words
    assert "do swap" in words
    assert "Overruled because: the buzzer was heard to crackle" in words
    assert "[ ] Read back item 11." in words
    assert "no promise goes with it" in words
    assert "[✓] Read back item 2." in said(shown(do(exchange(), "tick 2").state, 90, 70))


def test_what_a_key_did_is_in_view_however_far_the_verdict_is_scrolled():
    state = replace(do(exchange(), "accept").state, scroll=99)
    rows = shown(state)
    assert state.notice is not None and state.notice.words in said(rows)
    assert rows[0].strip() and "E X C H A N G E" not in said(rows)


def test_that_a_call_waits_or_has_an_alert_is_never_cut_off_by_a_long_name():
    base = telephone()
    kb = replace(base, revision="long", handset=replace(base.handset, name="One " * 30))
    assert "ON HOLD" in shown(do(position(kb=kb), "hold back at five").state, 60, 24)[0]
    alert = do(position(kb=kb), "volunteer hazard", "choose 1", "enter", "alert")
    assert "⚠ alert (a)" in shown(alert.state, 60, 24)[0]


def test_a_call_on_hold_shows_what_it_waits_for():
    terminal = do(position(), "hold back at five", "note he is out")
    assert "It waits for: back at five" in said(shown(terminal.state))
    assert "It waits" not in said(shown(do(position(), "hold", "enter").state))


def test_a_list_on_the_verdict_leaves_the_verdict_in_view():
    assert "E X C H A N G E" in said(shown(do(exchange(), "history").state))
    assert "do swap" in said(shown(do(exchange(), "note").state, 120, 40))


def test_a_rule_whose_charge_another_has_outdone_is_a_reason_with_the_details_only():
    base = telephone()
    rules = (
        *base.rules,
        make.rule("last-word", salience=-9, charge="estimate"),
        make.rule("first", charge="free"),
    )
    numbered = tuple(replace(r, number=n) for n, r in enumerate(rules))
    kb = replace(base, revision="outdone", rules=numbered)
    terminal = concluded(kb=kb)
    assert "because first" in said(shown(terminal.state, 90, 90))
    assert "because last-word" not in said(shown(terminal.state, 90, 90))
    assert "because last-word" in said(shown(do(terminal, "details").state, 90, 90))


def test_a_key_stands_on_the_line_of_its_answer_where_answers_run_on():
    terminal = do(position(), "ask_other shown")
    for width in range(60, 90):
        line = shown(terminal.state, width, 16)
        assert not any(row.rstrip().endswith((" 2", " 3", " 5", " 7", " ?")) for row in line), width


def test_a_second_try_is_opened_as_another_one():
    base = telephone()
    other = replace(base.remedies["unmute"], id="explain")
    terminal = position(kb=replace(base, remedies={**base.remedies, "explain": other}))
    unmute = base.remedies["unmute"]
    assert try_words(terminal.state, unmute)[0].startswith("Let us try something together.")
    terminal.do(lambda s: s.tried("before", "explain"))
    assert try_words(terminal.state, unmute)[0].startswith("Let us try something together.")
    terminal.do(lambda s: s.tried("not_cured", "explain"))
    assert try_words(terminal.state, unmute)[0].startswith("Let us try something else.")


def concluded(language: str = "en", kb: KnowledgeBase | None = None) -> Terminal:
    """A call that the system itself ends with the verdict "exchange"."""
    terminal = do(position(language, kb), "volunteer does not ring", "choose 1", "enter")
    for _ in range(20):
        if at_verdict(terminal.state):
            break
        step = terminal.state.the_call.assessment.next
        asked = getattr(step, "symptom", "")
        do(
            terminal,
            *{"bought": ("answer 1", "insert 5/1/1998", "enter")}.get(
                asked, ("yes" if asked == "proof" else "no",)
            ),
        )
        if not asked:
            do(terminal, "not_cured")
    assert terminal.state.the_call.assessment.outcome.verdict == "exchange"
    return terminal


def test_the_system_s_own_promise_is_said_with_its_day_and_hour():
    words = said(shown(concluded("fr").state, 100, 80))
    assert "Il arrive au plus tard demain, mardi 3 mars, 18 heures." in words


def with_preparation(remedy: str) -> Terminal:
    """The telephone with something to prepare for a remedy, and a verdict that names it."""
    kb = telephone()
    known = kb.remedies[remedy]
    prepared = replace(known, prepare=(Text.of(en="Write your numbers down.", fr="Notez vos numéros."),))
    terminal = position(kb=replace(kb, remedies={**kb.remedies, remedy: prepared}))
    return do(terminal, f"overrule {known.verdict} {remedy} heard before")


def test_what_is_to_be_prepared_comes_before_the_steps_of_advice_and_after_all_else():
    words = words_to_say(with_preparation("unmute").state).splitlines()
    assert words[-4:] == [
        "First of all, please:",
        "• Write your numbers down.",
        "1. Open the menu.",
        "2. Turn it up.",
    ]
    assert words_to_say(with_preparation("swap").state).splitlines()[-2:] == [
        "Until then, please:",
        "• Write your numbers down.",
    ]


def collected() -> KnowledgeBase:
    """The telephone with a carrier of whom something is said."""
    kb = telephone()
    say = Text.of(en="It is collected from you.", fr="On vient le prendre chez vous.")
    home = replace(kb.channels["carrier_home"], say=say)
    return replace(kb, channels={**kb.channels, "carrier_home": home})


def test_the_way_is_read_out_with_the_verdict_and_not_with_advice():
    swap = do(position(kb=collected()), "overrule exchange swap heard before")
    assert "It is collected from you." in words_to_say(swap.state).splitlines()[0]
    assert "It is collected from you." in said(shown(swap.state, 100, 40))
    told = do(position(kb=collected()), "overrule advice unmute heard before")
    assert "collected" not in words_to_say(told.state)


def test_the_list_before_closing_keeps_to_the_remedies_and_channels_of_its_lines():
    kb = telephone()
    lines = {
        "all": {},
        "this-remedy": {"remedies": ("unmute", "swap")},
        "another-remedy": {"remedies": ("unmute",)},
        "this-channel": {"channels": ("shop", "carrier_home")},
        "another-channel": {"channels": ("shop",)},
        "one-of-two": {"remedies": ("swap",), "channels": ("shop",)},
    }
    text = Text.of(en="Read back.", fr="Relire.")
    kb = replace(kb, wrap_up=tuple(WrapUp(id_, text, **only) for id_, only in lines.items()))
    state = do(position(kb=kb), "overrule exchange swap heard before").state
    assert ways(state.the_call)[0] == "carrier_home"
    assert [line.id for line in wrap_up(state.the_call)] == ["all", "this-remedy", "this-channel"]


def test_the_promised_day_is_on_the_list_only_where_one_is_promised():
    kb = telephone()
    text = Text.of(en="Say the day.", fr="Annoncer le jour.")
    kb = replace(
        kb,
        revision="promised",
        wrap_up=(WrapUp("say-the-day", text, promised=True), WrapUp("say-who-pays", text)),
    )
    terminal = do(position(kb=kb), "volunteer no_ring", "enter")
    for symptom, answer in (("mute_icon", "no"), ("bought", "1998-01-05"), ("proof", "yes")):
        terminal.do(lambda s, symptom=symptom, answer=answer: s.answer(answer, symptom))  # type: ignore[misc]
    call = terminal.state.the_call
    assert call.assessment.outcome.promise and [w.id for w in wrap_up(call)] == [
        "say-the-day",
        "say-who-pays",
    ]
    do(terminal, "overrule exchange swap heard before")
    assert [w.id for w in wrap_up(terminal.state.the_call)] == ["say-who-pays"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Several causes are possible", "ring us again", "Uncertain: this would put")),
        ("fr", ("Plusieurs causes sont possibles", "rappelez-nous", "Incertain : cela ne suffirait")),
    ],
)
def test_of_a_cause_that_is_not_known_the_words_and_the_reasons_say_so(language: str, words: tuple[str, ...]):
    page = said(shown(do(position(language), "finish").state, 120, 40))
    assert all(w in page for w in words)
    sure = said(shown(do(position(language), "volunteer mute_icon", "enter", "finish").state, 120, 40))
    assert not any(w in sure for w in words)


def test_the_reasons_name_the_likeliest_cause_also_where_the_verdict_is_meant_for_another():
    state = do(position(), "finish").state
    fault = state.the_call.assessment.outcome.fault
    (first, _), (second, _) = state.the_call.assessment.belief.ranked()[:2]
    assert fault == first and fault_line(state, first).startswith("Most likely: ")
    assert fault_line(state, second).startswith("Meant for: ") and "most likely: " in fault_line(
        state, second
    )


@pytest.mark.parametrize("command", ["note", "hold now", "finish"])
def test_what_was_noted_is_read_again_where_it_is_wanted(command: str):
    terminal = do(position(), "note rings only in the kitchen")
    assert "rings only in the kitchen" not in said(shown(terminal.state))
    assert "✎ rings only in the kitchen" in said(shown(do(terminal, command).state))


def test_of_a_long_note_what_is_being_typed_stays_in_view():
    terminal = do(position(), "note", f"insert {'it rang twice. ' * 200}and then no more")
    assert said(shown(terminal.state)).count("and then no more") == 1
    do(terminal, "home")
    assert "and then no more" not in said(shown(terminal.state))
    assert "> it rang twice." in said(shown(terminal.state))


def test_why_at_the_verdict_gives_every_reason_of_it():
    page = said(shown(do(silent(), "answer 1", "finish", "why").state, 120, 40))
    assert "Most likely: " in page and " dB)" in page and "on average over ending the call" not in page


@pytest.mark.parametrize(("answers", "there"), [(3, False), (4, True)])
def test_a_caller_who_cannot_tell_is_better_rung_again(answers: int, there: bool):
    terminal = position()
    for symptom in ("wet", "no_ring", "asks_how", "hazard")[:answers]:
        terminal.do(lambda s, symptom=symptom: s.answer(UNKNOWN, symptom))  # type: ignore[misc]
    terminal.state = replace(terminal.state, early=False, asking="mute_icon")
    assert asked(terminal.state) is not None
    assert (word("at_a_loss", "en")[:22] in said(shown(terminal.state, 120, 40))) is there


def test_why_says_the_reason_of_a_rule_once_and_where_it_is_written():
    kb = telephone()
    because = Text.of(en="A muted ringer is likelier.", fr="Une sonnerie coupée est plus probable.")
    rules = tuple(replace(r, because=because) if r.id == "look" else r for r in kb.rules)
    kb = replace(kb, revision="because", rules=rules)
    terminal = do(position(kb=kb), "volunteer no_ring", "enter", "why")
    page = said(shown(terminal.state))
    assert page.count("A muted ringer is likelier.") == 1 and "[look," in page


def test_a_try_that_would_end_the_call_says_so_before_its_steps():
    kb = telephone()
    known = kb.remedies["unmute"]
    assert known.trial is not None
    cuts = replace(known, trial=replace(known.trial, ends_call=True))
    warning = word("ends_call", "en")
    for remedy in (known, cuts):
        other = position(kb=replace(kb, remedies={**kb.remedies, "unmute": remedy}))
        trying = replace(other.state, trying="unmute")
        assert (warning in said(shown(trying, 120, 40))) is (remedy is cuts)


def test_advice_is_not_called_free_for_it_may_say_what_to_buy():
    assert "Charge:" in channel_line(with_preparation("swap").state)
    assert "Charge:" not in channel_line(with_preparation("unmute").state)


def test_rules_are_named_with_file_and_line_only_in_the_details():
    terminal = do(silent(), "no", "finish")
    place = f"{terminal.state.the_call.kb.rules[0].origin.place}]"
    assert place not in said(shown(terminal.state, 100, 80))
    before, after = terminal.state, do(terminal, "details").state
    assert "dB" in said(shown(after, 100, 80)) and "dB" not in said(shown(before, 100, 80))


def test_nothing_from_the_knowledge_or_the_keyboard_reaches_the_terminal_as_a_command():
    kb = telephone()
    symptoms = {
        k: replace(s, ask=Text.of(en=NASTY, fr=NASTY), name=Text.of(en=NASTY)) for k, s in kb.symptoms.items()
    }
    faults = {k: replace(f, name=Text.of(en=NASTY)) for k, f in kb.faults.items()}
    terminal = position(kb=replace(kb, revision="nasty", symptoms=symptoms, faults=faults))
    do(terminal, f"note {NASTY}", f"insert {NASTY}", "volunteer", f"insert {NASTY}")
    for state in (terminal.state, do(terminal, "cancel").state, do(terminal, "history").state):
        for width, height in SIZES:
            drawn = to_ansi(screen(state, width, height), width, colour=False)
            assert not set("\x07\x9b\u202e") & set(drawn)
            assert "\x1b[31m" not in drawn
    assert "[bold]not bold[/bold]" in said(shown(do(terminal, "cancel").state, 200, 60))


def test_without_colour_no_colour_is_sent():
    drawn = to_ansi(screen(silent().state, 80, 24), 80, colour=False)
    codes = {c for part in drawn.split("\x1b[")[1:] for c in part.split("m")[0].split(";")}
    assert codes <= {"0", "1", "2", "3", "4", "7"}
    assert "\x1b[1;32m" in to_ansi(screen(silent().state, 80, 24), 80, colour=True)


def test_a_screenshot_is_an_svg_of_the_same_screen_and_the_same_bytes_each_time(tmp_path):
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    for path in (first, second):
        screenshot(path, silent().state)
    text = first.read_text(encoding="utf-8")
    assert text == second.read_text(encoding="utf-8")
    assert text.startswith("<svg") and "crossed-out" in text and "@font-face" not in text


def test_scrolling_shows_what_did_not_fit():
    terminal = exchange()
    assert "Read back item 11" not in said(shown(terminal.state, 80, 18))
    assert "more lines below" in said(shown(terminal.state, 80, 18))
    do(terminal, *["scroll_down"] * 20)
    assert "Read back item 11" in said(shown(terminal.state, 80, 18))


def test_two_answers_that_accuse_each_other_stand_on_the_screen_once():
    kb = make.knowledge(
        [make.symptom(name, background=0.001) for name in ("no_ring", "dead", "blank")],
        [
            make.fault("flat", 10, "charge", no_ring=0.5, dead=0.95, blank=0.0001),
            make.fault("lamp", 10, "charge", no_ring=0.5, dead=0.0001, blank=0.95),
        ],
        [make.remedy("charge", "advice"), make.remedy("mend", "repair", 50)],
    )
    terminal = position(kb=kb)
    for name in ("dead", "blank"):
        terminal.session.take(Answered("1998-03-02T10:00:00+01:00", name, "yes", volunteered=True))
    terminal.follow()
    assert len(terminal.state.the_call.assessment.conflicts) == 2
    for size in ((80, 24), (120, 40)):
        rows = said(shown(terminal.state, *size))
        assert rows.count("≠ Hardly goes together") == 1
        assert "≠ Hardly goes together: dead: yes / blank: yes" in rows


def test_keys_are_named_as_on_the_keyboard_of_the_language():
    bars = {language: shown(do(position(language), "note").state)[-1] for language in ("en", "fr")}
    assert "Esc back" in bars["en"] and "Échap retour" in bars["fr"]


@pytest.mark.parametrize(("language", "undo"), [("en", "u undo"), ("fr", "u annuler")])
def test_at_the_verdict_the_way_back_is_on_the_bar_of_a_small_screen(language: str, undo: str):
    assert undo in shown(exchange(language).state)[-1]
