"""What hinders the record of a call, as its operator reads it: in both languages, with what to do.

As a string, each is English.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from diagnose.knowledge.model import Text
from diagnose.knowledge.problems import Problem


class Failure(Exception):
    """Something that could not be done. ``said`` is one sentence."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.say("en"))
        self.said = said


class CannotRecord(Failure):
    """The transcript cannot be written; every line appended before stands. ``why`` is one sentence."""

    def __init__(self, path: Path, why: Text) -> None:
        super().__init__(
            Text.of(
                en=f"{path}: cannot record: {why.say('en')}",
                fr=f"{path} : impossible d'enregistrer : {why.say('fr')}",
            )
        )
        self.path = path
        self.why = why


class AlreadyOpen(CannotRecord):
    """The same call is being written by somebody else. ``takeable``: it can be taken over on purpose."""

    def __init__(self, path: Path, *, takeable: bool = False) -> None:
        said = OPEN_ELSEWHERE_TAKEABLE if takeable else OPEN_ELSEWHERE
        super().__init__(path, said)


class TakenOver(CannotRecord):
    """The call was taken over by somebody else, or its file was taken away; nothing more is written here."""


class Busy(OSError):
    """Somebody else holds the lock."""


OPEN_ELSEWHERE = Text.of(en="this call is open elsewhere", fr="cet appel est ouvert ailleurs")
OPEN_ELSEWHERE_TAKEABLE = Text.of(
    en="this call is open elsewhere; diagnose call --resume --take-over goes on with it here",
    fr="cet appel est ouvert ailleurs ; diagnose call --resume --take-over le reprend ici",
)
TAKEN = Text.of(
    en="this call was taken over by somebody else: it goes on there",
    fr="cet appel a été repris par quelqu'un d'autre : il se poursuit là-bas",
)
GONE = Text.of(
    en="the transcript was moved or deleted: every line before is lost with it, start a new call",
    fr="le fichier de l'appel a été déplacé ou supprimé, avec tout ce qui précède : ouvrir un nouvel appel",
)
EXISTS = Text.of(
    en="there is a transcript of that name already", fr="il y a déjà un enregistrement de ce nom"
)
SEALED = Text.of(
    en="the call is sealed: nothing can be added", fr="l'appel est scellé : rien ne peut y être ajouté"
)
ENDED = Text.of(
    en="the call has ended: there is nothing to take over", fr="l'appel est terminé : rien à reprendre"
)
HASHLESS = Text.of(
    en="not every line of it carries a hash: see diagnose verify",
    fr="toutes ses lignes ne portent pas d'empreinte : voir diagnose verify",
)
BUSY = Text.of(
    en="somebody else is in the middle of writing it: try again",
    fr="quelqu'un d'autre est en train d'y écrire : réessayer",
)

_BY_NUMBER: Mapping[int, Text] = {
    errno.ENOSPC: Text.of(
        en="No space left on the disk: make room, then try again",
        fr="le disque est plein : libérer de la place, puis réessayer",
    ),
    errno.EDQUOT: Text.of(
        en="the disk space of this account is used up: make room, then try again",
        fr="l'espace disque de ce compte est épuisé : libérer de la place, puis réessayer",
    ),
    errno.EFBIG: Text.of(
        en="the file may not grow any more: close this call and open another",
        fr="le fichier ne peut plus grandir : clore cet appel et en ouvrir un autre",
    ),
    errno.EROFS: Text.of(
        en="the disk is read-only: name another folder by --transcripts, or have it made writable",
        fr="le disque est en lecture seule : indiquer un autre dossier par --transcripts, "
        "ou le faire ouvrir à l'écriture",
    ),
    errno.EACCES: Text.of(
        en="Permission denied: this account may not use that file or folder; see who owns it",
        fr="accès refusé : ce compte n'a pas de droit sur ce fichier ou ce dossier ; voir à qui il est",
    ),
    errno.EIO: Text.of(
        en="the disk fails (input/output error): tell whoever looks after this machine",
        fr="le disque est défaillant (erreur d'entrée-sortie) : prévenir le responsable du poste",
    ),
    errno.ELOOP: Text.of(
        en="is a link: name the file that it leads to",
        fr="est un lien : indiquer le fichier auquel il mène",
    ),
    errno.ENOENT: Text.of(
        en="No such file or folder", fr="ce fichier ou ce dossier n'existe pas (ou plus)"
    ),
    errno.EEXIST: Text.of(
        en="a file is in the way of a folder: move it, or name another folder by --transcripts",
        fr="un fichier tient la place d'un dossier : le déplacer, ou indiquer un autre dossier "
        "par --transcripts",
    ),
}  # fmt: skip
_ALIKE = {errno.EPERM: errno.EACCES, errno.ENOTDIR: errno.EEXIST}


