"""The feed as the application follows it."""

from portal.extensions import db
from portal.organizations import members
from portal.organizations.actors import OPERATOR
from tests.factories import add_member


def test_the_application_follows_what_happens(program, acme):
    page = program.get("/events")
    membership = add_member(acme, "bo@acme.example")
    members.suspend(membership, by=OPERATOR)
    db.session.commit()
    later = program.get(f"/events?after={page['next']}&type=member.*")

    assert [event["type"] for event in later["data"]] == ["member.added", "member.suspended"]
    suspended = later["data"][-1]
    assert suspended["subject"]["id"] == str(membership.id)
    assert suspended["data"]["user_id"] == str(membership.user_id)
    assert suspended["organization_id"] == str(acme.id)
    assert program.get(f"/events?after={later['next']}")["data"] == []
    assert program.get(f"/events/{suspended['id']}") == suspended


def test_page_after_page_leads_to_the_end(program, acme):
    after, more, types = "", True, []
    while more:
        page = program.get(f"/events?limit=2&after={after}&organization_id={acme.id}")
        types += [event["type"] for event in page["data"]]
        after, more = page["next"], page["more"]

    assert types[0] == "organization.created"
    assert types[-1] == "member.added"
    assert program.get("/events?after=end")["data"] == []


def test_a_cursor_that_is_none_is_refused(program):
    for asked in ("after=-1", "after=yesterday", "after=9999999999999999999", "type=member", "limit=501"):
        program.get(f"/events?{asked}", 422)
