"""Where calls come from: the knowledge folder, and the folder of transcripts."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from diagnose import __version__
from diagnose.consultation.call import Editions, Refused, fold
from diagnose.consultation.events import Opened
from diagnose.knowledge import catalogue
from diagnose.knowledge.model import KnowledgeBase
from diagnose.knowledge.naming import shown_by, under
from diagnose.knowledge.problems import errors
from diagnose.knowledge.source import read
from diagnose.record import kept
from diagnose.record.replay import kept_edition, revision_of
from diagnose.record.transcript import (
    AlreadyOpen,
    CannotRecord,
    Keeping,
    Recording,
    Writer,
    new_call_id,
    path_for,
    unfinished,
)
from diagnose.terminal.edited import KnowledgeFiles, stamped
from diagnose.terminal.options import CallOptions
from diagnose.terminal.session import Clock, Session
from diagnose.terminal.state import Option
from diagnose.words import word


class CannotStart(Exception):
    """There can be no call; the text is one line that says what is wrong and what to do."""


class SeveralFit(CannotStart):
    """The words name more than one handset: which of them can still be asked on a screen."""


class Opener(Protocol):
    """What the start screen needs of the world."""

    def handsets(self, words: str) -> tuple[Option, ...]:
        """The handsets that these words fit, best first; all of them for none."""

    def programmes(self, handset: str) -> tuple[Option, ...]:
        """The programmes of a handset, its own first."""

    def begin(self, handset: str, programme: str | None, language: str, audience: str) -> Session:
        """A new call.

        Raises:
            CannotStart: when the knowledge cannot be used.
            CannotRecord: when nothing can be written.
        """


def now() -> datetime:
    """The desk's own time, with its offset, to the second."""
    return datetime.now().astimezone().replace(microsecond=0)