def why(error: Exception) -> Text:
    """What went wrong, in a few words, and what to do where that is known."""
    if isinstance(error, Failure):
        return error.why if isinstance(error, CannotRecord) else error.said
    if isinstance(error, Busy):
        return BUSY
    if isinstance(error, OSError) and error.errno is not None:
        known = _BY_NUMBER.get(_ALIKE.get(error.errno, error.errno))
        if known is not None:
            return known
        said = error.strerror or os.strerror(error.errno)
        return Text.of(en=said, fr=f"le système dit : {said}")
    said = str(error) or type(error).__name__
    return Text.of(en=said)


def broken(problem: Problem) -> Text:
    """Why a transcript that has this problem is left alone."""
    line = problem.place.line
    return Text.of(
        en=f"line {line}: {problem.message} ({problem.code}): see diagnose verify",
        fr=f"ligne {line} : abîmée ou modifiée ({problem.code}) : voir diagnose verify",
    )


def otherwise(line: int, at: str, entry: str) -> Text:
    """Why a call is not gone on with that the index knew otherwise."""
    return Text.of(
        en=f"line {line} of the call was another at {at} (index/{entry}): somebody has changed or cut it "
        "since; start a new call, and see diagnose verify",
        fr=f"à {at}, la ligne {line} de l'appel était autre (index/{entry}) : quelqu'un l'a modifié ou coupé "
        "depuis ; ouvrir un nouvel appel, et voir diagnose verify",
    )


def too_many_lines(most: int) -> Text:
    """Why nothing more fits into a call."""
    return Text.of(
        en=f"a call has {most} lines at most: close this one and open another",
        fr=f"un appel a {most} lignes au plus : clore celui-ci et en ouvrir un autre",
    )


def too_much(most: int) -> Text:
    """Why something does not fit into one line."""
    return Text.of(
        en=f"more than {most} bytes at once: say it in parts",
        fr=f"plus de {most} octets d'un coup : le dire en plusieurs fois",
    )


def not_entered(reason: Text, sealed: bool) -> Text:
    """What is said when the call stands, and the index does not have it."""
    said = {language: reason.say(language) for language in ("en", "fr")}
    if not sealed:
        return Text.of(
            en=f"the call is recorded, but not entered in the day's index ({said['en']})",
            fr=f"l'appel est enregistré, mais pas inscrit à l'index du jour ({said['fr']})",
        )
    return Text.of(
        en=f"the call is recorded and sealed, but not entered in the day's index ({said['en']}): "
        "run diagnose verify --mend",
        fr=f"l'appel est enregistré et scellé, mais pas inscrit à l'index du jour ({said['fr']}) : "
        "lancer diagnose verify --mend",
    )


def clock_went_back(before: str, now: str) -> Text:
    """What is said of a clock that shows an earlier time than the last line; the order of lines stands."""
    return Text.of(
        en=f"the computer's clock went back, from {before} to {now}: the call goes on in the order of its "
        "lines; set the clock before anything is promised",
        fr=f"l'horloge de l'ordinateur a reculé, de {before} à {now} : l'appel suit l'ordre de ses lignes ; "
        "remettre l'horloge à l'heure avant de promettre une date",
    )


def spoken(error: Exception, language: str) -> str:
    """An error in that language, where it knows it."""
    return error.said.say(language) if isinstance(error, Failure) else str(error)
