"""The rule engine and the next step beside the tools one might pick instead, on the same rules and model.

    python -m bench.peers [--rules 100,1000] [--models 50x50,300x300] [--rounds 5] [--json]

Peers (extra ``bench``): stock experta with its Rete network, CLIPS through clipspy, and pyAgrum's one-step
expected information gain. Times are seconds of this process on one core, the best of the rounds, which
take turns; read the ratios, not the machine. Before anything is timed all engines must fire the same
rules after every answer, and posteriors and gains must agree to ``AGREE``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from bench import generate
from diagnose.knowledge.model import KnowledgeBase, Rule
from diagnose.reasoning import value
from diagnose.reasoning.assess import assess
from diagnose.reasoning.facts import Finding, Findings
from diagnose.reasoning.rules import RuleBook, Session
from diagnose.reasoning.tables import Array, Tables, tables

Answers = Sequence[tuple[str, str]]
Figures = dict[str, Any]

AGREE = 1e-9
STOCK_ANSWERS = {100: 60, 1000: 30, 5000: 6}
"""Answers that stock experta is given in a round: milliseconds for each, and more with more rules."""
CALLS = 3
"""Calls in a round for the fast engines; CLIPS gets a fresh environment for every round, since one that
has been reset often becomes slower and slower."""
MOST_GUM_WORK = 300 * 300
"""Faults times symptoms beyond which pyAgrum takes minutes: there a sample of its questions is timed."""
GUM_SAMPLE = 20
GUM_FEW = 3
SMALL = 100
"""Its usual way is timed on ``GUM_FEW`` questions where there are over ``SMALL``, and scaled up to all."""
DAY = date(2026, 1, 5)


class Engine(Protocol):
    """A rule engine with a book of generated rules in it."""

    def reset(self) -> None:
        """No facts, nothing fired."""

    def tell(self, name: str, value: str) -> object:
        """One more answer, and all that fires."""

    def fired(self) -> set[str]:
        """The ids of the rules fired since the reset."""


class Ours:
    """The product's rule book. It reports every firing with its facts as it goes."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.book = RuleBook(rules)
        self.session: Session = self.book.session()

    def reset(self) -> None:
        self.session = self.book.session()

    def tell(self, name: str, value: str) -> object:
        return self.session.tell(name, value)

    def fired(self) -> set[str]:
        return {f.rule.id for f in self.session.firings}


