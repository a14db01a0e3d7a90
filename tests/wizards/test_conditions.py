"""The closed grammar of conditions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizards.conditions import ALWAYS, FACTS, BadCondition, Condition, Term

TERMS = st.builds(
    Term,
    st.sampled_from([*FACTS, "scim_app"]),
    st.one_of(st.none(), st.from_regex(r"[A-Za-z0-9._-]{0,12}", fullmatch=True)),
    st.booleans(),
)
CONDITIONS = st.builds(Condition, st.lists(TERMS, min_size=1, max_size=4).map(tuple))


@pytest.mark.parametrize(
    ("text", "facts", "holds"),
    [
        ("sso.live", {"sso.live": True}, True),
        ("sso.live", {"sso.live": False}, False),
        ("sso.live", {}, False),
        ("not sso.live", {}, True),
        ("scim_app == 'same'", {"scim_app": "same"}, True),
        ("scim_app == 'same'", {"scim_app": None}, False),
        ("not scim_app == 'same'", {"scim_app": "template"}, True),
        ("sso.live and not scim.contacted", {"sso.live": True}, True),
        ("sso.live and not scim.contacted", {"sso.live": True, "scim.contacted": True}, False),
    ],
)
def test_a_condition_says_whether_it_holds(text, facts, holds):
    assert Condition.parse(text).holds(facts) is holds


@pytest.mark.parametrize(
    "text",
    ["", "and", "not", "sso.live or x", "sso.live and", "__import__('os')", "a == b", "a == \"b\"", "a.b.c", "(a)",
     "a != 'b'",
     "not not a", "A", "a == 'b' == 'c'", "lambda: 1"],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(BadCondition):
        Condition.parse(text)


@given(st.text())
def test_no_text_does_more_than_parse_or_be_refused(text):
    try:
        parsed = Condition.parse(text)
    except BadCondition:
        return
    assert Condition.parse(str(parsed)) == parsed


@given(CONDITIONS)
def test_a_condition_reads_back_as_it_was_written(condition):
    assert Condition.parse(str(condition)) == condition


@given(
    CONDITIONS, st.dictionaries(st.sampled_from([*FACTS, "scim_app"]), st.one_of(st.booleans(), st.text(max_size=3)))
)
def test_what_does_not_hold_says_why(condition, facts):
    assert condition.holds(facts) == (condition.why_not(facts) == ())


def test_no_condition_always_holds():
    assert ALWAYS.holds({})
