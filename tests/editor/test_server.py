"""The language server as an editor meets it: a process that speaks the protocol."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from diagnose.cli.group import diagnose
from diagnose.editor.server import page_of
from diagnose.knowledge.problems import CODES

HEAD = "kind: part\nsource: estimate\n"
WRONG = (
    HEAD
    + "# \U0001f4de before\nweights: {contatcs: 2}\nrules: {r: {when: {dull: yes, cuts_out: yes}, then: {ask: [dull]}}}\n"
)
PATIENCE = 60.0


class Editor(LanguageClient):
    """An editor with one file open, and what it was last told of it."""

    def __init__(self, root: Path) -> None:
        super().__init__("a test", "1")
        self.file = (root / "parts/more.yaml").as_uri()
        self.document = lsp.TextDocumentIdentifier(self.file)
        self.text = ""
        self.version = 0
        self.told: asyncio.Queue[list[lsp.Diagnostic]] = asyncio.Queue()

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def told(params: lsp.PublishDiagnosticsParams) -> None:
            if params.uri == self.file:
                self.told.put_nowait(list(params.diagnostics))

    def open(self, text: str) -> None:
        self.text = text
        item = lsp.TextDocumentItem(self.file, "yaml", self.version, text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def write(self, text: str) -> None:
        self.text, self.version = text, self.version + 1
        change = lsp.TextDocumentContentChangeWholeDocument(text)
        of = lsp.VersionedTextDocumentIdentifier(self.version, self.file)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(of, [change]))

    async def codes(self, wanted: list[str]) -> list[lsp.Diagnostic]:
        """What is told of the file, once it is what was waited for."""
        while True:
            told = await asyncio.wait_for(self.told.get(), PATIENCE)
            if [d.code for d in told] == wanted:
                return told

    def after(self, words: str) -> lsp.Position:
        index = self.text.index(words) + len(words)
        line = self.text[:index].count("\n")
        return lsp.Position(line, index - self.text.rfind("\n", 0, index) - 1)


def talk(root: Path, what: Callable[[Editor], Awaitable[None]]) -> None:
    """Starts the server, has the conversation, and sees to it that the server ends well."""

    async def whole() -> int | None:
        editor = Editor(root)
        await editor.start_io(sys.executable, "-m", "diagnose", "language-server")
        process = editor._server
        assert process is not None
        await editor.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities()))
        editor.initialized(lsp.InitializedParams())
        await asyncio.wait_for(what(editor), 4 * PATIENCE)
        await editor.shutdown_async(None)
        editor.exit(None)
        await asyncio.wait_for(process.wait(), PATIENCE)
        await editor.stop()
        return process.returncode

    assert asyncio.run(whole()) == 0


def test_from_opening_a_file_to_shutting_down(root: Path) -> None:
    async def conversation(editor: Editor) -> None:
        editor.open(WRONG)
        (problem,) = await editor.codes(["K305"])
        assert problem.severity == lsp.DiagnosticSeverity.Error and problem.source == "diagnose"
        assert problem.range == lsp.Range(lsp.Position(3, 10), lsp.Position(3, 18))
        assert "did you mean 'contacts'?" in problem.message
        assert problem.code_description is not None
        assert problem.code_description.href.endswith(
            "problems.md#k305-change-remove-or-weights-of-what-no-earlier-layer-wrote"
        )

        asked = lsp.CodeActionParams(editor.document, problem.range, lsp.CodeActionContext([problem]))
        actions = await editor.text_document_code_action_async(asked)
        quick = next(a for a in actions or () if isinstance(a, lsp.CodeAction) and a.kind == "quickfix")
        assert quick.edit is not None and quick.edit.changes is not None
        (edit,) = quick.edit.changes[editor.file]
        assert isinstance(edit, lsp.TextEdit)
        assert (edit.range, edit.new_text) == (problem.range, "contacts")

        editor.write(WRONG.replace("contatcs", "contacts"))
        await editor.codes([])

        at = editor.after("when: {du")
        hover = await editor.text_document_hover_async(lsp.HoverParams(editor.document, at))
        assert hover is not None and isinstance(hover.contents, lsp.MarkupContent)
        assert "Are the contacts dull?" in hover.contents.value
        targets = await editor.text_document_definition_async(lsp.DefinitionParams(editor.document, at))
        assert isinstance(targets, list)
        assert [(t.uri, t.range.start) for t in targets if isinstance(t, lsp.Location)] == [
            ((root / "parts/power.yaml").as_uri(), lsp.Position(9, 2))
        ]
        context = lsp.ReferenceContext(include_declaration=False)
        used = await editor.text_document_references_async(lsp.ReferenceParams(context, editor.document, at))
        assert used is not None and {Path(u.uri).name for u in used} == {
            "more.yaml", "power.yaml", "power.cases.yaml",
        }  # fmt: skip

        editor.write(WRONG.replace("ask: [dull]", "ask: [cu"))  # broken, as while one types
        at = editor.after("ask: [cu")
        offered = await editor.text_document_completion_async(lsp.CompletionParams(editor.document, at))
        assert isinstance(offered, lsp.CompletionList)
        item = next(i for i in offered.items if i.label == "cuts_out")
        assert isinstance(item.text_edit, lsp.TextEdit) and item.text_edit.new_text == "cuts_out"
        assert item.text_edit.range == lsp.Range(lsp.Position(at.line, at.character - 2), at)

        outline = await editor.text_document_document_symbol_async(lsp.DocumentSymbolParams(editor.document))
        assert [s.name for s in outline or ()] == ["kind", "source", "weights", "rules"]
        editor.text_document_did_close(lsp.DidCloseTextDocumentParams(editor.document))

    talk(root, conversation)


def test_nothing_that_is_typed_ends_it(root: Path) -> None:
    async def conversation(editor: Editor) -> None:
        editor.open("")
        for text in (
            "{",
            "\x07",
            "kind: part\nfaults: [",
            "\U0001f4de: \U0001f4de",
            "a: &b c\n" * 50,
            "[" * 80,
        ):
            editor.write(text)
            for line in range(3):
                at = lsp.Position(line, 5)
                await editor.text_document_hover_async(lsp.HoverParams(editor.document, at))
                await editor.text_document_completion_async(lsp.CompletionParams(editor.document, at))
            everything = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
            asked = lsp.CodeActionParams(editor.document, everything, lsp.CodeActionContext([]))
            await editor.text_document_code_action_async(asked)
            await editor.text_document_document_symbol_async(lsp.DocumentSymbolParams(editor.document))
        await editor.codes(["K105"])
        elsewhere = lsp.TextDocumentIdentifier((root.parent / "other.yaml").as_uri())
        assert await editor.text_document_hover_async(lsp.HoverParams(elsewhere, lsp.Position(0, 0))) is None
        editor.write(HEAD)
        await editor.codes([])

    talk(root, conversation)


def test_what_others_write_is_seen_when_the_editor_says_so(root: Path) -> None:
    async def conversation(editor: Editor) -> None:
        editor.open(HEAD + "change: {faults: {contacts: {shows: {dull: often}}}}\n")
        await editor.codes([])
        words = root / "words.yaml"
        words.write_text(words.read_text("utf-8").replace("often: 0.60, ", ""), encoding="utf-8")
        change = lsp.FileEvent(words.as_uri(), lsp.FileChangeType.Changed)
        editor.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
        await editor.codes(["K410"])

    talk(root, conversation)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_who_came_by_a_link_is_told_of_the_file_by_that_name(root: Path) -> None:
    link = root.parent / "by a link"
    link.symlink_to(root, target_is_directory=True)

    async def conversation(editor: Editor) -> None:
        editor.open(WRONG)
        (problem,) = await editor.codes(["K305"])
        asked = lsp.CodeActionParams(editor.document, problem.range, lsp.CodeActionContext([problem]))
        actions = await editor.text_document_code_action_async(asked)
        edits = [a.edit for a in actions or () if isinstance(a, lsp.CodeAction)]
        assert [list(e.changes or ()) for e in edits if e is not None] == [[editor.file]] * 2

    talk(link, conversation)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_leads_to_its_section(code: str) -> None:
    page, _, anchor = page_of(code).partition("#")
    text = Path(page.removeprefix("file://")).read_text("utf-8")
    headings = [line for line in text.splitlines() if line.startswith(f"## {code}: ")]
    assert len(headings) == 1 and anchor.startswith(f"{code.lower()}-")


def test_without_its_library_it_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "diagnose.editor.server", raising=False)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    outcome = CliRunner().invoke(diagnose, ["language-server"])
    assert outcome.exit_code == 2
    assert "pip install 'diagnose[editor]'" in outcome.output
