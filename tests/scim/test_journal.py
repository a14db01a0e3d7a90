"""The provisioning log says in plain words what was asked, what came of it, and what to do, and gives nothing away."""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from portal.extensions import db
from portal.models import Exchange, Protocol
from portal.models.base import now
from portal.organizations import organizations
from portal.organizations.actors import OPERATOR
from portal.scim import bundle, journal, telling
from portal.scim.journal import Search
from tests.factories import make_directory
from tests.scim.test_leaving_at_once import OFF, PATCH
from wizards import advice, loading


def log(idp, **search):
    db.session.expire_all()
    return journal.entries(idp.directory, Search(**search))


def change(path, value):
    return {"schemas": [PATCH], "Operations": [{"op": "replace", "path": path, "value": value}]}


def test_a_refused_rename_says_who_wanted_what_why_not_and_what_to_do(idp):
    idp.create("grace@acme.example", displayName="Grace Hopper")
    bob = idp.create("bob@acme.example", displayName="Bob")

    idp.ask("PATCH", f"/Users/{bob['id']}", change("userName", "grace@acme.example"))

    entry = log(idp)[0]
    assert entry.sentence.startswith(
        "Okta tried to rename Bob; refused because: A person with this userName is in the directory already."
    )
    assert "In Okta, see whether two people or groups have the same name." in entry.fix
    assert entry.kind == "bad"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda idp, user, group: idp.ask("PATCH", user, OFF), "Okta ended the access of Bob"),
        (lambda idp, user, group: idp.ask("PATCH", user, change("active", "False")), "Okta ended the access of Bob"),
        (lambda idp, user, group: idp.ask("PATCH", user, change("name.givenName", "Rob")), "Okta renamed Bob"),
        (
            lambda idp, user, group: idp.ask("PATCH", user, change('emails[type eq "work"].value', "b@acme.example")),
            "Okta changed the e-mail address of Bob",
        ),
        (lambda idp, user, group: idp.ask("PATCH", user, change("title", "Boss")), "Okta updated Bob"),
        (
            lambda idp, user, group: idp.ask("PUT", user, {"userName": "bob@acme.example", "active": False}),
            "Okta ended the access of bob@acme.example",
        ),
        (lambda idp, user, group: idp.ask("DELETE", user), "Okta deleted Bob"),
        (
            lambda idp, user, group: idp.ask("PATCH", group, change("displayName", "Builders")),
            "Okta renamed the group Builders",
        ),
        (
            lambda idp, user, group: idp.ask("PATCH", group, change("members", [])),
            "Okta changed who is in the group Engineering",
        ),
        (lambda idp, user, group: idp.find('userName eq "eve@acme.example"'), "Okta looked eve@acme.example up"),
        (lambda idp, user, group: idp.ask("GET", "/Users"), "Okta read the list of people"),
        (lambda idp, user, group: idp.ask("GET", "/ServiceProviderConfig"), "Okta learned what we can do"),
    ],
)
def test_every_kind_of_request_has_its_sentence(idp, act, words):
    bob, group = idp.create("bob@acme.example", displayName="Bob"), idp.create_group()

    act(idp, f"/Users/{bob['id']}", f"/Groups/{group['id']}")

    assert log(idp, outcome="all")[0].words == words


def test_what_came_of_a_request_is_said_with_it(idp):
    bob = idp.create("bob@acme.example", displayName="Bob")
    idp.ask("PATCH", f"/Users/{bob['id']}", OFF)

    suspended, added = log(idp)[:2]

    assert suspended.effects == ("Bob was suspended, access ended",)
    assert added.effects == ("Bob became a member",)


def test_a_wrong_token_is_nobodys_word(idp):
    idp.ask("GET", "/Users", Authorization="Bearer scim_wrong")

    entry = log(idp)[0]

    assert entry.words.startswith("Somebody tried")
    assert "paste a token that works" in entry.fix


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"who": "bob"}, 2), ({"who": "BOB@acme"}, 2), ({"who": "grace"}, 1), ({"who": "nobody"}, 0),
        ({"outcome": "problems"}, 1), ({"outcome": "all"}, 5), ({}, 4),
        ({"since": date(2000, 1, 1)}, 4), ({"until": date(2000, 1, 1)}, 0),
    ],
)  # fmt: skip
def test_entries_are_found_by_person_outcome_and_time(idp, search, found):
    bob = idp.create("bob@acme.example", displayName="Bob")
    idp.ask("PATCH", f"/Users/{bob['id']}", OFF)
    idp.create("grace@acme.example")
    idp.ask("GET", "/Users?count=1")
    idp.ask("POST", "/Users", {"displayName": "nameless"})

    assert len(log(idp, **search)) == found


