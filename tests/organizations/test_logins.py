"""Sign-ins under way keep no secret, and records are kept within bounds."""

from portal.extensions import db
from portal.models import Exchange
from portal.organizations import exchanges, logins
from portal.organizations.logins import Start
from tests.factories import make_connection


def test_the_browser_is_kept_as_a_hash_only(acme):
    login = logins.begin(make_connection(acme), Start("_a", "the-secret", "hash"))

    assert "the-secret" not in str(vars(login))


def test_records_are_pruned_to_the_newest(app, acme, monkeypatch):
    connection = make_connection(acme)
    for number in range(15):
        exchanges.record_sign_in(connection, method="POST", path=f"/{number}", status=303)
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
