"""Provisioning is connected from the token to live: shown once, noticed by itself, previewed, switched on, undone."""

import pytest

from portal.extensions import db
from portal.models import Directory, Leavers, Mode, SetupRun, Status
from portal.organizations import connections, directories
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import add_member, member_of, provision
from tests.setup.conftest import ADMIN, at, called, connection_of, directory_of, send_group, send_people

GUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


def current(run):
    db.session.expire_all()
    return directory_of(db.session.get(SetupRun, run.id))


def look_at_preview(admin, run):
    page = soup(admin.get(at(run, "scim", "preview")))
    return admin.submit(at(run, "scim", "preview"), {"basis": page.find("input", attrs={"name": "basis"})["value"]})


def test_it_needs_single_sign_on_first(admin, acme):
    page = admin.get("/setup/acme/scim")
    refused = admin.submit("/setup/acme/scim", {"idp": "okta"}, page="/setup/acme/sso")

    assert "This needs single sign-on first" in text(page)
    assert refused.status_code == 422
    assert directories.listed(acme) == []


def test_it_goes_on_with_the_guide_of_sign_in(admin, live):
    run = live("entra")
    other = db.session.get(SetupRun, run.id)

    page = soup(admin.get("/setup/acme/scim"))

    assert page.find("input", checked=True)["value"] == "entra"
    assert other.connection_id
    assert other.directory_id


def test_another_idp_for_provisioning_leaves_sign_in_alone(admin, acme, live):
    run = live("okta")
    directory_id, base_url = run.directory_id, directory_of(run).base_url

    answer = admin.submit("/setup/acme/scim", {"idp": "onelogin"})

    runs = {run.idp: run for run in db.session.scalars(acme.setup_runs.select())}
    assert "/scim/connect" in answer.location
    assert (runs["onelogin"].directory_id, runs["okta"].connection_id is not None) == (directory_id, True)
    assert runs["onelogin"].connection_id is None
    assert db.session.get(Directory, directory_id).base_url == base_url


def test_a_choice_decides_which_steps_follow(admin, live):
    run = live("okta")

    answer = admin.submit(at(run, "scim", "kind"), {"choice": "template"})

    assert answer.location == at(run, "scim", "add-template")


def test_groups_give_roles_in_order(admin, live):
    run = live("okta")
    bob, cleo = send_people(directory_of(run), "bob", "cleo")
    admins, staff = send_group(directory_of(run), "Admins", bob), send_group(directory_of(run), "Staff", bob, cleo)
    page = at(run, "scim", "map-groups")
    form = {"group": [str(staff.id), str(admins.id)], f"role-{staff.id}": "member", f"role-{admins.id}": "admin"}
    admin.submit(page, form)
    assert counts(admin, page) == ["2", "0"]

    admin.submit(f"{page}/groups/{admins.id}/up", form, page=page)

    assert counts(admin, page) == ["1", "1"]
    assert [rule.group_id for rule in directories.group_roles(current(run))] == [admins.id, staff.id]


def test_rules_are_tried_out_before_they_are_saved(admin, live):
    run = live("okta")
    directory = directory_of(run)
    bob, cleo = send_people(directory, "bob", "cleo")
    directories.set_mode(directory, Mode.LIVE, by=OPERATOR)
    db.session.commit()
    admins, staff = send_group(directory, "Admins", bob), send_group(directory, "Staff", bob, cleo)
    page = at(run, "scim", "map-groups")
    form = {"group": [str(staff.id), str(admins.id)], f"role-{staff.id}": "member", f"role-{admins.id}": "admin"}

    calm = admin.submit(f"{page}/groups/preview", form, page=page)
    told = admin.submit(f"{page}/groups/preview", form | {"group": form["group"][::-1]}, page=page)

    assert "Nobody’s role would change" in calm.text
    assert "1 person would get another role" in told.text
    assert [box["value"] for box in soup(told).select("input[name=group]")] == form["group"][::-1]
    assert not directories.group_roles(current(run))


