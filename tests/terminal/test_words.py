"""The interface's own words: both languages, none missing, none idle."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import diagnose
from diagnose.knowledge.model import SYMPTOM_KINDS, VERDICTS
from diagnose.terminal.commands import COMMANDS
from diagnose.terminal.keys import CONTEXTS_SHOWN, KEYS
from diagnose.terminal.picking import FIELDS, TRY_RESULTS
from diagnose.training import refusing
from diagnose.words import WORDS, word

PACKAGE = Path(diagnose.__file__).parent
SOURCES = sorted((PACKAGE / "terminal").rglob("*.py"))
WRITTEN = "\n".join(p.read_text(encoding="utf-8") for p in SOURCES).replace("'", '"')


def made_up() -> set[str]:
    """Keys that are put together from a table."""
    keys = {f"help.{k.command}" for k in KEYS} | {f"hint.{k.command}" for k in KEYS if k.hint}
    keys |= {f"context.{c}" for c in CONTEXTS_SHOWN} | {f"verdict.{v}" for v in VERDICTS}
    keys |= {f"kind.{k}" for k in SYMPTOM_KINDS} | {f"try.{r}" for r in TRY_RESULTS}
    keys |= {f"field.{f}" for f in FIELDS} | {f"quit.{w}" for w in re.findall(r'"(\w+)"', WRITTEN)}
    for prefix, of in (("ask", r'Entry\(\s*"(\w+)"'), ("choose", r'Pick\(\s*"(\w+)"')):
        keys |= {f"{prefix}.{p}" for p in re.findall(of, WRITTEN)}
    keys |= {f"ask.{p}" for p in ("date", "text")} | {f"choose.{p}" for p in ("answers", "volunteered")}
    keys |= {f"choose.{refusing.PURPOSE}"}  # a list of the trainer's room
    keys |= {f"weighs.{s}.{w}" for s in ("strong", "clear", "slight") for w in ("for", "against")}
    keys |= {f"evidence.{e}" for e in ("opening", "rule_out", "confirm")}
    calls = (PACKAGE / "consultation" / "call.py").read_text(encoding="utf-8")
    return keys | {f"refused.{code}" for code in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', calls)}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_every_text_is_there_in_both_languages_with_the_same_blanks(key: str):
    english, french = WORDS[key]
    assert english.strip() and french.strip()
    blanks = [{name for _, name, _, _ in Formatter().parse(t) if name} for t in (english, french)]
    assert blanks[0] == blanks[1]


def test_no_text_is_idle():
    used = made_up()
    assert [k for k in WORDS if k not in used and f'"{k}"' not in WRITTEN] == []


def test_no_text_that_is_asked_for_is_missing():
    asked = set(re.findall(r'word\(\s*"([\w.]+)"', WRITTEN)) | set(
        re.findall(r'\.tell\(\s*"([\w.]+)"', WRITTEN)
    )
    asked |= {f"help.{k.command}" for k in KEYS} | {f"hint.{k.command}" for k in KEYS if k.hint}
    assert sorted(asked - set(WORDS)) == []


def test_french_marks_of_two_parts_stand_apart_from_their_word():
    apart = [k for k, (_, french) in WORDS.items() if re.search(r"\w[?!;:](?:\s|$)|«\S|\S»", french)]
    assert apart == []


def test_every_key_does_a_command_that_there_is():
    assert [k.command for k in KEYS if k.command not in COMMANDS] == []


def test_a_blank_is_filled_in():
    assert word("left.closed", "fr", call="abc", disposition="advice/x") == "L'appel abc est clos : advice/x"
