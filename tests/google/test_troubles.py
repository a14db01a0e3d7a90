"""Every mistake an admin makes at Google is told in words, with the place where it is mended."""

import json

import pytest

from portal.google.accounts import read_key
from portal.google.client import Client
from portal.google.reading import every_group, first_names
from portal.google.troubles import ROWS, NotRead
from tests.fakes.google import GROUPS, MEMBERS, error
from tests.google.conftest import changed


def trouble(account):
    with pytest.raises(NotRead) as caught, Client(account) as client:
        first_names(client)
    return caught.value


def test_the_first_five_names_show_that_it_works(google, account):
    google.employ("bob", "cleo", "dan", "eve", "fay")

    with Client(account) as client:
        names = first_names(client)

    assert names == ["Ada Acme", "Bob Acme", "Cleo Acme", "Dan Acme", "Eve Acme"]
    assert google.asked[-1][2]["maxResults"] == "5"


def test_groups_come_in_the_order_of_their_names(google, account):
    for name in ("Staff", "admins", "Sales"):
        google.found_group(name)

    with Client(account) as client:
        names = [group["name"] for group in every_group(client)]

    assert names == ["admins", "Sales", "Staff"]


def test_missing_delegation_names_the_client_id_and_the_place(google, account):
    google.delegated = set()

    said = trouble(account)

    assert said.code == "delegation-missing"
    assert "1099" in said.mend
    assert "Domain-wide delegation" in said.mend


def test_a_forgotten_scope_is_named(google, account):
    google.delegated = google.delegated - {GROUPS, MEMBERS}

    said = trouble(account)

    assert said.code == "scopes-missing"
    assert f"without {GROUPS} and {MEMBERS}" in str(said)


def test_an_unknown_administrator_is_named(google, account):
    said = trouble(changed(account, admin="nobody@acme.example"))

    assert (said.code, "nobody@acme.example" in str(said)) == ("no-such-admin", True)


def test_somebody_who_is_no_administrator_is_named(google, account):
    google.employ("bob")

    said = trouble(changed(account, admin="bob@acme.example"))

    assert (said.code, "bob@acme.example may not read" in str(said)) == ("not-an-admin", True)


def test_a_switched_off_api_says_where_it_is_switched_on(google, account):
    google.api_on = False

    said = trouble(account)

    assert (said.code, "Admin SDK API" in said.mend) == ("api-off", True)


def test_both_generations_of_errors_are_understood(google, account):
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]
    google.fails = [("/users", (403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "details": details}}))]

    assert trouble(account).code == "api-off"


def test_a_deleted_key_is_told_from_a_missing_delegation(google, account):
    google.key_id = "key-2"

    assert trouble(account).code == "key-gone"


def test_a_wrong_clock_is_not_the_admins_fault(google, account):
    said = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
    google.fails = [("/token", (400, {"error": "invalid_grant", "error_description": said}))]

    assert trouble(account).code == "clock"


@pytest.mark.parametrize("answer", [(200, b"<html>"), (200, []), (404, {}), (302, {}), (200, {"users": "none"})])
def test_an_answer_that_is_no_list_is_never_taken_for_one(google, account, answer):
    google.fails = [("/users", answer)]

    assert trouble(account).code in ("unreachable", "not-found")


def test_nobody_listening_is_told(google, account):
    google.close()

    assert trouble(account).code == "unreachable"
    google.__init__()


def test_a_page_in_the_browser_never_waits_for_google(google, account):
    google.fails = [("/users", error(429, "rateLimitExceeded", "Quota exceeded"))]

    assert trouble(account).code == "slow-down"


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", '{"type": "authorized_user"}', '{"type": "service_account"}', "x" * 30_000]
)
def test_what_is_no_key_is_refused(google, text):
    with pytest.raises(NotRead) as caught:
        read_key(text)

    assert caught.value.code == "not-a-key"


def test_a_key_with_a_damaged_private_part_is_refused(google):
    with pytest.raises(NotRead):
        read_key(google.key(private_key="-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))


def test_an_address_in_a_key_is_never_asked(google):
    """Whoever uploads a key must not choose where this server sends requests."""
    kept, public = read_key(google.key(token_uri="http://169.254.169.254/token"))

    assert "token_uri" not in json.loads(kept)
    assert "private_key" not in public


@pytest.mark.parametrize("code", ROWS)
def test_every_trouble_says_what_to_do(code):
    said = NotRead(code)

    assert str(said).endswith(".")
    assert said.mend.endswith(".")
    assert "{" not in str(said) + said.mend
