"""Attributes of an organization's own: defined, published, written, found, sorted by, and gone when taken away."""

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import AttributeType, Event
from portal.models.attribute import URN
from portal.organizations import custom_attributes
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import AttributeExists, BadAttributeName, TooManyAttributes

OWN = {
    "badge": AttributeType.STRING, "remote": AttributeType.BOOLEAN, "level": AttributeType.NUMBER,
    "since": AttributeType.TIME,
}  # fmt: skip


def define(organization, name, type=AttributeType.STRING, **more):
    made = custom_attributes.define(organization, name, by=OPERATOR, type=type, **more)
    db.session.commit()
    return made


@pytest.fixture
def own(acme):
    """One of each type, and a list of texts and of numbers."""
    for name, type in OWN.items():
        define(acme, name, type)
    define(acme, "skills", many=True)
    define(acme, "scores", AttributeType.NUMBER, many=True)


@pytest.fixture
def three(idp, own):
    idp.create("a@acme.example", **{URN: {"badge": "É1", "level": 9, "since": "2024-01-01T00:00:00Z", "remote": True}})
    idp.create("b@acme.example", **{URN: {"badge": "b2", "level": 10, "since": "2024-01-01T00:30:00+01:00",
                                          "skills": ["Go", "SQL"], "scores": [2, 10]}})  # fmt: skip
    idp.create("c@acme.example")


def patch(idp, user, *operations):
    return idp.ask("PATCH", f"/Users/{user['id']}", {"Operations": list(operations)})


def test_they_are_published_as_an_extension_of_their_own(idp, own):
    kind = idp.ask("GET", "/ResourceTypes/User").json
    schema = idp.ask("GET", f"/Schemas/{URN}").json

    assert {"schema": URN, "required": False} in kind["schemaExtensions"]
    assert URN in {one["id"] for one in idp.ask("GET", "/Schemas").json["Resources"]}
    assert {one["name"]: one["type"] for one in schema["attributes"]} == {
        "badge": "string", "remote": "boolean", "level": "decimal", "since": "dateTime",
        "skills": "complex", "scores": "complex",
    }  # fmt: skip
    assert [one["multiValued"] for one in schema["attributes"]] == [False] * 4 + [True] * 2


def test_other_organizations_know_nothing_of_them(idp, other_idp, own):
    made = other_idp.ask("POST", "/Users", {"userName": "hank@globex.example", URN: {"badge": "1"}})

    assert other_idp.ask("GET", f"/Schemas/{URN}").status_code == 404
    assert URN not in made.json
    assert made.status_code == 201


def test_what_was_written_is_read(idp, own):
    values = {"badge": "B-1", "remote": "True", "level": "5.5", "since": "2024-01-01T00:00:00+01:00", "skills": ["Go"]}

    made = idp.create(**{URN: values})

    assert made[URN] == values | {"remote": True, "level": 5.5, "skills": [{"value": "Go"}]}
    assert URN in made["schemas"]
    assert idp.ask("GET", f"/Users/{made['id']}?attributes={URN}:badge").json[URN] == {"badge": "B-1"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("level", "many"), ("level", True), ("level", {}), ("since", "yesterday"), ("since", "2024-02-30T00:00:00Z"),
     ("since", 5), ("remote", "perhaps"), ("badge", ["a", "b"]), ("scores", ["x"])],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_by_name(idp, own, name, value):
    answer = idp.ask("POST", "/Users", {"userName": "x", URN: {name: value}})

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue")
    assert name in answer.json["detail"]


def test_patch_reaches_them_by_their_full_name(idp, own):
    made = idp.create()

    patch(
        idp,
        made,
        {"op": "add", "path": f"{URN}:level", "value": 3},
        {"op": "replace", "value": {f"{URN}:badge": "x", URN: {"remote": False}}},
        {"op": "add", "path": f"{URN}:skills", "value": ["Go", {"value": "SQL"}]},
        {"op": "add", "path": f"{URN}:scores", "value": [1, 2, 3]},
        {"op": "remove", "path": f'{URN}:skills[value eq "go"]'},
        {"op": "remove", "path": f"{URN}:scores[value ge 2]"},
    )
    shown = idp.ask("GET", f"/Users/{made['id']}").json[URN]

    assert shown == {
        "level": 3, "badge": "x", "remote": False, "skills": [{"value": "SQL"}], "scores": [{"value": 1}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ('badge eq "é1"', "a"),
        ('badge sw "B"', "b"),
        ("badge pr", "ab"),
        ("level eq 10", "b"),
        ("level gt 9", "b"),
        ("level ge 9.0", "ab"),
        ('level lt "10"', "a"),
        ("level ne 9", "bc"),
        ("level eq null", "c"),
        ("level pr", "ab"),
        ('since gt "2023-12-31T23:45:00Z"', "a"),
        ('since eq "2023-12-31T23:30:00Z"', "b"),
        ('since le "2024-01-01T01:00:00+01:00"', "ab"),
        ('since ne "2024-01-01T00:00:00Z"', "bc"),
        ("remote eq true", "a"),
        ('skills eq "go"', "b"),
        ('skills.value co "q"', "b"),
        ("scores gt 9", "b"),
        ("scores gt 10", ""),
        ("not (level lt 10)", "bc"),
    ],
)
def test_people_are_found_by_them(idp, three, expression, found):
    head, _, rest = expression.partition("not (")
    qualified = f"{URN}:{expression}" if not rest else f"{head}not ({URN}:{rest}"

    assert "".join(sorted(one["userName"][0] for one in idp.find(qualified))) == found


