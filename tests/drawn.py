"""What policy rules are drawn of: premises and effects over four questions of entitlement."""

from hypothesis import strategies as st

from diagnose.knowledge.model import UNKNOWN, Condition

ANSWERS = ["yes", "no", UNKNOWN]
FACTS = ["proof", "wet", "dropped", "accident"]
a_condition = st.builds(
    lambda fact, values, negated: Condition(fact, tuple(values), negated),
    st.sampled_from(FACTS),
    st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=2, unique=True),
    st.booleans(),
)
a_class = st.builds(
    lambda values, negated: Condition("fault.class", tuple(values), negated),
    st.lists(st.sampled_from(["use", "hardware"]), min_size=1, max_size=1),
    st.booleans(),
)
an_effect = st.one_of(
    st.sampled_from(["exchange", "repair", "swap"]).map(lambda x: {"forbid": (x,)}),
    st.sampled_from(["exchange", "repair", "mend"]).map(lambda x: {"require": x, "charge": "free"}),
    st.sampled_from(["free", "estimate"]).map(lambda x: {"charge": x}),
    st.sampled_from(["shop", "carrier_home"]).map(lambda x: {"channel": x, "promise": x}),
    st.sampled_from(["shop", "carrier_home"]).map(lambda x: {"forbid_channel": (x,)}),
)
