"""Sign-ins under way are forgotten when they expire, and records are kept within bounds."""

from datetime import timedelta

import time_machine

from portal.extensions import db
from portal.models import Exchange, LoginTransaction, SamlAssertion
from portal.models.base import now
from portal.organizations import exchanges, logins
from portal.organizations.logins import Start
from tests.factories import make_connection


def test_what_has_expired_is_forgotten(acme):
    connection = make_connection(acme)
    with time_machine.travel(now() - timedelta(hours=1), tick=False):
        logins.begin(connection, Start("_old", "browser", "hash"))
        logins.use_assertion(connection, "_old", now())
    logins.begin(connection, Start("_new", "browser", "hash"))
    logins.use_assertion(connection, "_new", now() + timedelta(minutes=5))

    assert logins.prune() == 2
    assert db.session.scalars(db.select(LoginTransaction.request_id)).all() == ["_new"]
    assert db.session.scalars(db.select(SamlAssertion.assertion_id)).all() == ["_new"]


def test_the_browser_is_kept_as_a_hash_only(acme):
    login = logins.begin(make_connection(acme), Start("_a", "the-secret", "hash"))

    assert "the-secret" not in str(vars(login))


def test_records_are_pruned_to_the_newest(make_app, app, acme, monkeypatch):
    connection = make_connection(acme)
    for number in range(15):
        exchanges.record_saml(connection, method="POST", path=f"/{number}", status=303)
        db.session.flush()
    settings = app.config["SETTINGS"].model_copy(update={"exchanges_kept": 10})
    monkeypatch.setitem(app.config, "SETTINGS", settings)

    exchanges.prune(connection)

    kept = db.session.scalars(db.select(Exchange.path).order_by(Exchange.id)).all()
    assert kept == [f"/{number}" for number in range(5, 15)]


def test_codes_can_be_read_over_the_telephone():
    code = exchanges.new_code()

    assert len(code) == 9
    assert not set(code) & set("01OIL")