def test_a_filter_in_brackets_is_about_one_value(idp, three):
    assert len(idp.find(f'{URN}:skills[value eq "SQL"]')) == 1
    assert not idp.find(f"{URN}:scores[value gt 2 and value lt 10]")
    assert len(idp.find(f'schemas eq "{URN}"')) == 2


@pytest.mark.parametrize("expression", ['level co "1"', 'level gt "x"', 'since eq "soon"', 'nosuch eq "x"'])
def test_a_comparison_that_makes_no_sense_is_refused(idp, three, expression):
    answer = idp.ask("GET", f"/Users?filter={URN}:{expression}")

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize(
    ("by", "order"), [("badge", "bac"), ("level", "abc"), ("since", "bac"), ("scores", "bac"), ("remote", "abc")]
)
def test_people_are_sorted_by_them_also_page_by_page(idp, three, by, order):
    names, cursor = "", ""
    while cursor is not None:
        page = idp.ask("GET", f"/Users?sortBy={URN}:{by}&count=1&cursor={cursor}").json
        names += "".join(one["userName"][0] for one in page["Resources"])
        cursor = page.get("nextCursor")

    assert names == order
    whole = idp.ask("GET", f"/Users?sortBy={URN}:{by}").json["Resources"]
    assert "".join(one["userName"][0] for one in whole) == order


def test_what_is_taken_away_is_forgotten(idp, acme, three):
    for name in ("badge", "level", "since", "remote", "skills", "scores"):
        custom_attributes.remove(acme, custom_attributes.find(acme, name), by=OPERATOR)
    db.session.commit()

    people = idp.ask("GET", "/Users").json["Resources"]

    assert idp.ask("GET", f"/Schemas/{URN}").status_code == 404
    assert not [one for one in people if URN in one or URN in one["schemas"]]
    assert people[0]["meta"]["version"] != 'W/"1"'


def test_a_name_may_return_with_another_type(idp, acme, three):
    custom_attributes.remove(acme, custom_attributes.find(acme, "badge"), by=OPERATOR)
    define(acme, "badge", AttributeType.NUMBER)

    assert idp.find(f"{URN}:badge gt 0") == []
    assert idp.find(f"{URN}:level gt 0")


@pytest.mark.parametrize("name", ["", "1st", "a b", "a.b", "ä", "x" * 61, "$ref", "a:b"])
def test_a_name_that_scim_cannot_say_is_refused(acme, name):
    with pytest.raises(BadAttributeName):
        define(acme, name)


def test_a_name_is_given_once_whatever_its_case(acme):
    define(acme, "badge")

    with pytest.raises(AttributeExists):
        define(acme, "BADGE")


def test_there_is_an_end_to_them(acme, monkeypatch):
    monkeypatch.setattr(custom_attributes, "MOST", 1)
    define(acme, "one")

    with pytest.raises(TooManyAttributes):
        define(acme, "two")


def test_each_definition_is_recorded(acme):
    custom_attributes.remove(acme, define(acme, "badge"), by=OPERATOR)

    named = sa.select(Event.name).where(Event.name.startswith("attribute."))
    names = db.session.scalars(named.order_by(Event.id)).all()
    assert names == ["attribute.defined", "attribute.removed"]


def test_they_cost_no_statement(idp, acme, statements):
    idp.create("first@acme.example")
    count = lambda: statements(lambda: idp.find('userName eq "first@acme.example"'))  # noqa: E731
    without = [count(), count()][-1]
    define(acme, "badge")

    assert [count(), count()][-1] == without