class Stock:
    """experta as it comes, Rete network and depth strategy; its actions note which rule fired."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        from diagnose.reasoning import _experta as experta

        self.fact = experta.Fact
        log: list[str] = []
        body = {r.id: self._rule(experta, r, log) for r in rules}
        self.engine = type("Book", (experta.KnowledgeEngine,), body)()
        self.log = log
        self.reset()

    def _rule(self, experta: Any, rule: Rule, log: list[str]) -> Any:
        def act(engine: Any) -> None:
            log.append(rule.id)
            for name, derived in rule.then.derive:
                engine.declare(self.fact(name=name, value=derived))

        act.__name__ = rule.id
        patterns = [self.fact(name=c.fact, value=c.values[0]) for c in generate.premises_of(rule)]
        return experta.Rule(*patterns, salience=rule.salience)(act)

    def reset(self) -> None:
        self.engine.reset()
        self.log.clear()

    def tell(self, name: str, value: str) -> object:
        self.engine.declare(self.fact(name=name, value=value))
        return self.engine.run()

    def fired(self) -> set[str]:
        return set(self.log)


class Clips:
    """CLIPS through clipspy, by its quickest way in (``assert_fact`` on a template; text is parsed slower).

    It is not asked which rules fired, except when ``fired`` is wanted (``watch``).
    """

    def __init__(self, rules: Sequence[Rule], *, watch: bool = False) -> None:
        clips = peer_module("clips")
        self.symbol = clips.Symbol
        self.environment = clips.Environment()
        self.environment.build("(deftemplate known (slot name (type SYMBOL)) (slot value (type SYMBOL)))")
        for rule in rules:
            self.environment.build(self._text(rule))
        self.template = self.environment.find_template("known")
        self.log: list[str] = []
        if watch:
            self._watch(clips)
        self.reset()

    def _text(self, rule: Rule) -> str:
        def fact(name: str, value: object) -> str:
            return f"(known (name {name}) (value {value}))"

        left = " ".join(fact(c.fact, c.values[0]) for c in generate.premises_of(rule))
        right = " ".join(f"(assert {fact(name, derived)})" for name, derived in rule.then.derive)
        return f"(defrule {rule.id} (declare (salience {rule.salience})) {left} => {right})"

    def _watch(self, clips: Any) -> None:
        log = self.log

        class Reader(clips.Router):  # type: ignore[misc]
            """Reads the trace that CLIPS prints of its firings."""

            def query(self, name: str) -> bool:
                return name == "stdout"

            def write(self, _: str, message: str) -> None:
                log.append(message)

        self.reader = Reader("reader", 40)
        self.environment.add_router(self.reader)
        self.environment.eval("(watch rules)")

    def reset(self) -> None:
        self.environment.reset()
        self.log.clear()

    def tell(self, name: str, value: str) -> object:
        self.template.assert_fact(name=self.symbol(name), value=self.symbol(value))
        return self.environment.run()

    def fired(self) -> set[str]:
        lines = "".join(self.log).splitlines()
        return {line.split()[2].rstrip(":") for line in lines if line.startswith("FIRE")}


ENGINES: Mapping[str, Callable[[Sequence[Rule]], Engine]] = {"diagnose": Ours, "clips": Clips, "stock": Stock}


def agree_on_firings(rules: Sequence[Rule], answers: Answers, stock_answers: int) -> None:
    """That all engines have fired the same rules after every answer.

    Raises:
        AssertionError: at the first answer after which they differ.
    """
    ours, clips, stock = Ours(rules), Clips(rules, watch=True), Stock(rules)
    for i, (name, said) in enumerate(answers):
        ours.tell(name, said)
        clips.tell(name, said)
        assert ours.fired() == clips.fired(), f"CLIPS differs after {i + 1} answers"
        if i < stock_answers:
            stock.tell(name, said)
            assert ours.fired() == stock.fired(), f"stock experta differs after {i + 1} answers"


def measure_rules(count: int, rounds: int) -> Figures:
    """Build and seconds per answer of each engine, and what they are of ours."""
    symptoms = generate.symptoms_for(count)
    rules = generate.rules(count, symptoms)
    calls = generate.answers(symptoms, CALLS)
    stock_answers = STOCK_ANSWERS.get(count, 30)
    agree_on_firings(rules, calls[0], stock_answers)
    built: dict[str, list[float]] = {name: [] for name in ENGINES}
    told: dict[str, list[float]] = {name: [] for name in ENGINES}
    for turn in range(rounds):
        for name, engine_of in ENGINES.items():
            if name == "stock" and turn >= 2:
                continue
            started = time.process_time()
            engine = engine_of(rules)
            built[name].append(time.process_time() - started)
            given = [calls[0][:stock_answers]] if name == "stock" else calls
            started = time.process_time()
            for answers in given:
                engine.reset()
                for symptom, said in answers:
                    engine.tell(symptom, said)
            told[name].append((time.process_time() - started) / sum(map(len, given)))
    best = {name: {"build_s": min(built[name]), "per_answer_s": min(told[name])} for name in ENGINES}
    for name in ENGINES:
        best[name]["memory_mb"] = memory_of(name, count)
    return {
        "rules": count,
        "symptoms": symptoms,
        **best,
        "clips_over_diagnose": best["clips"]["per_answer_s"] / best["diagnose"]["per_answer_s"],
        "stock_over_diagnose": best["stock"]["per_answer_s"] / best["diagnose"]["per_answer_s"],
        "stock_answers_timed": stock_answers,
    }


def memory_of(what: str, *sizes: int) -> float:
    """Megabytes that building it adds to a fresh process."""
    command = [sys.executable, "-m", "bench.peers", "--memory", what, ",".join(map(str, sizes))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def resident() -> float:
    """Megabytes of this process that are in memory (Linux; else the most there ever were)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def added_memory(what: str, sizes: Sequence[int]) -> float:
    """What building one thing adds, its libraries apart."""
    build: Callable[[], object]
    if what in ENGINES:
        rules = generate.rules(sizes[0], generate.symptoms_for(sizes[0]))
        ENGINES[what](rules[:1])
        build = partial(ENGINES[what], rules)
    else:
        kb = generate.knowledge(sizes[0], sizes[1])
        if what == "pyagrum":
            small = generate.knowledge(2, 10)
            network(tables(small))
            known = tables(kb)
            build = partial(network, known)
        else:
            assess(generate.knowledge(2, 10), Findings(DAY), None)
            build = partial(assess, kb, Findings(DAY), None)
    before = resident()
    kept = build()
    added = resident() - before
    del kept
    return added


def network(t: Tables) -> Any:
    """The same model as a Bayesian network: the fault, and the answers given it."""
    gum = peer_module("pyagrum")
    gum.setNumberOfThreads(1)
    net = gum.BayesNet()
    fault = net.add(gum.LabelizedVariable("fault", "", list(t.faults)))
    for symptom in t.symptoms:
        net.addArc(fault, net.add(gum.LabelizedVariable(symptom, "", list(generate.YES_NO))))
    net.cpt("fault").fillWith(t.prior.tolist())
    for symptom in t.symptoms:
        net.cpt(symptom)[:] = np.ascontiguousarray(t.rows[t.span[symptom]].T)
    return net


