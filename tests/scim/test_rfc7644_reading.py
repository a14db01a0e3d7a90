"""RFC 7644 §3.4: one resource, lists, filters, order, pages, and what is shown of each."""

import pytest

from portal.scim.attributes import CORE_USER, ENTERPRISE
from tests.scim.test_users import GRACE

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
LIST = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]


@pytest.fixture
def three(idp):
    return [
        idp.create("b@acme.example", title="Boss", name={"givenName": "Bo"}, **{ENTERPRISE: {"manager": {"value": "1"}}}),
        idp.create("C@acme.example", nickName="ä", externalId="C"),
        idp.create("a@acme.example", title="admiral", externalId="a", active=False),
    ]  # fmt: skip


def names(answer):
    assert answer.status_code == 200, answer.text
    return [one["userName"][0] for one in answer.json["Resources"]]


def shown(idp, user, query):
    return idp.ask("GET", f"/Users/{user['id']}?{query}").json


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("attributes=userName", {"schemas", "id", "userName"}),
        ("attributes=NAME.GIVENNAME", {"schemas", "id", "name"}),
        (f"attributes={CORE_USER}:userName,active", {"schemas", "id", "userName", "active"}),
        (f"attributes={ENTERPRISE}", {"schemas", "id", ENTERPRISE}),
        (f"attributes={ENTERPRISE}:manager", {"schemas", "id", ENTERPRISE}),
        (f"attributes={ENTERPRISE}:manager.value", {"schemas", "id", ENTERPRISE}),
        ("attributes=nosuch", {"schemas", "id"}),
        ("attributes=meta.location", {"schemas", "id", "meta"}),
        ("excludedAttributes=id,schemas,emails,meta,name,title,active", {"schemas", "id", "userName", ENTERPRISE}),
        (f"excludedAttributes={ENTERPRISE}:manager,meta,emails,name,title,active", {"schemas", "id", "userName"}),
    ],
)
def test_what_was_asked_for_is_shown_and_what_is_always_returned(idp, three, query, expected):  # §3.4.2.5, §3.9, §3.10
    found = shown(idp, three[0], query)

    assert found.keys() == expected
    assert found.get(ENTERPRISE) in (None, {"manager": {"value": "1"}})


def test_a_part_can_be_left_out(idp, three):
    assert shown(idp, three[0], "excludedAttributes=emails.value")["emails"] == [{"type": "work", "primary": True}]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("sortBy=userName", "abC"),
        ("sortBy=USERNAME&sortOrder=descending", "Cba"),
        (f"sortBy={CORE_USER}:userName", "abC"),
        ("sortBy=title", "abC"),
        ("sortBy=title&sortOrder=descending", "Cba"),
        ("sortBy=externalId", "Cab"),
        ("sortBy=name.givenName", "bCa"),
        ("sortBy=emails", "abC"),
        ("sortBy=emails.value&sortOrder=descending", "Cba"),
        ("sortBy=meta.created&sortOrder=descending", "aCb"),
        ("sortBy=active", "abC"),
        (f"sortBy={ENTERPRISE}:manager", "bCa"),
        ("sortBy=id", "bCa"),
    ],
)
def test_a_list_is_in_the_order_asked_for(
    idp, three, order, expected
):  # §3.4.2.3: what is absent comes last, case rules
    assert "".join(names(idp.ask("GET", f"/Users?{order}"))) == expected


def test_of_several_addresses_the_primary_one_is_sorted_by(idp):
    def emails(*values):
        return [{"value": one, "primary": one.startswith("9")} for one in values]

    for name, values in (("a", ("0@x.com", "9@x.com")), ("b", ("5@x.com", "0@x.com")), ("c", ())):
        idp.create(f"{name}@acme.example", emails=emails(*values))

    assert names(idp.ask("GET", "/Users?sortBy=emails")) == ["b", "a", "c"]


@pytest.mark.parametrize("by", ["nosuch", "name", "groups", "name.nosuch", "emails.nosuch"])
def test_what_cannot_be_sorted_by_is_refused(idp, by):
    answer = idp.ask("GET", f"/Users?sortBy={by}")

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue")


@pytest.mark.parametrize(
    ("query", "start", "expected"),
    [
        ("", 1, "bCa"), ("count=2", 1, "bC"), ("startIndex=2&count=2", 2, "Ca"), ("startIndex=0&count=1", 1, "b"),
        ("startIndex=-7&count=1", 1, "b"), ("count=0", 1, ""), ("count=-1", 1, ""), ("startIndex=4", 4, ""),
        ("count=100000", 1, "bCa"), ("startIndex=&count=", 1, "bCa"),
    ],
)  # fmt: skip
def test_pages_are_counted_as_the_rfc_says(idp, three, query, start, expected):  # §3.4.2.4
    answer = idp.ask("GET", f"/Users?{query}").json

    assert answer["schemas"] == LIST
    assert "".join(one["userName"][0] for one in answer["Resources"]) == expected
    assert (answer["totalResults"], answer["startIndex"], answer["itemsPerPage"]) == (3, start, len(expected))