@dataclass(frozen=True)
class Folder:
    """The opener of the real world."""

    options: CallOptions
    clock: Clock = now
    nonce: Callable[[], str] = secrets.token_hex

    def handsets(self, words: str) -> tuple[Option, ...]:
        """From the heads of the files of the folder."""
        listed = {h.id: h for h in catalogue.handsets(self.options.root)}
        found = catalogue.find(self.options.root, words)
        return tuple(Option(h, catalogue.full_name(listed[h].brand, listed[h].name), h) for h in found)

    def programmes(self, handset: str) -> tuple[Option, ...]:
        """Those that its file names, by the names in theirs."""
        ids = next((h.programmes for h in catalogue.handsets(self.options.root) if h.id == handset), ())
        return tuple(Option(p, self._programme_name(p), p) for p in ids)

    def _programme_name(self, programme: str) -> str:
        node, _ = read(self.options.root, f"programmes/{programme}.yaml", until=("kind", "name"))
        name = node.get("name") if node is not None else None
        spoken = name.get(self.options.language) if name is not None else None
        return spoken.text if spoken is not None else programme

    def begin(self, handset: str, programme: str | None, language: str, audience: str) -> Session:
        """Loads the knowledge, makes the transcript, opens the call."""
        kb = load(self.options, handset, programme)
        at = self.clock().isoformat(timespec="seconds")
        opened = Opened(
            at=at,
            call=new_call_id(at, self.nonce()),
            handset=kb.handset.id,
            programme=kb.programme.id if kb.programme else None,
            revision=kb.revision,
            product=f"diagnose {__version__}",
            language=language,
            audience=audience,
            operator=self.options.operator,
            desk=self.options.desk,
        )
        keeping = Keeping(self.options.root, self.options.personal, sources=kb.sources)
        writer = Writer.create(path_for(self.options.transcripts, opened), keeping)
        session = Session.begin(kb, opened, writer, self.clock)
        session.files = self._files(opened, kb)
        return session

    def resume(self, call: str) -> tuple[Session, str]:
        """A call that waited, going on with the knowledge that it was on.

        Where that was not kept the call is renewed to today's, and where the product has changed so that it
        reads the same knowledge otherwise, to what it is now. The second value is the word that says so.

        Raises:
            CannotStart: when there is none, or no knowledge can follow it.
            CannotRecord: when somebody else has it, or its file is broken.
        """
        opened, writer, recording = self._reopened(call)
        try:
            return self._going_on(opened, writer, recording)
        except (CannotStart, CannotRecord):
            writer.close()
            raise

    def _reopened(self, call: str) -> tuple[Opened, Writer, Recording]:
        """The call that waited; unless one is named, the newest that nobody else has open."""
        waiting = self._waiting(call)
        keeping = Keeping(self.options.root, self.options.personal)
        taken: AlreadyOpen | None = None
        for opened, path in waiting:
            try:
                return opened, *Writer.resume(
                    path, keeping, take_over=self.options.take_over, by=self.options.operator
                )
            except AlreadyOpen as elsewhere:
                if call:
                    raise
                taken = taken or elsewhere
        assert taken is not None
        raise taken

    def _going_on(self, opened: Opened, writer: Writer, recording: Recording) -> tuple[Session, str]:
        editions, current, was_kept = self._editions(opened, recording)
        now = editions[-1]
        try:
            call = fold(editions, recording.events)
        except Refused as refused:
            words = {"call": opened.call, "why": str(refused)}
            raise CannotStart(word("start.changed", self.options.language, **words)) from None
        if call.over:
            raise CannotStart(word("start.over", self.options.language, call=opened.call))
        session = Session(call, writer, self.clock, files=self._files(opened, now, current=current))
        if call.status == "held":
            session.resume(self.options.operator)
        else:
            session.away = max(0.0, (self.clock() - call.now).total_seconds())
        if now.revision == revision_of(recording):
            return session, ""
        session.renew(now)
        return session, "start.upgraded" if was_kept else "start.revised"

    def _editions(self, opened: Opened, recording: Recording) -> tuple[Editions, bool, bool]:
        """The knowledge of the call and of each of its renewals; of the last, two things.

        Whether it is what the files say, and whether it was kept.
        What was not kept is taken to be as what came after it, in the end as today's.
        """
        today: KnowledgeBase | None = None
        wrong = CannotStart()
        try:
            today = load(self.options, opened.handset, opened.programme)
        except CannotStart as error:
            wrong = error
        found: list[KnowledgeBase] = []
        after = today
        kept_ = [self._kept(recording, address, today) for address in reversed(recording.grounds)]
        for knowledge in kept_:
            after = knowledge or after
            if after is None:
                raise wrong
            found.append(after)
        return tuple(reversed(found)), found[0] is today, kept_[0] is not None

    def _kept(self, recording: Recording, address: str, today: KnowledgeBase | None) -> KnowledgeBase | None:
        """The knowledge of that address; today's where its texts are the same, None where it is gone."""
        store = recording.path.parent / kept.FOLDER
        try:
            if today is not None and kept.kept(store, address) == kept.texts(
                self.options.root, today.sources
            ):
                return today
            loaded = kept_edition(recording, address)
        except (kept.NotKept, OSError):
            return None
        return loaded.knowledge if loaded.fine else None

    def _files(self, opened: Opened, kb: KnowledgeBase, *, current: bool = True) -> KnowledgeFiles:
        root = self.options.root
        return KnowledgeFiles(
            root,
            lambda: load(self.options, opened.handset, opened.programme),
            kb.sources,
            stamped(root, kb.sources) if current else None,
        )

    def _waiting(self, call: str) -> list[tuple[Opened, Path]]:
        waiting = [(r.opened, r) for r in unfinished(self.options.transcripts) if r.opened is not None]
        chosen: list[tuple[Opened, Recording]] = [
            (o, r) for o, r in waiting if not call or call in (o.call, r.path.name, r.path.stem, str(r.path))
        ]
        if not chosen:
            names = ", ".join(o.call for o, _ in waiting[:5])
            key = "start.no_such_call" if names else "start.none_waiting"
            raise CannotStart(word(key, self.options.language, call=call, calls=names))
        return [(opened, recording.path) for opened, recording in chosen]


def load(options: CallOptions, handset: str, programme: str | None) -> KnowledgeBase:
    """The knowledge of a handset under a programme.

    Raises:
        CannotStart: naming the first error, and how many there are.
    """
    loaded = catalogue.load(options.root, handset, programme)
    wrong = errors(loaded.problems)
    if loaded.knowledge is None or wrong:
        named = under(options.root)
        lines = [shown_by(p, named) for p in wrong[:1]] or [handset]
        more = word("start.more", options.language, count=len(wrong) - 1) if len(wrong) > 1 else ""
        raise CannotStart(" ".join([*lines, more]).strip())
    return loaded.knowledge


def which_handset(options: CallOptions) -> str | None:
    """The handset that was named, by its id or by a part of its name that fits one only.

    Raises:
        CannotStart: when it fits none.
        SeveralFit: when it fits several equally well.
    """
    if options.handset is None:
        return None
    if catalogue.has(options.root, options.handset):
        return options.handset
    ids = [h.id for h in catalogue.handsets(options.root)]
    found = catalogue.meant(options.root, options.handset)
    if len(found) == 1:
        return found[0]
    if not ids:
        raise CannotStart(word("start.no_knowledge", options.language, folder=options.root))
    words = {"handset": options.handset, "known": ", ".join(found or ids)}
    if found:
        raise SeveralFit(word("start.several", options.language, **words))
    raise CannotStart(word("start.no_handset", options.language, **words))
