"""Random filters find whom scim2-models finds in memory: a parser and an evaluator that nobody here wrote, on either database."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scim2_models import Extension, Resource, Schema, ScimFilter, ScimPolicy

from portal.organizations import directory_people
from portal.scim import comparing, discovery
from portal.scim.attributes import CORE_USER, ENTERPRISE, ENTERPRISE_USER, USER
from tests.scim.filter_corpus import USERS
from tests.scim.test_filters import IDS, find, people  # noqa: F401 (a fixture)

TEXTS = ("userName", "displayName", "nickName", "title", "userType", "externalId", "id", "meta.resourceType",
         "name.familyName", "NAME.givenname", "emails", "emails.value", "emails.type", "ims.value", "addresses.formatted",
         "phoneNumbers", f"{ENTERPRISE}:department", f"{ENTERPRISE}:employeeNumber",
         f"{ENTERPRISE}:manager.value", f"{CORE_USER}:title", f"{CORE_USER.upper()}:emails.value")  # fmt: skip
TRUTHS = ("active", "emails.primary", "addresses.primary")
TIMES = ("meta.created", "meta.lastModified")
PARTS = ("value", "type", "TYPE", "display")
WORDS = ("alice@x.com", "Alice", "boss", "Boss2", "work", "home", "Ext-1", "ext-1", "d@example.com", "O'Malley", "a\\b",
         'say "hi"', "a (b) [c]", "and or not", "true", "null", "10", "line\nbreak", "Éva", "éva", "Tour Operations", "x%", "_",
         "701984", "User", "26118915", "", " ", str(IDS[3]))  # fmt: skip
MOMENTS = ("2011-05-13T04:42:34Z", "2011-05-13T06:42:34+02:00", "2015-06-01T00:00:00Z", "2013-01-01T00:00:00.000Z")

words = st.one_of(
    st.sampled_from(WORDS),
    st.builds(lambda word, start, end: word[start:end], st.sampled_from(WORDS), st.integers(0, 3), st.integers(1, 8)),
    st.builds(str.upper, st.sampled_from(WORDS)),
    st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=3),
)
quoted = st.builds(lambda word, escaped: json.dumps(word, ensure_ascii=escaped), words, st.booleans()) | st.just("null")


def any_case(*names):
    return st.builds(lambda name, upper: name.upper() if upper else name, st.sampled_from(names), st.booleans())


def compared(names, operators, values):
    return st.builds("{} {} {}".format, st.sampled_from(names), any_case(*operators), values)


ORDERED = ("gt", "ge", "lt", "le")
leaf = st.one_of(
    compared(TEXTS, ("eq", "ne", "co", "sw", "ew", *ORDERED), quoted),
    compared(TRUTHS, ("eq", "ne"), st.sampled_from(["true", "false", "null"])),
    compared(TIMES, ("eq", "ne", *ORDERED), st.sampled_from(MOMENTS).map(json.dumps)),
    st.builds(
        "{} {}".format,
        st.sampled_from((*TEXTS, *TRUTHS, *TIMES, "name", "groups", "roles", f"{ENTERPRISE}:manager")),
        any_case("pr"),
    ),
)
inner_leaf = st.one_of(
    compared(PARTS, ("eq", "ne", "co", "sw", "ew", *ORDERED), quoted),
    compared(("primary",), ("eq", "ne"), st.sampled_from(["true", "false", "null"])),
    st.builds("{} pr".format, st.sampled_from((*PARTS, "primary"))),
)


def combined(one):
    return st.one_of(
        st.builds("{} {} {}".format, one, any_case("and", "or"), one),
        st.builds("({})".format, one),
        st.builds("not ({})".format, one),
    )


inner = st.recursive(inner_leaf, combined, max_leaves=3)
within = st.builds("{}[{}]".format, st.sampled_from(["emails", "ims", "phoneNumbers", f"{CORE_USER}:emails"]), inner)
filters = st.recursive(leaf | within, combined, max_leaves=5)


@pytest.fixture
def judged(people):  # noqa: F811
    """The model made from our own /Schemas, and the same people as its objects."""
    user, extension = (Schema.model_validate(discovery.schema(people, one)) for one in (USER, ENTERPRISE_USER))
    model = Resource.from_schema(user)[Extension.from_schema(extension)]
    return model, [(number, _person(model, people, number)) for number in USERS]


def _person(model, directory, number):
    row = directory_people.find_user(directory, IDS[number])
    times = {"created": row.created_at, "lastModified": row.changed_at, "resourceType": "User"}
    document = {"schemas": [CORE_USER, ENTERPRISE], "id": str(row.id), "meta": times}
    return model.model_validate(document | json.loads(json.dumps(row.data)))


def key(binding, text):
    return text if binding.case_exact else comparing.fold(text)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=filters)
def test_a_random_filter_finds_whom_scim2_models_finds(people, judged, text):  # noqa: F811
    model, persons = judged
    with ScimPolicy(comparison_key=key):
        expected = {number for number, person in persons if ScimFilter[model](text).match(person)}

    assert find(people, text) == expected
