"""Each product's export comes to the same shape here: an organization, its people, its ways in."""

import pytest

from portal.extensions import db
from portal.models import Alias, AliasKind, DirectoryGroup, DirectoryUser, Domain, ScimToken, User
from portal.organizations import members
from portal.organizations.secrets import digest
from tests.factories import member_of
from tests.moving_in import exports
from tests.moving_in.conftest import Moved
from tests.saml.conftest import ISSUER

EVERY = {
    "polis": (exports.polis, {}),
    "ssoready": (exports.ssoready, {}),
    "workos": (exports.workos, {}),
    "auth0": (exports.auth0, {"at": "https://login.old.example"}),
    "propelauth": (exports.propelauth, {}),
}


@pytest.fixture(params=EVERY)
def moved(request, move_in):
    make, options = EVERY[request.param]
    report = move_in(request.param, make(), **options)
    moved = Moved()
    moved.source, moved.report = request.param, report
    return moved


def test_the_connection_is_live_and_keeps_what_the_identity_provider_was_told(moved):
    live = moved.connection.live.saml

    assert (live.entity_id, live.sso_url) == (ISSUER, "https://idp.example/sso")
    assert live.certificates == (exports.CERTIFICATE,)
    assert moved.name(AliasKind.ENTITY_ID) == {
        "polis": "https://saml.boxyhq.com",
        "ssoready": "https://auth.old.example/v1/saml/saml_conn_1",
        "workos": f"{exports.OLD}/conn_01",
        "auth0": "urn:auth0:acme:initech",
        "propelauth": "https://auth.old.example/saml/1189c444-8a2d-4c41-8b4b-ae43ce79a492/metadata",
    }[moved.source]  # fmt: skip
    assert moved.name(AliasKind.ACS) == {
        "polis": f"{exports.OLD}/api/oauth/saml",
        "ssoready": "https://auth.old.example/v1/saml/saml_conn_1/acs",
        "workos": f"{exports.OLD}/sso/saml/acs/conn_01",
        "auth0": "https://login.old.example/login/callback?connection=initech",
        "propelauth": "https://auth.old.example/saml/1189c444-8a2d-4c41-8b4b-ae43ce79a492/acs",
    }[moved.source]  # fmt: skip


def test_a_domain_that_was_the_organizations_own_is_so_here(moved):
    (domain,) = db.session.scalars(db.select(Domain))

    assert (domain.name, domain.verified) == ("initech.example", True)


def test_a_directory_keeps_its_address_its_people_and_groups(moved):
    if moved.source == "propelauth":
        assert moved.directory is None
        return
    people = db.session.scalars(db.select(DirectoryUser)).all()
    groups = db.session.scalars(db.select(DirectoryGroup)).all()

    assert moved.directory.live == bool(people)
    assert moved.name(AliasKind.SCIM).startswith("https://")
    if moved.source != "auth0":  # which lists nobody
        assert {person.email for person in people} >= {"grace@initech.example"}
        assert [group.display_name for group in groups] == ["Engineers"]
        assert member_of(moved.organization, "grace@initech.example").active


def test_a_token_that_the_export_holds_goes_on_and_any_other_is_asked_for(moved):
    hashes = db.session.scalars(db.select(ScimToken.token_hash)).all()
    said = " ".join(line["why"] for part in moved.report["organizations"] for line in part["lines"])

    if moved.source in ("polis", "workos"):
        assert hashes == [digest(exports.SECRET)]
        assert "flask directory token" not in said
    else:
        assert not hashes
        assert moved.directory is None or f"flask directory token {moved.directory.id}" in said


def test_people_are_members_with_the_roles_they_had(moved):
    role = {"workos": "admin", "auth0": "owner", "propelauth": "owner"}.get(moved.source)
    if role is None:
        assert not members.has_owner(moved.organization)
        return
    ada = member_of(moved.organization, "ada@initech.example")

    assert (ada.role.key, ada.active, ada.user.email_verified_at is not None) == (role, True, True)
    assert ada.user.password_hash == (None if moved.source == "workos" else exports.HASH)


def test_who_belongs_to_no_organization_gets_an_account_all_the_same(move_in):
    report = move_in("auth0", exports.auth0())
    alone = db.session.scalars(db.select(User).where(User.email == "alone@elsewhere.example")).one()

    assert report["organizations"][-1]["counts"]["person"]["created"] == 1
    assert alone.email_verified_at is None


def test_people_keep_the_ids_by_which_the_identity_provider_knows_them(polis):
    ids = {str(one) for one in db.session.scalars(db.select(DirectoryUser.id))}

    assert ids == {exports.GRACE, exports.LINUS}
    assert [str(one) for one in db.session.scalars(db.select(DirectoryGroup.id))] == [exports.TEAM]


def test_ids_of_another_kind_are_told(move_in):
    report = move_in("ssoready", exports.ssoready())

    assert any("ids of another kind" in line["why"] for line in report["organizations"][0]["lines"])


def test_what_is_not_understood_is_told_by_its_place_or_name(move_in):
    export = exports.workos()
    export[0]["data"] += [{"object": "spaceship"}, {"object": "organization", "id": "org_2", "name": "Two", "stars": 5}]

    report = move_in("workos", [*export, [7]])
    notes = {note["where"]: note["what"] for note in report["notes"]}

    assert notes["0.json, data 2"] == "not something that this export should hold"
    assert notes["9.json, entry 1"] == "not an object"
    assert notes["organization: stars"] == "not carried over (1 times)"
    assert "directory user: custom_attributes" in notes


def test_a_connection_that_is_not_saml_is_refused_with_words(move_in):
    export = exports.polis()
    export["connections"].append({"clientID": "two", "tenant": "initech.example", "product": "x", "oidcProvider": {}})

    lines = move_in("polis", export)["organizations"][0]["lines"]

    assert [(line["outcome"], "OpenID" in line["why"]) for line in lines if line["name"] == "two"] == [
        ("refused", True)
    ]


def test_two_connections_may_share_an_address_but_not_an_identity_provider_as_well(move_in):
    first, second = exports.polis(), exports.polis("globex.example", "https://other.example/saml", "dir-2")
    third = exports.polis("umbrella.example", directory="dir-3")
    second["directories"], third["directories"] = [], []

    report = move_in("polis", [first, second, third])
    said = {part["name"]: " ".join(line["why"] for line in part["lines"]) for part in report["organizations"]}

    shared = db.session.scalars(db.select(Alias.issuer).where(Alias.kind == AliasKind.ACS)).all()
    assert sorted(shared) == [ISSUER, "https://other.example/saml"]
    assert "cannot be kept" not in said["globex.example"]
    assert "cannot be kept" in said["umbrella.example"]
