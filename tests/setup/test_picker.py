"""Choosing an identity provider: the usual ones first, the others after them, and finding one by its name."""

import pytest

from tests.clients import soup
from tests.setup.conftest import GUIDES

HTMX = {"HX-Request": "true"}


def names(page):
    return [tile.get_text() for tile in soup(page).select("#idps .tile-name")]


@pytest.mark.parametrize("flow", ["sso", "scim"])
def test_every_guide_is_there_once_the_usual_first_and_the_one_for_all_last(admin, live, flow):
    live()
    shown = names(admin.get(f"/setup/acme/{flow}"))

    usual = [wizard.name for wizard in GUIDES.values() if wizard.flow(flow) and wizard.common]
    assert sorted(shown) == sorted(wizard.name for wizard in GUIDES.values() if wizard.flow(flow))
    assert sorted(shown[: len(usual)]) == sorted(usual)
    assert shown[-1] == "Another identity provider"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("okta", "Okta"),
        ("azure ad", "Microsoft Entra ID (Azure AD)"),
        ("ADFS", "AD FS"),
        ("g suite", "Google Workspace"),
        ("centrify", "CyberArk Identity"),
    ],
)
def test_a_provider_is_found_by_any_of_its_names(admin, typed, found):
    assert names(admin.get("/setup/acme/sso", query_string={"q": typed}))[0] == found


def test_a_search_that_finds_nothing_offers_the_guide_for_all(admin):
    page = admin.get("/setup/acme/sso?q=nobody")

    assert names(page) == ["Another identity provider"]
    assert "No providers found for “nobody”" in soup(page).get_text()


def test_while_somebody_types_the_address_is_replaced_and_not_piled_up(admin):
    typing = admin.get("/setup/acme/sso?q=ok&idp=okta", headers=HTMX)

    assert typing.headers["HX-Replace-Url"] == "/setup/acme/sso?q=ok&idp=okta"
    assert "HX-Push-Url" not in typing.headers
    assert soup(typing).select_one("#idps input:checked")["value"] == "okta"


def test_what_was_typed_is_shown_as_text(admin):
    page = admin.get("/setup/acme/sso", query_string={"q": '"><script>alert(1)</script>'})

    assert soup(page).select("#idps script") == []
    assert soup(page).select_one("input[name=q]")["value"] == '"><script>alert(1)</script>'
