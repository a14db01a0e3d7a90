"""Keys your customers use with your own API."""

from datetime import timedelta

import pytest
import time_machine

from portal.extensions import db
from portal.models import OrganizationKey
from portal.models.base import now
from portal.organizations import members
from portal.organizations.actors import OPERATOR
from tests.factories import add_member

KEYS = "/organizations/acme/api-keys"


@pytest.fixture
def bo(acme):
    return add_member(acme, "bo@acme.example", role="admin")


def validate(program, key, status=200):
    return program.post("/api-keys/validation", {"key": key}, status)


def test_an_organizations_key_is_made_validated_and_revoked(program, acme):
    made = program.post(KEYS, {"name": "Sync", "details": {"tier": 2}})

    said = validate(program, made["key"])
    assert (said["organization"]["slug"], said["membership"], said["permissions"]) == ("acme", None, [])
    assert said["key"]["details"] == {"tier": 2}
    assert "key" not in program.get(f"{KEYS}/{made['id']}")
    program.delete(f"{KEYS}/{made['id']}")
    assert validate(program, made["key"], 404)["code"] == "unknown_key"


def test_a_members_key_says_what_they_may_do(program, acme, bo):
    made = program.post(KEYS, {"membership_id": str(bo.id)})

    said = validate(program, made["key"])
    assert said["membership"]["user_id"] == str(bo.user_id)
    assert "manage_sso" in said["permissions"]
    assert len(program.get(f"{KEYS}?membership_id={bo.id}")["data"]) == 1


def test_a_key_ends_with_its_time_and_with_the_access(program, acme, bo):
    mine = program.post(KEYS, {"membership_id": str(bo.id)})["key"]
    short = program.post(KEYS, {"days": 1})["key"]
    members.suspend(bo, by=OPERATOR)
    db.session.commit()

    validate(program, mine, 404)
    validate(program, short)
    with time_machine.travel(now() + timedelta(days=1, seconds=1)):
        validate(program, short, 404)
    validate(program, "vok_nonsense", 404)


def test_only_active_members_of_the_organization_get_one(program, acme, globex, bo):
    other = db.session.scalars(globex.memberships.select()).one()

    for wrong in (other.id, "00000000-0000-0000-0000-000000000000"):
        assert program.post(KEYS, {"membership_id": str(wrong)}, 422)["errors"][0]["where"] == "/membership_id"
    program.get(f"/organizations/globex/api-keys/{program.post(KEYS)['id']}", 404)


def test_nothing_that_opens_a_door_is_kept_as_it_is(program, acme):
    key = program.post(KEYS)["key"]

    kept = db.session.execute(db.select(OrganizationKey.__table__)).mappings().one()
    assert key not in str(dict(kept))
    assert key.startswith(kept["prefix"])