def gum_posterior(net: Any, evidence: Mapping[str, str]) -> Array:
    """P(fault | evidence) by variable elimination, its quickest inference for this."""
    gum = peer_module("pyagrum")
    inference = gum.VariableElimination(net)
    inference.setEvidence(dict(evidence))
    inference.setTargets({"fault"})
    inference.makeInference()
    return np.array(inference.posterior("fault").tolist())


def gum_gains(net: Any, evidence: Mapping[str, str], questions: Sequence[str]) -> Array:
    """Expected information gain in bits of each question (Q,), by the quickest way found.

    That is variable elimination, once for each question, to its joint with the fault.
    """
    gum = peer_module("pyagrum")
    inference = gum.VariableElimination(net)
    inference.setEvidence(dict(evidence))
    gains = []
    for question in questions:
        inference.eraseAllTargets()
        inference.addJointTarget({"fault", question})
        inference.makeInference()
        joint = inference.jointPosterior({"fault", question})
        table = joint.toarray()
        gains.append(information(table if joint.names[0] == question else table.T))
    return np.array(gains)


def information(joint: Array) -> float:
    """Bits that one side of a joint distribution tells about the other."""
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    some = joint > 0
    return float((joint[some] * np.log2(joint[some] / product[some])).sum())


def gum_gains_usual(net: Any, evidence: Mapping[str, str], questions: Sequence[str]) -> Array:
    """The same by the way of its tutorials: lazy propagation, once for each answer of each question."""
    gum = peer_module("pyagrum")
    inference = gum.LazyPropagation(net)
    inference.setEvidence(dict(evidence))
    inference.setTargets({"fault"})
    inference.makeInference()
    now = inference.H("fault")
    gains = []
    for question in questions:
        inference.setTargets({question})
        inference.makeInference()
        chances = inference.posterior(question).tolist()
        inference.setTargets({"fault"})
        left = 0.0
        for answer, chance in zip(generate.YES_NO, chances, strict=True):
            inference.setEvidence({**evidence, question: answer})
            inference.makeInference()
            left += chance * inference.H("fault")
        inference.setEvidence(dict(evidence))
        gains.append(now - left)
    return np.array(gains)


def agree_on_belief(kb: KnowledgeBase, net: Any, findings: Findings, questions: Sequence[str]) -> float:
    """The greatest difference in the posterior and in the gains of these questions.

    Raises:
        AssertionError: when it is more than ``AGREE``.
    """
    belief = assess(kb, findings, None).belief
    evidence = {f.symptom: f.answer for f in findings.answers}
    t = belief.tables
    apart = float(np.abs(belief.posterior - gum_posterior(net, evidence)).max())
    gains = [information(t.rows[t.span[q]] * belief.posterior) for q in questions]
    for theirs in (gum_gains, gum_gains_usual):
        apart = max(apart, float(np.abs(np.array(gains) - theirs(net, evidence, questions)).max()))
    assert apart <= AGREE, f"pyAgrum differs by {apart}"
    return apart


def measure_model(faults: int, symptoms: int, count: int, *, peer: bool = True) -> Figures:
    """The next step: rules, belief and value from the findings alone, beside pyAgrum's one step.

    So many steps of each kind are taken, each on findings that were not met before.
    """
    started = time.process_time()
    kb = generate.knowledge(faults, symptoms)
    assess(kb, Findings(DAY), None)
    ours_build = time.process_time() - started
    single = partial(value.look_ahead, depth=1)
    steps = [after_three(symptoms, i) for i in range(2 * count)]
    chosen = [timed(lambda f=f: assess(kb, f).next) for f in steps[::2]]  # type: ignore[misc]
    one = [timed(lambda f=f: assess(kb, f, single).next) for f in steps[1::2]]  # type: ignore[misc]
    out: Figures = {
        "faults": faults,
        "symptoms": symptoms,
        "diagnose": {
            "build_s": ours_build,
            "next_step_s": float(np.median(chosen)),
            "next_step_p99_s": float(np.quantile(chosen, 0.99)),
            "next_step_max_s": max(chosen),
            "steps": count,
            "one_step_s": float(np.median(one)),
            "memory_mb": memory_of("next", faults, symptoms),
        },
    }
    if peer:
        out["pyagrum"] = gum_figures(kb, steps[0])
        out["pyagrum_over_diagnose"] = out["pyagrum"]["one_step_s"] / out["diagnose"]["next_step_s"]
        out["pyagrum_over_one_step"] = out["pyagrum"]["one_step_s"] / out["diagnose"]["one_step_s"]
        out["pyagrum_usual_over_diagnose"] = (
            out["pyagrum"]["usual_one_step_s"] / out["diagnose"]["next_step_s"]
        )
        out["pyagrum_usual_over_one_step"] = (
            out["pyagrum"]["usual_one_step_s"] / out["diagnose"]["one_step_s"]
        )
    return out


