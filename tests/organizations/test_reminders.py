"""What ends is told in time, to those who can renew it, and each notice once."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from portal.cli import worker
from portal.extensions import db
from portal.models import Event, Exchange, Mail, Mode, Protocol, Reminder, SamlConfiguration, SetupLink
from portal.models.base import now
from portal.organizations import (
    batches,
    calendar,
    clients,
    connection_keys,
    connections,
    directories,
    exchanges,
    it_contacts,
    organizations,
    reminders,
    setup_links,
    tokens,
)
from portal.organizations.actors import OPERATOR
from portal.organizations.calendar import Kind
from tests.factories import add_member, make_connection, make_directory, provision
from tests.organizations.test_departures import leave

DAYS = (60, 30, 14, 7, 1)


@cache
def certificate(days, life=1000, name="idp"):
    """A certificate that ends so many days after this run began."""
    key, ends = ec.generate_private_key(ec.SECP256R1()), BEGAN + timedelta(days=days)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number()).not_valid_before(ends - timedelta(days=life))
    return built.not_valid_after(ends).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


BEGAN = datetime.now(UTC).replace(microsecond=0)


def live_with(organization, *pems):
    return make_connection(organization, SamlConfiguration("https://idp.example/saml", "https://idp.example/sso", pems))


def look(app):
    db.session.commit()
    worker.work(app)
    db.session.rollback()


def mails():
    return db.session.scalars(db.select(Mail).order_by(Mail.id)).all()


def told(kind=None):
    query = db.select(Reminder.days).order_by(Reminder.days.desc())
    return db.session.scalars(query.where(Reminder.kind == kind) if kind else query).all()


def kinds(organization, days=60):
    return [one.kind for one in calendar.ahead([organization.id], timedelta(days=days))]


@pytest.mark.parametrize("days", DAYS)
def test_a_notice_goes_out_as_many_days_before(app, acme, later, days):
    tokens.issue(make_directory(acme), by=OPERATOR, days=200)
    later(timedelta(days=200 - days - 1))
    look(app)
    before = told()
    later(timedelta(days=1, seconds=5))

    look(app)

    assert days not in before
    assert days in told()


def test_each_notice_goes_out_exactly_once(app, acme, later):
    live_with(acme, certificate(100))
    sent = set()
    for days in (61, *DAYS, 0, -1):
        later(BEGAN + timedelta(days=100 - days, minutes=1) - now())
        look(app)
        later(timedelta(hours=2))
        look(app)
        sent |= {(mail.id, mail.recipient) for mail in mails()}

    assert told() == list(DAYS)
    assert [recipient for _, recipient in sent] == ["ada@acme.example"] * 5
    near = acme.events.select().where(Event.name == "organization.deadline_near").order_by(Event.id)
    events = db.session.scalars(near).all()
    assert [event.data["days"] for event in events] == list(DAYS)


def test_a_worker_that_was_away_says_only_the_nearest(app, acme):
    live_with(acme, certificate(10))

    look(app)

    assert told() == [14]


def test_two_workers_say_it_once(app, acme):
    live_with(acme, certificate(10))
    taken = reminders.take_due()
    reminders.send(taken)

    reminders.send(taken)

    assert told() == [14]
    assert len(mails()) == 1


def test_one_mail_tells_of_everything_that_is_due(app, acme):
    live_with(acme, certificate(10))
    tokens.issue(make_directory(acme), by=OPERATOR, days=180)
    token = tokens.listed(directories.listed(acme)[0])[0]
    token.created_at, token.expires_at = now() - timedelta(days=175), now() + timedelta(days=5)
    db.session.commit()

    look(app)

    assert len(mails()) == 1
    assert token.prefix in mails()[0].body
    assert "certificate with which okta signs" in mails()[0].body


def test_what_was_made_for_a_week_is_not_announced_a_month_before(app, acme, later):
    link, _ = setup_links.create(acme, by=OPERATOR, days=7)
    setup_links.open_with(link)
    db.session.commit()
    look(app)
    assert not told()
    later(timedelta(days=6, hours=1))

    look(app)

    assert told() == [1]


def test_nothing_is_said_of_a_link_that_nobody_opened_or_was_taken_back(acme):
    setup_links.create(acme, by=OPERATOR, days=1)
    link, _ = setup_links.create(acme, by=OPERATOR, days=1)
    setup_links.open_with(link)
    setup_links.revoke(link, by=OPERATOR)
    db.session.commit()

    assert kinds(acme) == []


def test_every_kind_of_thing_that_ends_is_on_the_calendar(acme):
    connection = live_with(acme, certificate(20))
    connection_keys.make(connection, by=OPERATOR).not_after = now() + timedelta(days=20)
    directory = make_directory(acme)
    tokens.issue(directory, by=OPERATOR, days=20)
    client, _ = clients.create(directory, by=OPERATOR)
    client.expires_at = now() + timedelta(days=20)
    link, _ = setup_links.create(acme, by=OPERATOR, days=20)
    setup_links.open_with(link)
    db.session.commit()

    assert sorted(kinds(acme)) == sorted(Kind)
    assert all("{" not in one.what and one.deed for one in calendar.ahead([acme.id], timedelta(days=60)))


def test_the_certificate_that_holds_longest_counts_because_either_is_accepted(acme):
    connection = live_with(acme, certificate(5))
    assert kinds(acme) == [Kind.CERTIFICATE]

    connections.stage(
        connection, SamlConfiguration("https://idp.example/saml", "https://idp.example/sso", (certificate(5), certificate(900))),
        by=OPERATOR,
    )  # fmt: skip
    connections.go_live(connection, by=OPERATOR)
    db.session.commit()

    assert kinds(acme) == []


def test_a_token_whose_successor_is_in_use_is_no_longer_announced(acme):
    directory = make_directory(acme)
    old, _ = tokens.issue(directory, by=OPERATOR, days=5)
    old.last_used_at = now() - timedelta(days=1)
    new, _ = tokens.issue(directory, by=OPERATOR)
    db.session.commit()
    assert kinds(acme) == [Kind.TOKEN]

    new.last_used_at = now()
    db.session.commit()

    assert kinds(acme) == []


def test_what_is_switched_off_or_revoked_is_not_announced(acme):
    directory = make_directory(acme)
    token, _ = tokens.issue(directory, by=OPERATOR, days=5)
    tokens.revoke(token, directory, by=OPERATOR)
    tokens.issue(make_directory(acme, mode=Mode.OFF), by=OPERATOR, days=5)
    connections.disable(live_with(acme, certificate(5)), by=OPERATOR)
    db.session.commit()

    assert kinds(acme) == []


def test_contacts_get_a_link_that_renews_only_if_an_admin_vouches_for_them(app, acme):
    live_with(acme, certificate(10))
    it_contacts.add(acme, "it@acme.example", by=OPERATOR)
    it_contacts.add(acme, "quiet@acme.example", by=OPERATOR, wants_deadlines=False)
    it_contacts.capture(acme, "named@acme.example", by=OPERATOR)
    add_member(acme, "grace@acme.example", role="admin")

    look(app)

    bodies = {mail.recipient: mail.body for mail in mails()}
    assert bodies.keys() == {"ada@acme.example", "it@acme.example", "named@acme.example"}
    assert "/setup/link/" in bodies["it@acme.example"]
    assert "http" not in bodies["named@acme.example"]
    assert [link.scopes for link in db.session.scalars(db.select(SetupLink))] == [["renew"]]


def test_people_who_are_held_are_brought_to_mind_daily_until_somebody_decides(app, acme, later):
    organizations.set_policy(acme, by=OPERATOR, hold_large_batches=True)
    directory = make_directory(acme)
    leave(directory, [provision(directory, f"person{number}@acme.example") for number in range(9)])
    for _ in range(5):
        later(timedelta(hours=12))
        look(app)

    assert sorted(told("held")) == [1, 2]
    batches.confirm(batches.open_ones(acme)[0], by=OPERATOR)
    db.session.commit()
    later(timedelta(days=1))
    look(app)
    assert sorted(told("held")) == [1, 2]


def test_the_look_ahead_costs_the_same_for_one_organization_and_for_many(acme, globex):
    def cost(*those):
        live_with(those[-1], certificate(100))
        seen, names = [], [one.name for one in those]
        note = lambda *said: seen.append(said[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", note)
        reminders.send(those)
        sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(seen), names

    assert cost(acme)[0] == cost(acme, globex)[0]


def test_an_organization_is_looked_at_once_an_hour(app, acme, globex, later):
    assert {one.name for one in reminders.take_due()} == {"Acme", "Globex"}
    assert not reminders.take_due()
    db.session.commit()
    later(timedelta(minutes=61))

    assert len(reminders.take_due()) == 2


def test_records_beyond_what_is_kept_go_also_where_everything_succeeds(make_app):
    app = make_app(exchanges_kept=10)
    with app.app_context():
        from tests.factories import make_organization

        acme = make_organization("Acme", domain="acme.example", owner="ada@acme.example")
        connection = live_with(acme, certificate(900))
        for _ in range(15):
            exchanges.record_sign_in(connection, method="POST", path="acs", status=303)
        directory = make_directory(acme)
        rows = [
            Exchange(organization_id=acme.id, directory_id=directory.id, protocol=Protocol.SCIM, status=200)
            for _ in range(12)
        ]
        db.session.add_all(rows)
        db.session.commit()

        look(app)

        kept = db.session.execute(db.select(Exchange.protocol, db.func.count()).group_by(Exchange.protocol)).all()
        assert dict(map(tuple, kept)) == {Protocol.SAML: 10, Protocol.SCIM: 10}


def test_mails_that_were_sent_long_ago_are_forgotten(app, acme, later):
    live_with(acme, certificate(10))
    look(app)
    assert mails()
    later(timedelta(days=31))

    look(app)

    assert not [mail for mail in mails() if mail.sent_at < now() - timedelta(days=30)]