def test_a_page_deep_in_the_log_goes_on_where_the_last_one_ended(idp):
    for number in range(6):
        idp.create(f"person{number}@acme.example")
    first = journal.entries(idp.directory, Search(), 3)

    second = journal.entries(idp.directory, Search(before=first[-1].exchange.id), 3)

    assert [entry.words[-20:-13] for entry in first + second] == [
        f"person{number}"[-7:] for number in (5, 4, 3, 2, 1, 0)
    ]


def test_another_organizations_log_is_not_read(idp, other_idp):
    other_idp.create("hank@globex.example")

    assert not log(idp, outcome="all")


def test_a_page_costs_the_same_however_long_it_is(idp):
    def cost():
        seen = []
        note = lambda *said: seen.append(said[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        log(idp, outcome="all")
        event.remove(db.engine, "before_cursor_execute", note)
        return len([one for one in seen if not one.startswith("BEGIN")])

    idp.create("person@acme.example")
    few = cost()
    for number in range(12):
        idp.create(f"person{number}@acme.example")
        idp.create_group(f"Group {number}")

    assert cost() == few <= 7


def test_the_bundle_explains_and_names_nobody(idp, acme):
    organizations.set_policy(acme, by=OPERATOR, seats=1)
    idp.create("grace.hopper@acme.example", displayName="Grace Hopper", title="Admiral")
    idp.ask("POST", "/Users", {"userName": "grace.hopper@acme.example"})
    idp.find('userName eq "grace.hopper@acme.example"')

    archive = zipfile.ZipFile(io.BytesIO(bundle.build(idp.directory, Search(outcome="all"))))

    assert set(archive.namelist()) == {"README.txt", "directory.json", "log.json", "exchanges.json"}
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    for secret in ("Hopper", "grace.hopper", "Admiral", idp.token):
        assert secret not in everything
    assert "g…@acme.example" in everything
    assert "A person with this userName is in the directory already." in everything
    assert json.loads(archive.read("directory.json"))["entries"] == 3


@pytest.mark.parametrize("text", ["", "not json", '{"password": 1', "[1, 2]", '"text"'])
def test_a_body_that_was_cut_is_named_by_its_size_only(text):
    assert "password" not in bundle.redacted(text)
    assert telling.document(text) == {}


def test_a_record_of_anything_at_all_can_be_told(acme):
    directory = make_directory(acme)
    odd = ["", "/", "Users", "Users/", "Users/no-id", "Groups/.search", "Bulk", "../../etc", "Users?filter=%zz", "Me"]
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for path in odd:
            for body in ("", "[]", '{"Operations": 5}', '{"Operations": [5, {"value": {"active": null}}]}'):
                row = Exchange(organization_id=acme.id, directory_id=directory.id, protocol=Protocol.SCIM, status=400)
                row.method, row.path, row.request_body, row.at = method, path, body, now() - timedelta(days=1)
                db.session.add(row)
    db.session.flush()

    assert all(entry.sentence for entry in journal.entries(directory, Search(outcome="all"), 500))


@pytest.mark.parametrize("wizard", loading.load_all().values(), ids=lambda wizard: wizard.id)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 418, 429, 500, 503])
def test_every_refusal_has_advice_in_every_console(wizard, status):
    words = advice.of(status, "whatever it was", wizard)

    assert words.endswith(".")
    assert "{" not in words
    assert "…" not in words


def test_every_piece_of_advice_can_be_given():
    given = {
        next(two.id for two in advice.load() if two.fits(status, word))
        for one in advice.load()
        for status in one.status or (418,)
        for word in one.words or ("",)
    }

    assert given == {one.id for one in advice.load()}
