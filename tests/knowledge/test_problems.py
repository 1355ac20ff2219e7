"""The order in which problems are told."""

from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import Problem, in_order


def test_text_that_cannot_be_read_is_told_before_what_follows_from_it():
    follows = Problem(Place("families/a.yaml", 3, 1), "K305", "no earlier layer wrote it", "")
    later = Problem(Place("families/b.yaml", 1, 1), "K305", "no earlier layer wrote it", "")
    cause = Problem(Place("parts/z.yaml", 9, 1), "K106", "not YAML", "")
    assert in_order([later, follows, cause, follows]) == (cause, follows, later)
