"""The number of a handset, as it is read out over the telephone: 14, 15 or 16 digits, checked.

What can be wrong with it is a code with data, and :class:`BadImei` can say it in both languages.
The check digit is Luhn's (3GPP TS 23.003, annex B); phase-1 handsets carry a 0 in its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from diagnose.knowledge.model import Text

Form = Literal["14", "15", "16"]

_BETWEEN = re.compile(r"[\s./\-‐-―−]+")
_OTHER = re.compile(r"[^0-9]")

TEXTS: dict[str, Text] = {
    "empty": Text.of(
        en="No number was typed. Have *#06# dialled, or look under the battery.",
        fr="Aucun numéro saisi. Faites composer *#06#, ou regardez sous la batterie.",
    ),
    "character": Text.of(
        en="“{character}” (place {place}) is not a digit. An IMEI has digits only.",
        fr="« {character} » (position {place}) n'est pas un chiffre. Un IMEI n'a que des chiffres.",
    ),
    "length": Text.of(
        en="{count} digits instead of 15 (14 and 16 are accepted too). Have it read out again.",
        fr="{count} chiffres au lieu de 15 (14 et 16 sont aussi acceptés). Faites-le relire.",
    ),
    "version": Text.of(
        en="17 digits: leave off the last two, they are the software version shown after the IMEI.",
        fr="17 chiffres : laissez les deux derniers, c'est la version du logiciel affichée après l'IMEI.",
    ),
    "check": Text.of(
        en="One digit is mistyped or misheard: the check digit does not agree. Have it read out again.",
        fr="Un chiffre est mal saisi ou mal entendu : la clé ne correspond pas. Faites relire le numéro.",
    ),
    "computed": Text.of(
        en="14 digits, without check digit: it would be {check}. A mistyped digit goes unnoticed.",
        fr="14 chiffres, sans clé : elle serait {check}. Une erreur de saisie passe inaperçue.",
    ),
    "phase-1": Text.of(
        en="Check digit 0, as phase-1 handsets carry it. A mistyped digit goes unnoticed.",
        fr="Clé 0, comme sur les appareils de phase 1. Une erreur de saisie passe inaperçue.",
    ),
    "version-16": Text.of(
        en="16 digits: an IMEI with software version {svn}. A mistyped digit goes unnoticed.",
        fr="16 chiffres : un IMEI avec la version de logiciel {svn}. Une erreur passe inaperçue.",
    ),
    "blank": Text.of(
        en="All zeros: the handset has lost its IMEI. Take the number from the label or the box.",
        fr="Que des zéros : l'appareil a perdu son IMEI. Prenez le numéro de l'étiquette ou de la boîte.",
    ),
}
"""What there is to say, by the code of an error or of a notice."""


@dataclass(frozen=True, slots=True)
class Imei:
    """The number of one handset.

    ``digits``: as read out, without what stood between them. ``tac``: 8 digits, the model.
    ``serial``: 6 digits, the unit. ``check``: 1 digit, computed where it was not read out.
    ``svn``: 2 digits, the software version, of the 16-digit form. ``notices``: codes of :data:`TEXTS`.
    """

    digits: str
    tac: str
    serial: str
    check: str
    form: Form
    notices: tuple[str, ...] = ()
    svn: str = ""

    @property
    def full(self) -> str:
        """The 15 digits under which the handset is known."""
        return self.tac + self.serial + self.check

    def notice(self, code: str, language: str = "en") -> str:
        """The sentence of one of its notices."""
        return TEXTS[code].say(language).format(check=self.check, svn=self.svn)


class BadImei(ValueError):
    """The text is no IMEI; ``code`` is one of :data:`TEXTS`, ``data`` what its sentence needs.

    Codes: ``empty``, ``character``, ``length``, ``version`` (17 digits), ``check``.
    """

    def __init__(self, code: str, **data: str | int) -> None:
        self.code = code
        self.data = data
        super().__init__(self.say("en"))

    def say(self, language: str) -> str:
        """One sentence for the operator: what is wrong, and what to do."""
        return TEXTS[self.code].say(language).format(**self.data)


def read_imei(text: str, phase_1: bool = False) -> Imei:
    """The IMEI in what was typed; spaces, dots, dashes and slashes between digits do not count.

    ``phase_1``: the handset may be a phase-1 one, whose check digit is always 0.

    Raises:
        BadImei: when it has another length, other characters, or a check digit that does not agree.
    """
    digits = _BETWEEN.sub("", text)
    if not digits:
        raise BadImei("empty")
    other = _OTHER.search(digits)
    if other:
        character = other.group()
        raise BadImei("character", character=character, place=text.index(character) + 1)
    if len(digits) == 17:
        raise BadImei("version")
    if not 14 <= len(digits) <= 16:
        raise BadImei("length", count=len(digits))
    return _read(digits, phase_1)


def _read(digits: str, phase_1: bool) -> Imei:
    from stdnum import luhn  # here, for start-up time

    tac, serial, rest = digits[:8], digits[8:14], digits[14:]
    check: str = luhn.calc_check_digit(tac + serial)
    blank = () if digits.strip("0") else ("blank",)
    if not rest:
        return Imei(digits, tac, serial, check, "14", ("computed", *blank))
    if len(rest) == 2:
        return Imei(digits, tac, serial, check, "16", ("version-16", *blank), rest)
    if rest == check:
        return Imei(digits, tac, serial, check, "15", blank)
    if phase_1 and rest == "0":
        return Imei(digits, tac, serial, "0", "15", ("phase-1",))
    raise BadImei("check")


def spoken(imei: Imei) -> str:
    """The digits as they were read out, in groups for reading back: "00 123456 123456 1"."""
    groups = (imei.digits[:2], imei.digits[2:8], imei.digits[8:14], imei.digits[14:])
    return " ".join(group for group in groups if group)
