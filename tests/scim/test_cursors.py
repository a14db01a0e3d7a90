"""Pages by cursor (RFC 9865): everybody once, also while people come and go."""

import base64
import json

import pytest

NAMES = [f"person{number}@acme.example" for number in range(7)]


def pages(idp, query="", kind="Users"):
    """Every page until there is no next one."""
    cursor, found = "", []
    while cursor is not None:
        page = idp.ask("GET", f"/{kind}?count=3&cursor={cursor}{query}").json
        found.append(page)
        cursor = page.get("nextCursor")
    return found


def names(found):
    return [one["userName"] for page in found for one in page["Resources"]]


def test_everybody_is_there_once_with_the_total_on_every_page(idp):
    for name in NAMES:
        idp.create(name)

    found = pages(idp)

    assert [len(page["Resources"]) for page in found] == [3, 3, 1]
    assert [page["totalResults"] for page in found] == [7, 7, 7]
    assert names(found) == NAMES
    assert "startIndex" not in found[0]


def test_who_comes_or_goes_meanwhile_moves_nobody_else(idp):
    ids = [idp.create(name)["id"] for name in NAMES]
    first = idp.ask("GET", "/Users?count=3&cursor=").json
    idp.ask("DELETE", f"/Users/{ids[0]}")

    second = idp.ask("GET", f"/Users?count=3&cursor={first['nextCursor']}").json

    assert names([second]) == NAMES[3:6]


@pytest.mark.parametrize("order", ["ascending", "descending"])
@pytest.mark.parametrize("by", ["title", "userName", "meta.created", "emails", "active", "id"])
def test_a_sorted_list_goes_on_where_it_stopped(idp, by, order):
    for number, name in enumerate(NAMES):
        idp.create(name, **({"title": f"t{number % 2}"} if number % 3 else {}))
    query = f"&sortBy={by}&sortOrder={order}"

    whole = names([idp.ask("GET", f"/Users?count=50{query}").json])

    assert names(pages(idp, query)) == whole
    assert sorted(whole) == NAMES


def test_groups_and_searches_go_by_cursor_too(idp):
    for number in range(4):
        idp.create_group(f"Group {number}")
    first = idp.ask("POST", "/Groups/.search", {"count": 3, "cursor": ""}).json

    second = idp.ask("POST", "/Groups/.search", {"count": 3, "cursor": first["nextCursor"]}).json

    assert [one["displayName"] for one in second["Resources"]] == ["Group 3"]


@pytest.mark.parametrize("cursor", ["x", "e30", "bnVsbA", "eyJsaXN0IjogWzFdfQ", "%F0%9F"])
def test_a_cursor_we_never_gave_is_told_apart(idp, cursor):
    answer = idp.ask("GET", f"/Users?cursor={cursor}")

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidCursor")


def test_a_cursor_belongs_to_its_list(idp):
    for name in NAMES:
        idp.create(name)
    cursor = idp.ask("GET", "/Users?count=3&cursor=").json["nextCursor"]

    answer = idp.ask("GET", f"/Users?count=3&cursor={cursor}&sortBy=title")

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidCursor")


@pytest.mark.parametrize("by", ["active", "meta.created", "id", "title"])
@pytest.mark.parametrize("value", ["perhaps", True, None, "9999-99-99"])
def test_a_cursor_somebody_changed_is_an_answer_and_no_accident(idp, by, value):
    for name in NAMES:
        idp.create(name)
    cursor = idp.ask("GET", f"/Users?count=3&cursor=&sortBy={by}").json["nextCursor"]
    said = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    changed = base64.urlsafe_b64encode(json.dumps(said | {"value": value}).encode()).decode().rstrip("=")

    assert idp.ask("GET", f"/Users?count=3&cursor={changed}&sortBy={by}").status_code in (200, 400)


def test_the_configuration_says_so(idp):
    assert idp.ask("GET", "/ServiceProviderConfig").json["pagination"]["cursor"] is True
