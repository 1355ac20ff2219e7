"""The language server: what editors ask in their protocol, answered by the functions of this package.

All of it runs in one thread; a check of the folder is done in small steps, between which requests are
answered. Whatever goes wrong with one request is told to the editor and ends nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from pathlib import Path
from urllib.parse import quote

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from diagnose import __version__
from diagnose.authoring.checking.mending import Edit, Mend, apart
from diagnose.authoring.places import displayed, root_of
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import CODES, Problem
from diagnose.training.text import CODES as OF_TRAINING

from .completing import Candidate
from .opened import Found, Opened, Spotted
from .outline import Symbol, outline

SOURCE = "diagnose"
PAUSE = 0.3
"""Seconds without a keystroke before a text is checked."""
BREATH = 0.0005
"""Seconds between two steps of a check, in which requests come in."""
_SYMBOLS = {
    "symptoms": lsp.SymbolKind.Field,
    "faults": lsp.SymbolKind.Class,
    "remedies": lsp.SymbolKind.Method,
    "rules": lsp.SymbolKind.Function,
    "cases": lsp.SymbolKind.Event,
}


class Server(LanguageServer):
    """Folders that are edited, by their roots, and the checks of them that are under way.

    ``told``: by folder, the files of which something was told. ``addresses``: of open files, as the editor
    writes them, who may have come by a link.
    """

    def __init__(self) -> None:
        super().__init__("diagnose", __version__)
        self.folders: dict[Path, Opened] = {}
        self.checks: dict[Path, asyncio.Task[None]] = {}
        self.told: dict[Path, set[str]] = {}
        self.addresses: dict[tuple[Path, str], str] = {}

    def place(self, uri: str) -> tuple[Opened, str] | None:
        """The folder that a file lies in, and its name there; None for one that is of no such folder."""
        path = uris.to_fs_path(uri)
        root = root_of(Path(path).parent) if path else None
        if path is None or root is None:
            return None
        real = root.resolve()
        if real not in self.folders:
            self.folders[real] = Opened(real)
        file = Path(path).resolve()
        return (self.folders[real], file.relative_to(real).as_posix()) if file.is_relative_to(real) else None

    def check(self, folder: Opened, file: str) -> None:
        """Begins to check a folder anew, once nothing has been typed for a moment."""
        last = self.checks.get(folder.root)
        if last is not None:
            last.cancel()
        self.checks[folder.root] = asyncio.get_running_loop().create_task(self._check(folder, file))

    async def _check(self, folder: Opened, file: str) -> None:
        await asyncio.sleep(PAUSE)
        try:
            for found in folder.check(file):
                if found is not None:
                    self._tell(folder, found)
                await asyncio.sleep(BREATH)
        except Exception as error:  # noqa: BLE001 - whatever one check meets, the server goes on
            # A folder that is moved away meanwhile, say: the next change is another chance.
            what = " ".join(f"{type(error).__name__}: {error}".split())
            message = lsp.LogMessageParams(lsp.MessageType.Error, f"the check was broken off: {what}")
            self.window_log_message(message)

    def _tell(self, folder: Opened, found: Found) -> None:
        before = self.told.setdefault(folder.root, set())
        files = {file for file, problems in found.problems.items() if problems}
        open_ = set(folder.unsaved) if found.last else set()  # fine is told of them, too
        for file in sorted(files | before | open_):
            diagnostics = [self.diagnostic(folder, p) for p in found.problems.get(file, ())]
            params = lsp.PublishDiagnosticsParams(self.address(folder, file), diagnostics)
            self.text_document_publish_diagnostics(params)
        self.told[folder.root] = files

    def address(self, folder: Opened, file: str) -> str:
        """The URI of a file, as the editor has it."""
        known = self.addresses.get((folder.root, file))
        return known or uris.from_fs_path(str(folder.root / file)) or file

    def diagnostic(self, folder: Opened, problem: Problem) -> lsp.Diagnostic:
        """A problem as editors show it: at the word that it is about, with the page that explains it."""
        place = problem.place
        word = next(
            (
                w
                for w in folder.names_of(place.file).words
                if (w.line, w.column) == (place.line, place.column)
            ),
            None,
        )
        end = word.end if word is not None else place.column + 1
        severity = lsp.DiagnosticSeverity
        page = page_of(problem.code)
        return lsp.Diagnostic(
            range=self.range(folder, Spotted(place.file, place.line, place.column, end)),
            message=f"{problem.message}; {problem.mend}" if problem.mend else problem.message,
            severity=severity.Error if problem.severity == "error" else severity.Warning,
            code=problem.code,
            code_description=lsp.CodeDescription(page) if page else None,
            source=SOURCE,
        )

    def range(self, folder: Opened, at: Spotted) -> lsp.Range:
        """Letters of a line, in the units that the client counts in."""
        return self.range_between(folder, at.file, (at.line, at.column), (at.line, at.end))

    def range_between(
        self, folder: Opened, file: str, start: tuple[int, int], end: tuple[int, int]
    ) -> lsp.Range:
        """What stands from one place to before another, in the units that the client counts in."""
        lines = re.split(r"\r\n|\r|\n", folder.text(file))
        return lsp.Range(self._position(lines, start), self._position(lines, end))

    def _position(self, lines: list[str], at: tuple[int, int]) -> lsp.Position:
        line = lines[at[0] - 1] if 0 < at[0] <= len(lines) else ""
        units = self.workspace.position_codec.client_num_units(line[: at[1] - 1])
        return lsp.Position(at[0] - 1, units)

    def asked(self, uri: str, position: lsp.Position) -> tuple[Opened, str, int, int] | None:
        """The folder, the file, and line and column, from 1, in characters."""
        found = self.place(uri)
        if found is None:
            return None
        folder, file = found
        lines = [f"{line}\n" for line in re.split(r"\r\n|\r|\n", folder.text(file))]
        at = self.workspace.position_codec.position_from_client_units(lines, position)
        return folder, file, at.line + 1, at.character + 1

    def location(self, folder: Opened, at: Spotted) -> lsp.Location:
        """A place in a file, for the editor to go to."""
        return lsp.Location(self.address(folder, at.file), self.range(folder, at))

    def edits(self, folder: Opened, file: str, edits: tuple[Edit, ...]) -> lsp.WorkspaceEdit:
        """Edits of one file, as the editor makes them."""
        made = [lsp.TextEdit(self.range_between(folder, file, e.start, e.end), e.text) for e in edits]
        return lsp.WorkspaceEdit({self.address(folder, file): made})


def page_of(code: str) -> str:
    """Where a code is explained, as an address; empty where the page was not installed."""
    package = Path(__file__).resolve().parent.parent
    pages = (package / "problems.md", package.parent / "docs" / "problems.md")
    page = next((page for page in pages if page.is_file()), None)
    title = {**CODES, **OF_TRAINING}.get(code, "")
    slug = re.sub(r"[^a-z0-9 -]", "", f"{code}: {title}".lower()).replace(" ", "-")
    return f"{page.as_uri()}#{quote(slug)}" if page is not None and title else ""


def server() -> Server:
    """The server with all that it answers."""
    made = Server()
    _listen(made)
    _answer(made)
    return made


def _listen(made: Server) -> None:
    """What the editor tells: texts opened, changed, saved and closed."""

    def note(uri: str, text: str | None) -> None:
        found = made.place(uri)
        if found is not None:
            folder, file = found
            made.addresses[folder.root, file] = uri
            folder.write(file, text)
            made.check(folder, file)

    def text_of(uri: str) -> str:
        document: TextDocument = made.workspace.get_text_document(uri)
        return document.source.removeprefix("\ufeff")

    @made.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        note(params.text_document.uri, text_of(params.text_document.uri))

    @made.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def typed(params: lsp.DidChangeTextDocumentParams) -> None:
        note(params.text_document.uri, text_of(params.text_document.uri))

    @made.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        note(params.text_document.uri, text_of(params.text_document.uri))

    @made.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        note(params.text_document.uri, None)

    @made.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def written(params: lsp.DidChangeWatchedFilesParams) -> None:
        for folder in {f.root: f for f in (_folder(made, c.uri) for c in params.changes) if f}.values():
            made.check(folder, "")

    @made.feature(lsp.INITIALIZED)
    async def ready(_params: lsp.InitializedParams) -> None:
        """Asks to be told of files that are written by others: by git, by another editor."""
        workspace = made.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace is not None else None
        if watching is not None and watching.dynamic_registration:
            watched = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher("**/*.yaml")])
            method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
            asked = lsp.RegistrationParams([lsp.Registration("written", method, watched)])
            await made.client_register_capability_async(asked)


def _folder(made: Server, uri: str) -> Opened | None:
    """The folder of a file, if one of its files is open."""
    root = root_of(Path(uris.to_fs_path(uri) or "."))
    return made.folders.get(root.resolve()) if root is not None else None


def _answer(made: Server) -> None:
    """What the editor asks."""

    @made.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        asked = made.asked(params.text_document.uri, params.position)
        mention = asked[0].mention(*asked[1:]) if asked is not None else None
        if asked is None or mention is None:
            return None
        folder = asked[0]
        told = folder.hover(mention, lambda place: _place(folder, place))
        markdown = lsp.MarkupContent(lsp.MarkupKind.Markdown, told)
        at = Spotted(mention.file, mention.line, mention.column, mention.end)
        return lsp.Hover(markdown, made.range(folder, at)) if told else None

    @made.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> list[lsp.Location]:
        asked = made.asked(params.text_document.uri, params.position)
        mention = asked[0].mention(*asked[1:]) if asked is not None else None
        if asked is None or mention is None:
            return []
        return [made.location(asked[0], at) for at in asked[0].definitions(mention)]

    @made.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        asked = made.asked(params.text_document.uri, params.position)
        mention = asked[0].mention(*asked[1:]) if asked is not None else None
        if asked is None or mention is None:
            return []
        found = asked[0].references(mention)
        return [
            made.location(asked[0], Spotted(m.file, m.line, m.column, m.end))
            for m in found
            if params.context.include_declaration or not m.defines
        ]

    @made.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(": [{,.")))
    def completion(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        asked = made.asked(params.text_document.uri, params.position)
        if asked is None:
            return None
        folder, file, line, column = asked
        begun, candidates = folder.complete(file, line, column)
        at = made.range(folder, Spotted(file, line, column - len(begun), column))
        after = re.split(r"\r\n|\r|\n", folder.text(file))[line - 1][column - 1 :]
        colon = "" if re.match(r"[\w.-]*\s*:", after) else ": "
        items = [_item(number, c, at, colon) for number, c in enumerate(candidates)]
        return lsp.CompletionList(is_incomplete=False, items=items)

    @made.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        found = made.place(params.text_document.uri)
        if found is None:
            return []
        folder, file = found
        return [_symbol(made, folder, file, s) for s in outline(folder.names_of(file).words)]

    @made.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll]),
    )
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        found = made.place(params.text_document.uri)
        if found is None:
            return []
        folder, file = found
        mends = folder.mends(file)
        only = params.context.only
        wanted = []
        if only is None or lsp.CodeActionKind.QuickFix in only:
            here = [m for m in mends if _touches(made.diagnostic(folder, m.problem).range, params.range)]
            wanted += [_action(made, folder, file, mend) for mend in here]
        if mends and (only is None or any(str(kind).startswith("source") for kind in only)):
            edits: tuple[Edit, ...] = ()
            for mend in mends:
                edits += mend.edits if apart(mend.edits, edits) else ()
            title = "mend all that has one mend"
            edit = made.edits(folder, file, edits)
            wanted.append(lsp.CodeAction(title, kind=lsp.CodeActionKind.SourceFixAll, edit=edit))
        return wanted


def _place(folder: Opened, place: Place) -> str:
    return f"{displayed(folder.root / place.file)}:{place.line}:{place.column}"


def _touches(one: lsp.Range, other: lsp.Range) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line


def _action(made: Server, folder: Opened, file: str, mend: Mend) -> lsp.CodeAction:
    return lsp.CodeAction(
        f"{mend.problem.code}: {mend.problem.mend or mend.what}",
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[made.diagnostic(folder, mend.problem)],
        is_preferred=True,
        edit=made.edits(folder, file, mend.edits),
    )


def _item(number: int, candidate: Candidate, at: lsp.Range, colon: str) -> lsp.CompletionItem:
    kind = lsp.CompletionItemKind.Property if candidate.key else lsp.CompletionItemKind.Value
    text = candidate.label + (colon if candidate.key else "")
    return lsp.CompletionItem(
        candidate.label,
        detail=candidate.about or None,
        kind=kind,
        sort_text=f"{number:05d}",
        filter_text=candidate.label,
        text_edit=lsp.TextEdit(at, text),
    )


def _symbol(made: Server, folder: Opened, file: str, symbol: Symbol) -> lsp.DocumentSymbol:
    last = re.split(r"\r\n|\r|\n", folder.text(file))[symbol.last - 1]
    start, end = (symbol.line, symbol.column), (symbol.last, len(last) + 1)
    kind = lsp.SymbolKind.Namespace if symbol.children else _SYMBOLS.get(symbol.section, lsp.SymbolKind.Key)
    return lsp.DocumentSymbol(
        symbol.name,
        kind,
        made.range_between(folder, file, start, end),
        made.range_between(folder, file, start, (symbol.line, symbol.end)),
        children=[_symbol(made, folder, file, child) for child in symbol.children],
    )


def serve() -> None:
    """Serves on standard input and output until the editor is done; what is printed is no answer."""
    # Reading cannot be interrupted otherwise, and there is nothing to be lost.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with (
        os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers,
        contextlib.redirect_stdout(sys.stderr),
        contextlib.suppress(BrokenPipeError),
    ):
        server().start_io(sys.stdin.buffer, answers)
