"""What an IdP is answered, and what is in force, in each mode of its directory (design: off, shadow, live, paused)."""

import re

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Event, Membership, Mode, Status
from portal.organizations import directories
from portal.organizations.actors import OPERATOR
from tests.factories import add_member, make_directory, member_of
from tests.scim.conftest import Idp
from tests.scim.test_users import GRACE

MEMBER = "alan@acme.example"
LISTENING = [Mode.SHADOW, Mode.LIVE, Mode.PAUSED]


def story(idp):
    """A life of two people and a group, with the mistakes IdPs make; every answer."""
    made = [
        idp.ask("POST", "/Users", {"userName": name, "title": "Boss"})
        for name in (GRACE, MEMBER, MEMBER.upper(), "", "no@", "nobody")
    ]
    grace, alan = (answer.json["id"] for answer in made[:2])
    team = idp.ask("POST", "/Groups", {"displayName": "Team", "members": [{"value": grace}]})
    group = f"/Groups/{team.json['id']}"
    off = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    on = {"Operations": [{"op": "replace", "value": {"active": True}}]}
    rest = [
        idp.ask("PATCH", f"/Users/{alan}", off), idp.ask("GET", f"/Users?filter=userName%20eq%20%22{MEMBER}%22"),
        idp.ask("PATCH", f"/Users/{alan}", on), idp.ask("PUT", f"/Users/{alan}", {"userName": GRACE}),
        idp.ask("PUT", f"/Users/{alan}", {"userName": "turing@acme.example"}),
        idp.ask("PATCH", f"/Users/{alan}", {"Operations": []}),
        idp.ask("POST", "/Groups", {"displayName": "TEAM"}), idp.ask("GET", group),
        idp.ask("PATCH", group, {"Operations": [{"op": "add", "path": "members", "value": [{"value": alan}]}]}),
        idp.ask("DELETE", f"/Users/{grace}"), idp.ask("GET", f"/Users/{grace}"), idp.ask("GET", group), idp.ask("GET", "/Users"),
    ]  # fmt: skip
    return [(answer.status_code, timeless(answer.text)) for answer in [*made, team, *rest]]


def timeless(text):
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "time", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", text)


def turn(idp, mode):
    directories.set_mode(idp.directory, mode, by=OPERATOR)
    db.session.commit()


def in_force(organization):
    db.session.expire_all()
    rows = db.session.scalars(organization.memberships.select().order_by(Membership.email))
    return [(row.email, row.status, row.name) for row in rows]


def test_every_mode_that_listens_answers_alike(acme, client):
    told = []
    for mode in LISTENING:
        idp = Idp(client, make_directory(acme, mode=mode))
        told.append(story(idp))
        turn(idp, Mode.OFF)

    assert told[0] == told[1] == told[2]
    assert [status for status, _ in told[0]][:7] == [201, 201, 409, 400, 400, 201, 201]


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.PAUSED])
def test_what_is_said_meanwhile_is_kept_and_touches_nobody(acme, idp, mode):
    add_member(acme, MEMBER)
    turn(idp, mode)
    before, events = in_force(acme), count_events()

    story(idp)

    assert in_force(acme) == before
    assert count_events() == events


def count_events():
    return db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.name.startswith("member")))


@pytest.mark.parametrize("mode", LISTENING)
def test_in_the_end_those_are_in_force_whom_the_idp_names(acme, idp, mode):
    """Whether applied at once or when the directory goes live."""
    idp.create("linked@acme.example")
    turn(idp, mode)
    linked = idp.find('userName eq "linked@acme.example"')[0]["id"]
    story(idp)
    idp.ask("PUT", f"/Users/{linked}", {"userName": "renamed@acme.example", "displayName": "Renamed", "active": False})

    turn(idp, Mode.LIVE)

    now = {email: (status, name) for email, status, name in in_force(acme)}
    assert now.get(GRACE, (Status.SUSPENDED,))[0] is Status.SUSPENDED
    assert now["turing@acme.example"][0] is now["ada@acme.example"][0] is Status.ACTIVE
    assert now["renamed@acme.example"] == (Status.SUSPENDED, "Renamed")
    assert not now.keys() & {"linked@acme.example", MEMBER}


@pytest.mark.parametrize("mode", LISTENING)
def test_a_member_is_adopted_and_never_a_conflict(acme, idp, mode):
    before = add_member(acme, GRACE, role="admin").id
    turn(idp, mode)

    user = idp.create()
    turn(idp, Mode.LIVE)

    assert idp.find(f'userName eq "{GRACE}"')[0]["id"] == user["id"]
    assert (member_of(acme, GRACE).id, member_of(acme, GRACE).status) == (before, Status.ACTIVE)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/Users", "/Users/1", "/Groups", "/Bulk", "/.search", "/Schemas", "/ServiceProviderConfig", ""]
)
def test_a_directory_that_is_off_answers_nothing_else(acme, idp, method, path):
    turn(idp, Mode.OFF)

    answer = idp.ask(method, path, None if method == "GET" else {})

    assert (answer.status_code, answer.json["status"]) == (403, "403")
    assert "switched off" in answer.json["detail"]
