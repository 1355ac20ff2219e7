"""Rules and their parts as an author writes them: YAML in the flow style."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields

from diagnose.knowledge.model import Condition, Effects, Rule, Scalar


def rule_lines(rule: Rule) -> list[str]:
    """The rule as an author writes it."""
    lines = [f"{rule.id}:"]
    if len(rule.alternatives) == 1:
        lines.append(f"  when: {premises_text(rule.alternatives[0])}")
    else:
        lines.append("  any:")
        lines += [f"    - {premises_text(a)}" for a in rule.alternatives]
    lines.append(f"  then: {effects_text(rule.then)}")
    if rule.salience:
        lines.append(f"  salience: {rule.salience}")
    if rule.because:
        lines.append("  because:")
        versions = dict(rule.because.versions)
        lines += [f"    {k}: {json.dumps(versions[k], ensure_ascii=False)}" for k in versions]
    lines.append(f"  source: {json.dumps(rule.source or 'estimate', ensure_ascii=False)}")
    return lines


def premises_text(premises: Iterable[Condition]) -> str:
    """``{fact: value, other: {not: [a, b]}}``."""
    return "{" + ", ".join(condition_text(c) for c in premises) + "}"


def condition_text(condition: Condition) -> str:
    """``fact: value`` as an author writes it."""
    c = condition
    if not c.values:
        limits = [
            f"{name}: {value:g}"
            for name, value in (("at_least", c.at_least), ("at_most", c.at_most))
            if value is not None
        ]
        return f"{c.fact}: {{{', '.join(limits)}}}"
    written = [scalar_text(v) for v in c.values]
    plain = written[0] if len(written) == 1 else f"[{', '.join(written)}]"
    return f"{c.fact}: {{not: {plain}}}" if c.negated else f"{c.fact}: {plain}"


def scalar_text(value: Scalar) -> str:
    """A value as YAML reads it back; words that need it in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and not value.replace("_", "").replace("-", "").isalnum():
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.lstrip("+-").isdigit():
        return json.dumps(value)
    return str(value)


def effects_text(effects: Effects) -> str:
    """``{forbid: [a], charge: b}``."""
    out = []
    for f in fields(effects):
        value = getattr(effects, f.name)
        if f.name == "derive" and value:
            out.append(f"derive: {{{', '.join(f'{k}: {scalar_text(v)}' for k, v in value)}}}")
        elif isinstance(value, tuple) and value:
            out.append(f"{f.name}: [{', '.join(value)}]")
        elif value:
            out.append(f"{f.name}: {value}")
    return "{" + ", ".join(out) + "}"