def counts(admin, page):
    return [cell.get_text() for cell in soup(admin.get(page)).select("td.number")]


def test_the_preview_tells_who_is_created_linked_and_left_alone(admin, acme, live):
    run = live("okta")
    add_member(acme, "bob@acme.example")
    send_people(directory_of(run), "bob", "cleo")
    called(directory_of(run))

    page = soup(admin.get(at(run, "scim", "preview")))

    cards = [" ".join(card.get_text(" ").split()) for card in page.select(".change")]
    assert [card.split()[:2] for card in cards] == [["1", "Created"], ["1", "Linked"], ["1", "Untouched"]]
    assert [name in card for name, card in zip(("Cleo", "Bob", "Ada"), cards, strict=True)] == [True] * 3


def test_the_preview_tells_whose_role_the_rules_change(admin, acme, live):
    run = live("okta")
    add_member(acme, "bob@acme.example")
    ada, bob, cleo = send_people(directory_of(run), "ada", "bob", "cleo")
    group = send_group(directory_of(run), "Admins", ada, bob, cleo)
    admin.submit(at(run, "scim", "map-groups"), {"group": [str(group.id)], f"role-{group.id}": "admin"})
    called(directory_of(run))

    cards = [
        " ".join(card.get_text(" ").split()) for card in soup(admin.get(at(run, "scim", "preview"))).select(".change")
    ]

    said = " | ".join(cards)
    assert "1 Another role" in said
    assert "Member becomes Admin." in said
    assert "Role: Admin." in said
    assert "the last owner stays Owner" in said


def test_what_the_preview_said_of_roles_is_what_happens(admin, acme, live):
    run = live("okta")
    add_member(acme, "bob@acme.example")
    people = send_people(directory_of(run), "ada", "bob", "cleo")
    group = send_group(directory_of(run), "Admins", *people)
    admin.submit(at(run, "scim", "map-groups"), {"group": [str(group.id)], f"role-{group.id}": "admin"})
    called(directory_of(run))
    look_at_preview(admin, run)

    admin.submit(at(run, "scim", "turn-on"))

    db.session.expire_all()
    held = [member_of(acme, f"{name}@acme.example").roles[0].key for name in ("ada", "bob", "cleo")]
    assert held == ["owner", "admin", "admin"]


def test_another_rule_needs_another_look(admin, live):
    run = live("okta")
    group = send_group(directory_of(run), "Admins", *send_people(directory_of(run), "bob"))
    called(directory_of(run))
    look_at_preview(admin, run)
    admin.submit(at(run, "scim", "map-groups"), {"group": [str(group.id)], f"role-{group.id}": "admin"})

    refused = admin.submit(at(run, "scim", "turn-on"))

    assert refused.status_code == 422
    assert "Look at the newest preview first" in text(refused)


def test_the_default_role_is_chosen_beside_the_rules(admin, acme, live):
    run = live("okta")

    admin.submit(at(run, "scim", "map-groups"), {"default-role": "admin"})
    admin.submit(at(run, "scim", "map-groups"), {"default-role": "owner"})

    db.session.expire_all()
    assert acme.default_role.key == "admin"


def test_a_holder_of_a_link_does_not_choose_what_everybody_gets(holder, acme, live):
    run = live("okta")
    browser, _ = holder(may_go_live=True)

    browser.submit(at(run, "scim", "map-groups"), {"default-role": "admin"})

    db.session.expire_all()
    assert acme.default_role.key == "member"


def test_a_conflict_is_explained_and_stays_out(admin, live):
    run = live("okta")
    provision(directory_of(run), "noemail", email="")
    called(directory_of(run))

    page = text(admin.get(at(run, "scim", "preview")))

    assert "1 Need your attention" in page
    assert "sends no e-mail address for this person" in page


def test_the_preview_can_be_downloaded_and_is_no_formula(admin, live):
    run = live("okta")
    provision(directory_of(run), "evil@acme.example", display_name="=HYPERLINK(1)")

    file = admin.get(f"/setup/run/{run.id}/scim/preview.csv")

    assert file.mimetype == "text/csv"
    assert "Created,'=HYPERLINK(1),evil@acme.example" in file.text


