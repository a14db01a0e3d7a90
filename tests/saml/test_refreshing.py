"""IdPs change their metadata: new keys come in by themselves, anything else is proposed, the last good copy is kept."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from portal.extensions import db
from portal.models import Event
from portal.models.base import now
from portal.organizations import connection_metadata, connections
from portal.organizations.actors import OPERATOR
from portal.saml import metadata, refreshing
from tests import databases
from tests.factories import make_connection, make_organization
from tests.saml.conftest import begin, configuration, post, reply
from tests.saml.idp import pair

SSO = "https://idp.example/sso"


def document(*names, sso=SSO, entity_id="https://idp.example/saml"):
    keys = "".join(
        '<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
        + "".join(line for line in pair(name).certificate.splitlines() if "-----" not in line)
        + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for name in names
    )
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
        f' entityID="{entity_id}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'{keys}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{sso}"/>'
        f"</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        body = self.server.body.encode()
        self.send_response(200 if body else 500)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def host():
    """An address that holds whatever `body` is at the moment."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    server.body, server.asked = document("idp"), 0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def world(make_app, host):
    """An organization whose live connection was read from the host, and is due."""
    address = f"127.0.0.1:{host.server_port}"
    app = make_app(fetch_allowed_hosts=(address,))
    with app.app_context():
        reading = metadata.read_address(f"http://{address}/metadata")
        connection = make_connection(make_organization("Acme"), reading.metadata.configuration(reading.url))
        yield SimpleNamespace(app=app, connection=connection, host=host)
        db.session.rollback()
        if databases.POSTGRESQL:  # one database serves the whole run there
            databases.empty()
        db.session.remove()


def look(world, body=None):
    """What the worker does when the time has come."""
    if body is not None:
        world.host.body = body
    world.connection.metadata_due_at = now()
    db.session.commit()
    assert refreshing.refresh_due() == 1


def certificates(connection):
    return set(connection.live.saml.certificates)


def named(*names):
    found = metadata.read(document(*names)).metadata
    return {key.pem for key in found.certificates}


def happened():
    names = ("connection.keys_added", "connection.metadata_changed", "connection.metadata_failed")
    found = db.session.scalars(db.select(Event.name).where(Event.name.in_(names)).order_by(Event.id))
    return [name.partition(".")[2] for name in found]


def test_metadata_is_looked_at_a_day_after_it_went_live(world):
    due = world.connection.metadata_due_at

    assert timedelta(hours=23) < due - now() <= timedelta(days=1)
    assert refreshing.refresh_due() == 0


def test_what_did_not_change_leaves_no_trace(world):
    former = world.connection.live.body

    look(world)

    assert (world.connection.live.body, world.connection.candidate, happened()) == (former, None, [])
    assert world.connection.metadata_due_at > now() + timedelta(hours=23)


def test_a_new_key_comes_in_beside_the_old_one(world):
    former = world.connection.live.config_hash

    look(world, document("idp", "next"))

    assert certificates(world.connection) == named("idp", "next")
    assert world.connection.live.config_hash == former
    assert (world.connection.candidate, happened()) == (None, ["keys_added"])


def test_a_key_that_is_gone_is_a_proposal(world):
    look(world, document("next"))

    assert certificates(world.connection) == named("idp", "next")
    assert set(world.connection.candidate.saml.certificates) == named("next")
    assert happened() == ["keys_added", "metadata_changed"]


def test_another_address_is_a_proposal(world):
    look(world, document("idp", sso="https://idp.example/new"))

    assert world.connection.live.saml.sso_url == SSO
    assert world.connection.candidate.saml.sso_url == "https://idp.example/new"
    assert world.connection.candidate.saml.metadata_url == world.connection.live.saml.metadata_url


def test_another_name_brings_no_keys(world):
    look(world, document("next", entity_id="https://other.example"))

    assert certificates(world.connection) == named("idp")
    assert world.connection.candidate.saml.entity_id == "https://other.example"


def test_a_change_is_proposed_once(world):
    for _ in range(3):
        look(world, document("idp", sso="https://idp.example/new"))

    assert happened() == ["metadata_changed"]


def test_what_an_admin_prepares_is_left_alone(world):
    staged = connections.stage(world.connection, configuration(sso_url="https://mine.example"), by=OPERATOR)

    look(world, document("idp", sso="https://idp.example/new"))

    assert world.connection.candidate.id == staged.id
    assert happened() == ["metadata_changed"]


@pytest.mark.parametrize("body", ["", "<html><body>Sign in</body></html>", "x" * 2_000_000, document()])
def test_the_last_good_copy_is_kept(world, body):
    for _ in range(2):
        look(world, body)

    assert certificates(world.connection) == named("idp")
    assert (happened(), bool(world.connection.metadata_problem)) == (["metadata_failed"], True)
    assert now() + timedelta(hours=5) < world.connection.metadata_due_at < now() + timedelta(hours=7)


def test_what_works_again_is_no_problem(world):
    look(world, "")
    look(world, document("idp"))

    assert world.connection.metadata_problem is None


def test_no_more_keys_come_in_than_we_keep(world):
    live = world.connection.live
    live.body = live.body | {"certificates": [pair(f"old-{number}").certificate for number in range(16)]}

    look(world, document("idp"))

    assert len(certificates(world.connection)) == 16


def test_of_many_idps_in_one_file_ours_is_read(world):
    both = document("idp", "next") + document("mallory", entity_id="https://other.example")

    look(world, f'<a:EntitiesDescriptor xmlns:a="urn:oasis:names:tc:SAML:2.0:metadata">{both}</a:EntitiesDescriptor>')

    assert certificates(world.connection) == named("idp", "next")


def test_a_strange_signature_makes_us_look_soon_but_not_often(world):
    come_as_a_stranger(world)
    soon = world.connection.metadata_due_at
    refreshing.refresh_due()
    come_as_a_stranger(world)
    later = world.connection.metadata_due_at

    assert soon <= now()
    assert later > now() + timedelta(minutes=50)


def come_as_a_stranger(world):
    connection, client = world.connection, world.app.test_client()
    question = begin(client, connection)
    refused = post(client, connection, reply(connection, question.id, key=pair("next")).encoded(), question.relay_state)
    assert refused.status_code == 400
    db.session.expire_all()


def test_after_a_look_the_new_key_lets_people_in(world):
    connection, client = world.connection, world.app.test_client()
    look(world, document("idp", "next"))
    question = begin(client, connection)

    came = post(client, connection, reply(connection, question.id, key=pair("next")).encoded(), question.relay_state)

    assert came.status_code == 303


def test_what_was_not_read_from_an_address_is_never_looked_at(acme):
    connection = make_connection(acme, configuration())
    connection.metadata_due_at = now()
    db.session.commit()

    assert refreshing.refresh_due() == 0
    assert connection.metadata_due_at is None


def test_two_workers_do_not_look_twice(world):
    world.connection.metadata_due_at = now()
    db.session.commit()

    first, second = list(connection_metadata.take_due()), list(connection_metadata.take_due())

    assert (len(first), len(second)) == (1, 0)
