"""The folders are the path of the data: imports run one way, and the core touches nothing outside itself."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "diagnose"

PATH_OF_THE_DATA = [
    "knowledge",
    "reasoning",
    "consultation",
    "simulation",
    "record",
    "cases",
    "words",
    "settings",
    "terminal",
    "authoring",
    "training",
    "editor",
    "cli",
    "__main__",
]
ROOMS_OF_AUTHORING = [
    "meaning",
    "authoring",
    "proving",
    "testing",
    "checking",
    "covering",
    "explaining",
    "diffing",
    "new",
]
"""In the order of their imports; ``authoring``: what lies outside all rooms and serves them."""
PURE = ("reasoning", "consultation")
OUTSIDE = {
    "os", "io", "sys", "time", "random", "secrets", "socket", "subprocess", "pathlib", "shutil", "tempfile",
    "threading", "asyncio", "logging", "rich", "prompt_toolkit", "click", "yaml",
}  # fmt: skip
ALLOWED = {
    # the one place that holds experta away from the rest has to quieten its loggers and lend it an alias
    ("reasoning/_experta.py", "logging"),
    ("reasoning/_experta.py", "sys"),
}
FORBIDDEN_CALLS = {"open", "input", "print", "exec", "eval"}
FORBIDDEN_ATTRIBUTES = {"now", "today", "utcnow", "urandom", "default_rng"}


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def place(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imported(path: Path):
    """(line, dotted name) of everything a module imports, lazily or not."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{a.name}") for a in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_down_the_path_of_the_data(path):
    here = place(path)
    if here == "__init__":
        return
    assert here in PATH_OF_THE_DATA, f"{here} has no place in the path of the data"
    for line, name in imported(path):
        parts = name.split(".")
        if (
            parts[0] != "diagnose"
            or len(parts) < 2
            or (not (PACKAGE / parts[1]).exists() and not (PACKAGE / f"{parts[1]}.py").exists())
        ):
            continue
        assert PATH_OF_THE_DATA.index(parts[1]) <= PATH_OF_THE_DATA.index(here), (
            f"{path}:{line}: {here} imports {name}, which comes after it"
        )


def room(parts: list[str]) -> str:
    """The room of authoring that a module's dotted path leads to."""
    return parts[2] if len(parts) > 2 and (PACKAGE / "authoring" / parts[2]).is_dir() else "authoring"


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "authoring").rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_the_rooms_of_authoring_import_one_way(path):
    here = room(["diagnose", *path.relative_to(PACKAGE).with_suffix("").parts])
    for line, name in imported(path):
        if name.startswith("diagnose.authoring."):
            there = room(name.split("."))
            assert ROOMS_OF_AUTHORING.index(there) <= ROOMS_OF_AUTHORING.index(here), (
                f"{path}:{line}: {here} imports {name}, which comes after it"
            )


@pytest.mark.parametrize(
    "path", [p for p in modules() if place(p) in PURE], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_reasoning_and_consultation_open_no_file_read_no_clock_and_draw_no_chance(path):
    relative = str(path.relative_to(PACKAGE))
    for line, name in imported(path):
        top = name.split(".")[0]
        assert top not in OUTSIDE or (relative, top) in ALLOWED, f"{path}:{line} imports {name}"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN_CALLS, f"{path}:{node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_ATTRIBUTES:
            # Call.now is the time of the last event, which is given
            assert isinstance(node.value, ast.Name) and node.value.id in ("call", "self"), (
                f"{path}:{node.lineno} reads {node.attr}"
            )


def test_the_editors_protocol_is_spoken_in_one_place_only():
    speaking = ("pygls", "lsprotocol")
    users = {
        str(p.relative_to(PACKAGE)) for p in modules() for _, n in imported(p) if n.split(".")[0] in speaking
    }
    assert users == {"editor/server.py"}


def test_experta_is_imported_in_one_place_only():
    users = {
        str(p.relative_to(PACKAGE))
        for p in modules()
        for _, name in imported(p)
        if name.split(".")[0] == "experta"
    }
    assert users == {"reasoning/_experta.py"}
