"""The IMEI as it is read out over the telephone."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from diagnose.consultation.imei import TEXTS, BadImei, read_imei, spoken

BODIES = st.text("0123456789", min_size=14, max_size=14)


def doubled(digit: int) -> int:
    return digit * 2 - 9 if digit > 4 else digit * 2


def luhn_digit(body: str) -> str:
    """Written anew here, so that the library is not its own witness."""
    total = sum(doubled(int(d)) if place % 2 else int(d) for place, d in enumerate(body))
    return str(-total % 10)


def whole(body: str) -> str:
    return body + luhn_digit(body)


def code_of(text: str, phase_1: bool = False) -> str:
    with pytest.raises(BadImei) as caught:
        read_imei(text, phase_1)
    return caught.value.code


def test_fifteen_digits_are_model_unit_and_check_digit() -> None:
    imei = read_imei("490154203237518")
    assert (imei.tac, imei.serial, imei.check, imei.form) == ("49015420", "323751", "8", "15")
    assert imei.notices == ()
    assert imei.full == "490154203237518"


@pytest.mark.parametrize(
    "text",
    [
        "49 015420 323751 8",
        "490154/20/323751/8",
        "49-015420-323751-8",
        "49.015420.323751.8",
        " 490154203237518\n",
        "49\u00a0015420\u2013323751\u20118",
    ],
)
def test_what_stands_between_the_digits_does_not_count(text: str) -> None:
    assert read_imei(text).digits == "490154203237518"


def test_fourteen_digits_get_their_check_digit_and_a_notice() -> None:
    imei = read_imei("49015420323751")
    assert (imei.form, imei.check, imei.notices) == ("14", "8", ("computed",))
    assert imei.full == "490154203237518"
    assert "8" in imei.notice("computed", "fr")


def test_sixteen_digits_carry_the_software_version() -> None:
    imei = read_imei("4901542032375102")
    assert (imei.form, imei.svn, imei.notices) == ("16", "02", ("version-16",))
    assert imei.full == "490154203237518"
    assert "02" in imei.notice("version-16")


def test_check_digit_0_of_a_phase_1_handset_is_taken_with_a_notice() -> None:
    assert read_imei("490154203237510", phase_1=True).notices == ("phase-1",)
    assert code_of("490154203237510") == "check"


def test_a_phase_1_handset_may_not_carry_any_other_wrong_digit() -> None:
    assert code_of("490154203237515", phase_1=True) == "check"


def test_a_right_check_digit_0_needs_no_notice_on_a_phase_1_handset() -> None:
    body = next(str(n) for n in range(49015420323751, 49015420323800) if luhn_digit(str(n)) == "0")
    assert read_imei(body + "0", phase_1=True).notices == ()


def test_all_zeros_are_a_handset_that_lost_its_number() -> None:
    assert "blank" in read_imei("000000000000000").notices


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" - ", "empty"),
        ("4901542032375", "length"),
        ("490154203237518012", "length"),
        ("490154203237518/01", "version"),
        ("49O154203237518", "character"),
        ("٤90154203237518", "character"),
    ],
)
def test_what_is_no_imei_says_which_way_it_is_none(text: str, code: str) -> None:
    assert code_of(text) == code


def test_a_letter_is_named_with_its_place() -> None:
    with pytest.raises(BadImei) as caught:
        read_imei("49 O154203237518")
    assert caught.value.data == {"character": "O", "place": 4}
    assert "position 4" in caught.value.say("fr")


def test_a_wrong_check_digit_is_never_answered_with_the_right_one() -> None:
    """The operator would read the right digit out, and the mistyped one would stand."""
    with pytest.raises(BadImei) as caught:
        read_imei("490154203237511")
    assert not any(letter.isdigit() for letter in caught.value.say("en") + caught.value.say("fr"))


def test_every_sentence_exists_in_both_languages() -> None:
    for code, text in TEXTS.items():
        assert {key for key, _ in text.versions} == {"en", "fr"}, code


def test_it_is_read_back_in_groups() -> None:
    assert spoken(read_imei("490154203237518")) == "49 015420 323751 8"
    assert spoken(read_imei("00123456123456")) == "00 123456 123456"
    assert spoken(read_imei("0012345612345602")) == "00 123456 123456 02"


@given(BODIES)
def test_a_number_with_its_luhn_digit_is_read_back_as_it_was(body: str) -> None:
    imei = read_imei(whole(body))
    assert imei.full == imei.digits == whole(body)
    assert read_imei(spoken(imei)) == imei
    assert read_imei(body).full == whole(body)


@given(BODIES, st.integers(0, 14), st.integers(1, 9))
def test_one_altered_digit_is_always_caught(body: str, place: int, step: int) -> None:
    right = whole(body)
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]
    assert code_of(wrong) == "check"


@given(BODIES, st.integers(0, 13))
def test_two_swapped_neighbours_are_caught_unless_they_are_0_and_9(body: str, place: int) -> None:
    right = whole(body)
    pair = right[place : place + 2]
    assume(pair[0] != pair[1])
    wrong = right[:place] + pair[::-1] + right[place + 2 :]
    if set(pair) == {"0", "9"}:
        assert read_imei(wrong).digits == wrong
    else:
        assert code_of(wrong) == "check"