@pytest.mark.parametrize("query", ["startIndex=first", "count=1.5", "count=many"])
def test_a_page_that_is_no_number_is_refused(idp, query):
    assert idp.ask("GET", f"/Users?{query}").json["scimType"] == "invalidValue"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("meta.resourceType eq \"User\"", "bCa"), ('meta.version eq "W/\\"1\\""', "bCa"), ("emails eq null", ""),
        ("nickName eq null", "ba"), ('schemas co "enterprise"', "b"), ('not (schemas eq "x")', "bCa"),
        (f'schemas ne "{ENTERPRISE.upper()}"', "Ca"), ("name pr", "b"), ("meta pr", "bCa"), ("manager pr", "b"),
        ('title co " "', ""), ('externalId co "c"', ""), ('nickName eq "Ä"', "C"), ('title gt "b"', "b"),
        ('emails[primary eq "True"]', "bCa"), ('userName eq " b@acme.example "', "b"), ("groups pr", ""),
    ],
)  # fmt: skip
def test_a_filter_finds_whom_it_describes(idp, three, expression, expected):  # §3.4.2.2
    assert "".join(one["userName"][0] for one in idp.find(expression)) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "active gt true", "x509Certificates.value gt \"a\"", 'active eq "perhaps"', 'name eq "x"', 'emails[value.x eq "y"]',
        'title[value eq "x"]', 'meta.location eq "x"', 'meta.created co "2011"', 'meta.created gt "yesterday"',
        'schemas[value eq "x"]', 'groups.$ref eq "x"', 'title.value eq "x"', 'userName eq "\\u0000"', 'userName eq "\\ud800"',
        'urn:example:User:userName eq "x"', "userName eq 'x'", 'userName eq "x" or', "",
    ],
)  # fmt: skip
def test_a_filter_without_sense_is_invalid(idp, three, expression):
    answer = idp.ask("POST", "/Users/.search", {"schemas": [SEARCH], "filter": expression})

    assert (answer.status_code, answer.json.get("scimType")) == (400, "invalidFilter"), answer.text
    assert answer.json["detail"]


def test_members_and_groups_are_filtered_by_any_part(idp, three):
    inside = idp.create_group("Engineering", [three[0]["id"], three[1]["id"]])
    idp.create_group("Empty")
    one = three[0]["id"]

    for expression in (f'members eq "{one}"', f'members[value eq "{one}"]', f'members[type eq "User" and value sw "{one[:8]}"]',
                       f'members.value eq "{one}" and not (members.value eq "{three[2]["id"]}")', "members pr"):  # fmt: skip
        assert [group["id"] for group in idp.find(expression, "Groups")] == [inside["id"]], expression
    assert [group["displayName"] for group in idp.find(f'members ne "{one}"', "Groups")] == ["Empty"]
    assert len(idp.find('groups.display eq "engineering" or groups[value eq "x"]')) == 2
    assert not idp.find('members[type eq "Group"]', "Groups")


def test_a_search_takes_what_a_list_takes(idp, three):  # §3.4.3
    body = {"schemas": [SEARCH], "filter": "title pr", "sortBy": "title", "startIndex": 1,
            "count": 1, "attributes": ["userName"]}  # fmt: skip

    answer = idp.ask("POST", "/Users/.search", body).json

    assert (answer["totalResults"], answer["startIndex"], answer["itemsPerPage"]) == (2, 1, 1)
    assert answer["Resources"] == [{"schemas": [CORE_USER], "id": three[2]["id"], "userName": "a@acme.example"}]


def test_a_search_at_the_root_is_one_list_of_people_and_groups(idp, three):
    group = idp.create_group("b@acme.example")

    def search(**body):
        answer = idp.ask("POST", "/.search", {"schemas": [SEARCH]} | body).json
        return answer["totalResults"], [one["id"] for one in answer["Resources"]]

    everybody = [one["id"] for one in three]
    assert search() == (4, [*everybody, group["id"]])
    assert search(startIndex=3, count=5) == (4, [everybody[2], group["id"]])
    assert search(startIndex=4, count=5) == (4, [group["id"]])
    assert search(count=2) == (4, everybody[:2])
    assert search(filter='userName eq "b@acme.example" or displayName eq "b@acme.example"') == (
        2,
        [everybody[0], group["id"]],
    )


def test_at_the_root_an_unknown_attribute_is_false_and_a_broken_filter_refused(idp, three):  # §3.4.2.1
    answers = [
        idp.ask("POST", "/.search", {"filter": one})
        for one in ('nosuch eq "x"', "nosuch ne null", "((", "active gt true")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 400, 400]
    assert [answer.json["totalResults"] for answer in answers[:2]] == [0, 0]


def test_a_head_request_is_a_get_without_the_body(idp):
    user = idp.create()

    got, head = (idp.ask(method, f"/Users/{user['id']}") for method in ("GET", "HEAD"))

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert idp.ask("HEAD", "/Users/0").status_code == 404


def test_who_was_never_there_and_who_is_gone_look_alike(idp):  # §3.6
    user = idp.create()
    idp.ask("DELETE", f"/Users/{user['id']}")

    answers = [idp.ask("GET", f"/Users/{one}") for one in (user["id"], "0", "x" * 200)]

    assert {(answer.status_code, answer.json["detail"]) for answer in answers} == {
        (404, "There is no user with this id in the directory. It may have been deleted; match it again by its name.")
    }
    assert not idp.find(f'userName eq "{GRACE}"')
