"""The key of a desk, which signs the calls that were made there, and the keys that are known.

Ed25519. A key file holds the private half and is for its owner's eyes only; the file of known keys holds
public halves, one a line with a name: ``<64 hex digits> <name>``. The package that reckons is imported
when something is signed or checked, not before: starting a call does not wait for it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diagnose.knowledge.disk import contents
from diagnose.knowledge.model import Text
from diagnose.record import files
from diagnose.record.failures import Failure, why

KEY_VARIABLE = "DIAGNOSE_KEY"
KNOWN_VARIABLE = "DIAGNOSE_KNOWN_KEYS"
HEAD = "diagnose desk key 1"
_HEX = re.compile("[0-9a-f]{64}")
_SIGNATURE = re.compile("[0-9a-f]{128}")
NO_KEY = Text.of(
    en="is no key file: move it away, and make one with diagnose key new",
    fr="n'est pas un fichier de clé : le déplacer et en créer un par diagnose key new",
)
SHARED = Text.of(
    en="others may read this key, so it proves nothing: chmod 600 it, or make a new one",
    fr="d'autres peuvent lire cette clé, elle ne prouve donc rien : chmod 600, ou en créer une autre",
)
NOT_INSTALLED = Text.of(
    en="this desk has a key, but cannot sign: the package cryptography is not installed",
    fr="ce poste a une clé mais ne peut pas signer : le paquet cryptography n'est pas installé",
)


class KeyUnusable(Failure):
    """A key that is there and cannot be used."""


@dataclass(frozen=True, slots=True)
class DeskKey:
    """Both halves, 64 hexadecimal digits each."""

    public: str
    private: str = field(repr=False)


def key_path() -> Path:
    """Where the desk's key is: what ``DIAGNOSE_KEY`` names, else beside the settings."""
    return _path(KEY_VARIABLE, "desk.key")


def known_path() -> Path:
    """Where the known keys are: what ``DIAGNOSE_KNOWN_KEYS`` names, else beside the settings."""
    return _path(KNOWN_VARIABLE, "known-keys")


def _path(variable: str, name: str) -> Path:
    named = os.environ.get(variable)
    if named:
        return Path(named).expanduser()
    import platformdirs  # here, for start-up time

    return platformdirs.user_config_path("diagnose") / name


def new_key(path: Path) -> DeskKey:
    """Makes a key and writes it (0600). An existing key is never overwritten.

    Raises:
        FileExistsError: when there is one already.
        OSError: when it cannot be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    made = Ed25519PrivateKey.generate()
    key = DeskKey(made.public_key().public_bytes_raw().hex(), made.private_bytes_raw().hex())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    files.first(path, f"{HEAD}\nprivate {key.private}\npublic {key.public}\n".encode("ascii"))
    return key


def desk_key(path: Path | None = None) -> DeskKey | None:
    """The desk's key; None when there is none: calls are then sealed without a signature.

    Raises:
        KeyUnusable: when the file is there and cannot be used, or others than its owner may read it.
    """
    file = key_path() if path is None else path
    try:
        lines = contents(file).decode("ascii").splitlines()
        shared = os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise _unusable(file, NO_KEY) from None
    except OSError as error:
        raise _unusable(file, why(error)) from error
    if shared:
        raise _unusable(file, SHARED)
    parts = dict(line.split(" ", 1) for line in lines[1:] if " " in line)
    private, public = parts.get("private", ""), parts.get("public", "")
    if lines[:1] != [HEAD] or not _HEX.fullmatch(private) or not _HEX.fullmatch(public):
        raise _unusable(file, NO_KEY)
    return DeskKey(public, private)


def _unusable(file: Path, said: Text) -> KeyUnusable:
    return KeyUnusable(Text.of(en=f"{file}: {said.say('en')}", fr=f"{file} : {said.say('fr')}"))


def known_keys(path: Path | None = None) -> Mapping[str, str]:
    """The public keys that are trusted, each with its name; lines that are no key are skipped."""
    file = known_path() if path is None else path
    try:
        lines = contents(file).decode("utf-8", "replace").splitlines()
    except OSError:
        return {}
    found = {}
    for line in lines:
        key, _, name = line.strip().partition(" ")
        if _HEX.fullmatch(key):
            found[key] = name.strip() or key[:16]
    return found


def trust(public: str, name: str, path: Path | None = None) -> None:
    """Adds a public key to the known ones, unless it is there.

    Raises:
        ValueError: when it is no public key.
        OSError: when it cannot be written.
    """
    if not _HEX.fullmatch(public):
        raise ValueError("a public key is 64 hexadecimal digits")
    file = known_path() if path is None else path
    if public in known_keys(file):
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = f"{public} {' '.join(name.split())}".rstrip()
    before = contents(file) if file.exists() else b""
    gap = b"" if before[-1:] in (b"", b"\n") else b"\n"
    os.close(files.successor(file, before + gap + line.encode("utf-8", "replace") + b"\n"))


def sign(key: DeskKey, purpose: str, hash_: str) -> str:
    """The signature of a hash for one purpose (``line``, ``seal``, ``index``): 128 hexadecimal digits.

    Raises:
        KeyUnusable: when the package that reckons is not there.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        raise KeyUnusable(NOT_INSTALLED) from None

    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key.private))
    return private.sign(_signed(purpose, hash_)).hex()


def signed_by(public: object, signature: object, purpose: str, hash_: str) -> bool:
    """Whether this is the signature of the key's owner. Nothing given makes it raise."""
    if not isinstance(public, str) or not _HEX.fullmatch(public):
        return False
    if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
        return False
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), _signed(purpose, hash_)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(purpose: str, hash_: str) -> bytes:
    """The bytes that are signed; the purpose keeps a signature from serving where it was not meant."""
    return f"diagnose {purpose} 1\n{hash_}".encode()