def test_nothing_goes_live_before_somebody_looked(admin, live):
    run = live("okta")
    send_people(directory_of(run), "bob")
    called(directory_of(run))

    refused = admin.submit(at(run, "scim", "turn-on"))

    assert refused.status_code == 422
    assert "Look at the newest preview first" in text(refused)
    assert current(run).mode is Mode.SHADOW


def test_who_arrives_while_reading_must_be_looked_at_too(admin, live):
    run = live("okta")
    called(directory_of(run))
    seen = soup(admin.get(at(run, "scim", "preview"))).find("input", attrs={"name": "basis"})["value"]
    send_people(directory_of(run), "bob")

    answer = admin.submit(at(run, "scim", "preview"), {"basis": seen})

    assert answer.status_code == 409
    assert "sent changes while you were reading" in text(answer)


def test_switching_on_applies_what_was_shown_and_undo_pauses(admin, acme, live):
    run = live("okta")
    send_people(directory_of(run), "bob")
    called(directory_of(run))
    assert look_at_preview(admin, run).location == at(run, "scim", "turn-on")

    admin.submit(at(run, "scim", "turn-on"), {"leavers": "remove"})
    assert (current(run).mode, current(run).organization.leavers) == (Mode.LIVE, Leavers.REMOVE)
    assert member_of(acme, "bob@acme.example").status is Status.ACTIVE
    admin.submit(at(run, "scim", "turn-on", "/undo"), page=at(run, "scim", "turn-on"))

    assert current(run).mode is Mode.PAUSED


def test_watching_counts_and_names_problems(admin, live):
    run = live("okta")
    send_people(directory_of(run), "bob")
    provision(directory_of(run), "noemail", email="")
    called(directory_of(run))
    look_at_preview(admin, run)
    admin.submit(at(run, "scim", "turn-on"))

    page = admin.get(at(run, "scim", "watch"))

    assert [int(one.get_text()) for one in soup(page).select(".counters dd")] == [2, 1, 0, 1]
    assert "sends no e-mail address" in text(page)


def test_switching_on_needs_sign_in_still(admin, live):
    run = live("okta")
    called(directory_of(run))
    look_at_preview(admin, run)
    connections.disable(connection_of(run), by=ADMIN)
    db.session.commit()

    refused = admin.submit(at(run, "scim", "turn-on"))

    assert refused.status_code == 422
    assert current(run).mode is Mode.SHADOW


def problem(admin, live, *, fix=True):
    """A live directory with one person who could not be brought in line; and what was in the way, taken away."""
    run = live("okta")
    called(directory_of(run))
    person = provision(directory_of(run), "noemail", email="")
    look_at_preview(admin, run)
    admin.submit(at(run, "scim", "turn-on"))
    if fix:
        person = db.session.get(type(person), person.id)
        person.email = person.email_key = "noemail@acme.example"
        db.session.commit()
    return run, person


@pytest.mark.parametrize("which", ["one", "all"])
def test_what_failed_is_tried_again_with_one_button(admin, acme, live, which):
    run, person = problem(admin, live)
    page = at(run, "scim", "watch")

    answer = admin.submit(f"{page}/retry{f'/{person.id}' if which == 'one' else ''}", page=page, follow_redirects=True)

    assert "1 person is in force now" in text(answer)
    assert member_of(acme, "noemail@acme.example").status is Status.ACTIVE


def test_trying_again_in_vain_says_so(admin, live):
    run, _ = problem(admin, live, fix=False)
    page = at(run, "scim", "watch")

    answer = admin.submit(f"{page}/retry", page=page, follow_redirects=True)

    assert "The reason is still the same" in text(answer)


def test_a_holder_who_may_not_switch_on_does_not_retry_either(admin, holder, live):
    run, _ = problem(admin, live)
    browser, _ = holder()
    page = at(run, "scim", "watch")

    assert browser.submit(f"{page}/retry", page=at(run, "scim", "connect")).status_code == 404
