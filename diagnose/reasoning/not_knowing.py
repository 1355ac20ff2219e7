"""How likely this caller is to answer the next question with "I don't know".

Some callers know little of their phone, or cannot look at it just now: who has said so four times is
likelier to say it again. The share differs from caller to caller by a beta distribution around that of
the knowledge base, and what was heard on this call moves it (the beta-binomial: a share that shrinks
towards the mean of all). It bears on what is worth asking, and not on what is believed.
"""

from __future__ import annotations

from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.reasoning.facts import Findings
from diagnose.reasoning.open_question import ANYTHING_ELSE

CALLERS_ALIKE = 5.0
"""Questions that the share of all callers is worth against those of this one; an estimate."""


def dont_know_share(kb: KnowledgeBase, findings: Findings) -> float:
    """The share of further questions that this caller is expected not to know the answer to (0 to 1).

    What was said unasked counts for nothing, nor does the open question: nobody fails to answer that.
    """
    usual = kb.callers.dont_know
    if not usual:
        return 0.0
    asked = [f.answer for f in findings.answers if not f.volunteered and f.symptom != ANYTHING_ELSE]
    return (CALLERS_ALIKE * usual + asked.count(UNKNOWN)) / (CALLERS_ALIKE + len(asked))
