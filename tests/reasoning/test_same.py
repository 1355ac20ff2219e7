"""What is made of parts of a knowledge base is shared by those that have the very same parts, and by no others."""

from dataclasses import replace

from diagnose.reasoning.assess import rulebook
from diagnose.reasoning.policy import border
from diagnose.reasoning.same import Same
from diagnose.reasoning.tables import tables
from tests.make import fault, ringer

KB = replace(ringer(), revision="of its own")  # another of the same revision may be remembered already


def test_values_are_the_same_only_as_the_very_same_objects_in_the_same_order():
    one, like = fault("a", 1, "x"), fault("a", 1, "x")
    assert one == like
    assert Same([one, like]) == Same([one, like]) and hash(Same([one])) == hash(Same([one]))
    assert Same([one]) != Same([like])
    assert Same([one, like]) != Same([like, one])
    assert Same([one]) != Same([one, one])


def test_with_other_prices_the_tables_and_the_rules_are_those_of_before():
    dearer = replace(KB, revision="dearer", costs=replace(KB.costs, talk_per_hour=99.0))
    assert tables(dearer) is tables(KB)
    assert border(dearer) is border(KB)
    assert rulebook(dearer) is rulebook(KB)


def test_with_another_fault_or_rule_they_are_made_anew():
    swollen = replace(KB.faults["swollen"], per_1000=50.0)
    more = replace(KB, revision="more", faults={**KB.faults, "swollen": swollen})
    assert tables(more).prior[tables(more).index["swollen"]] > tables(KB).prior[tables(KB).index["swollen"]]
    none = replace(KB, revision="none", rules=())
    assert border(KB).rules and border(none).rules == ()
    assert rulebook(KB).clauses and rulebook(none).clauses == ()


def test_remedies_that_are_others_have_a_border_of_their_own():
    gone = {id_: r for id_, r in KB.remedies.items() if r.verdict != "exchange"}
    assert border(replace(KB, revision="gone", remedies=gone)).remedies == tuple(gone.values())