def gum_figures(kb: KnowledgeBase, findings: Findings) -> Figures:
    """pyAgrum's build and one step; above ``MOST_GUM_WORK`` a sample of questions, scaled up to all."""
    started = time.process_time()
    net = network(tables(kb))
    built = time.process_time() - started
    evidence = {f.symptom: f.answer for f in findings.answers}
    questions = [s for s in kb.symptoms if s not in evidence]
    large = len(kb.faults) * len(kb.symptoms) > MOST_GUM_WORK
    asked = questions[:: max(1, len(questions) // GUM_SAMPLE)] if large else questions
    few = asked[: GUM_FEW if len(asked) > SMALL else None]
    apart = agree_on_belief(kb, net, findings, few)
    seconds = min(timed(lambda: gum_gains(net, evidence, asked)) for _ in range(2))
    usual = timed(lambda: gum_gains_usual(net, evidence, few))
    return {
        "build_s": built,
        "one_step_s": seconds * len(questions) / len(asked),
        "questions_timed": len(asked),
        "usual_one_step_s": usual * len(questions) / len(few),
        "usual_questions_timed": len(few),
        "greatest_difference": apart,
        "memory_mb": memory_of("pyagrum", len(kb.faults), len(kb.symptoms)),
    }


def after_three(symptoms: int, start: int) -> Findings:
    """Findings of three answers to questions drawn anew for every ``start``; one of them yes."""
    drawn = np.random.default_rng((symptoms, start)).choice(symptoms, 3, replace=False)
    return Findings(DAY, tuple([Finding(f"s{s}", "no" if i else "yes") for i, s in enumerate(drawn)]))


def timed(work: Callable[[], object]) -> float:
    """Seconds of this process that the work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def peer_module(name: str) -> Any:
    """A peer, imported by name: none of them is needed to read this file."""
    return import_module(name)


def missing_peers() -> list[str]:
    """Peers that are not installed."""
    return [name for name in ("clips", "pyagrum") if find_spec(name) is None]


def lines(result: Figures) -> list[str]:
    """The report in words, times in milliseconds."""
    out = ["rules  engine     build ms  per answer ms  memory MB  per answer, of ours"]
    for row in result["rules"]:
        for name in ENGINES:
            e = row[name]
            ratio = e["per_answer_s"] / row["diagnose"]["per_answer_s"]
            out.append(
                f"{row['rules']:5}  {name:9} {e['build_s'] * 1e3:9.1f}  {e['per_answer_s'] * 1e3:13.4f}"
                f"  {e['memory_mb']:9.1f}  {ratio:19.1f}"
            )
    out.append(
        "model      engine         build ms  next step ms    p99 ms    max ms  one step ms  memory MB"
        "  of our next / one step"
    )
    for row in result["models"]:
        size, ours = f"{row['faults']}x{row['symptoms']}", row["diagnose"]
        out.append(
            f"{size:9}  diagnose      {ours['build_s'] * 1e3:9.1f}  {ours['next_step_s'] * 1e3:12.1f}"
            f"  {ours['next_step_p99_s'] * 1e3:8.1f}  {ours['next_step_max_s'] * 1e3:8.1f}"
            f"  {ours['one_step_s'] * 1e3:11.2f}  {ours['memory_mb']:9.1f}"
        )
        for way in ("one_step_s", "usual_one_step_s") if "pyagrum" in row else ():
            gum, seconds = row["pyagrum"], row["pyagrum"][way]
            out.append(
                f"{size:9}  {'pyagrum' if way == 'one_step_s' else 'pyagrum usual':13}"
                f" {gum['build_s'] * 1e3:9.1f}  {'':32}  {seconds * 1e3:11.2f}  {gum['memory_mb']:9.1f}"
                f"  {seconds / ours['next_step_s']:.1f} / {seconds / ours['one_step_s']:.0f}"
            )
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Check that all agree, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rules", default="100,1000,5000")
    parser.add_argument("--models", default="50x50,57x72,300x300,1000x1000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=100, help="next steps taken of each model")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--memory", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.memory:
        print(added_memory(args.memory[0], [int(n) for n in args.memory[1].split(",")]))
        return 0
    missing = missing_peers()
    if missing:
        print(f"not installed: {', '.join(missing)} (pip install 'diagnose[bench]')", file=sys.stderr)
        return 2
    counts = [int(n) for n in args.rules.split(",") if n]
    sizes = [tuple(map(int, size.split("x"))) for size in args.models.split(",") if size]
    result: Figures = {
        "rules": [measure_rules(count, args.rounds) for count in counts],
        "models": [measure_model(f, s, args.steps) for f, s in sizes],
    }
    print(json.dumps(result) if args.json else "\n".join(lines(result)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
