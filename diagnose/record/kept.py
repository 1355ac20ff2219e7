"""The knowledge that calls were made on, kept beside the transcripts by what it says.

``knowledge/<address>.json.gz`` holds every knowledge file of the folder as it was read, as canonical JSON
``{"files": {name: text}}``; the address is the SHA-256 of that JSON. The same knowledge is kept once, and a
file that does not fit its name is not used. All files are kept but other handsets', of which there may be
thousands, unless what was read hung on one of them.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import re
import tempfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from diagnose.knowledge.disk import contents
from diagnose.knowledge.model import Text
from diagnose.record.chain import canonical
from diagnose.record.failures import Failure, why

FOLDER = "knowledge"
MAX_BYTES = 64_000_000
"""Of all texts together; more is no knowledge of telephones."""
_HANDSETS = "handsets/*.yaml"
_PATTERNS = (
    "words.yaml", "families/*.yaml", _HANDSETS, "programmes/*.yaml", "retailers/*.yaml", "parts/**/*.yaml",
)  # fmt: skip
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_FILE = re.compile(
    rf"(?:words|(?:families|handsets|programmes|retailers)/{_NAME}|parts/(?:{_NAME}/)*{_NAME})\.yaml"
)
_ADDRESS = re.compile("[0-9a-f]{64}")
NAMES_NONE = Text.of(
    en="the transcript names no kept knowledge",
    fr="l'enregistrement ne nomme pas de connaissances conservées",
)


class NotKept(Failure):
    """Kept knowledge that is not there, is altered, or cannot be written."""


def keep(store: Path, root: Path, sources: Collection[str] | None = None) -> str:
    """Keeps the knowledge of the folder ``root`` in ``store``, unless it is there; its address.

    ``sources``: as for :func:`texts`.

    Raises:
        NotKept: when it cannot be read or written.
    """
    try:
        content = canonical({"files": texts(root, sources)})
        address = hashlib.sha256(content).hexdigest()
        file = _file(store, address)
        # one that was altered is made anew: the calls from now on are to be proven
        with contextlib.suppress(NotKept):
            if _unpacked(file) == content:
                return address
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=store, prefix=address[:8], suffix=".part")
        try:
            with os.fdopen(handle, "wb") as out:
                # No name and no time of day in it: the same knowledge is the same file.
                with gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=0) as packed:
                    packed.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        said = why(error)
        raise _not_kept(
            store,
            f"the knowledge cannot be kept: {said.say('en')}",
            f"les connaissances ne peuvent pas être conservées : {said.say('fr')}",
        ) from error
    return address


def texts(root: Path, sources: Collection[str] | None = None) -> Mapping[str, str]:
    """Every knowledge file of a folder by its name, as it is; those that are no text are left out.

    ``sources``: of handsets' files only those among these; None for all.

    Raises:
        NotKept: when they are too many or too large.
        OSError: when one cannot be read.
    """
    found: dict[str, str] = {}
    total = 0
    for pattern in _PATTERNS:
        for path in _files(root, pattern, sources):
            name = path.relative_to(root).as_posix()
            if _FILE.fullmatch(name) and path.is_file():
                total += path.stat().st_size
                if total > MAX_BYTES:
                    raise _not_kept(
                        root,
                        f"more than {MAX_BYTES} bytes of knowledge",
                        f"plus de {MAX_BYTES} octets de connaissances",
                    )
                with contextlib.suppress(UnicodeDecodeError):
                    found[name] = contents(path, MAX_BYTES).decode("utf-8")
    return found


def _files(root: Path, pattern: str, sources: Collection[str] | None) -> list[Path]:
    if pattern != _HANDSETS or sources is None:
        return sorted(root.glob(pattern))
    return [root / name for name in sorted(sources) if Path(name).match(_HANDSETS)]


def kept(store: Path, address: object) -> Mapping[str, str]:
    """The texts of that address.

    Raises:
        NotKept: when they are not there, or do not fit their address.
    """
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise NotKept(NAMES_NONE)
    file = _file(store, address)
    content = _unpacked(file)
    if hashlib.sha256(content).hexdigest() != address:
        raise _not_kept(
            file, "was altered: it does not fit its name", "a été modifié : il ne correspond pas à son nom"
        )
    files = json.loads(content)["files"]
    for name in files:
        if not _FILE.fullmatch(name):
            raise _not_kept(
                file, f"{name!r} is no knowledge file", f"{name!r} n'est pas un fichier de connaissances"
            )
    return dict(files)


def _unpacked(file: Path) -> bytes:
    """What a file holds, to a limit.

    Raises:
        NotKept: when it is not there or cannot be read.
    """
    try:
        with gzip.open(io.BytesIO(contents(file, MAX_BYTES))) as packed:
            return packed.read(2 * MAX_BYTES + 1)
    except FileNotFoundError:
        raise _not_kept(file, "is not there", "n'est pas là") from None
    except (OSError, EOFError, zlib.error) as error:
        said = why(error)
        raise _not_kept(
            file, f"cannot be read: {said.say('en')}", f"ne peut pas être lu : {said.say('fr')}"
        ) from error


def _not_kept(path: Path, en: str, fr: str) -> NotKept:
    return NotKept(Text.of(en=f"{path}: {en}", fr=f"{path} : {fr}"))


@contextlib.contextmanager
def unpacked(store: Path, address: object) -> Iterator[Path]:
    """A folder with the knowledge of that address, for as long as it is needed.

    Raises:
        NotKept: as :func:`kept` does.
    """
    files = kept(store, address)
    with tempfile.TemporaryDirectory(prefix="diagnose-") as folder:
        for name, text in files.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
        yield Path(folder)


def _file(store: Path, address: str) -> Path:
    return store / f"{address}.json.gz"
