"""Our keys: the IdP learns the next one before it is used, and what it encrypted for the former one is still opened."""

import base64
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from cryptography import x509
from lxml import etree
from signxml import XMLVerifier

from portal.extensions import db
from portal.models import ConnectionKey, Event, KeyState
from portal.models.base import now
from portal.organizations import connection_keys, connection_options, connections
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import KeyWaits, NoConfiguration, NoKeyWaits
from portal.saml.vocabulary import NAMESPACES, POST
from tests.factories import make_connection
from tests.saml.conftest import begin, come_in, configuration, place, post, reply


def make(connection):
    row = connection_keys.make(connection, by=OPERATOR)
    db.session.commit()
    return row


def published(client, connection, use="signing"):
    document = etree.fromstring(client.get(place(connection, "metadata")).data)
    texts = document.iterfind(f".//md:KeyDescriptor[@use='{use}']//ds:X509Certificate", NAMESPACES)
    return [base64.b64decode(node.text) for node in texts]


def der(row):
    return x509.load_pem_x509_certificate(row.certificate.encode()).public_bytes(connection_keys.Encoding.DER)


def test_the_first_key_is_active_and_the_second_waits(connection):
    first, second = make(connection), make(connection)

    assert (first.state, second.state) == (KeyState.ACTIVE, KeyState.NEXT)


def test_a_private_key_is_encrypted_at_rest(connection):
    row = make(connection)

    stored = db.session.execute(sa.text("SELECT private_key FROM connection_keys")).scalar_one()
    assert "PRIVATE KEY" not in stored
    assert "PRIVATE KEY" in connection_keys.private_key(row)


def test_only_one_key_waits(connection):
    make(connection)
    make(connection)

    with pytest.raises(KeyWaits):
        make(connection)
    assert db.session.query(ConnectionKey).count() == 2


def test_nothing_waits_before_it_is_made(connection):
    make(connection)

    with pytest.raises(NoKeyWaits):
        connection_keys.activate(connection, by=OPERATOR)


def test_a_rotation_publishes_before_it_uses(client, connection):
    first, second = make(connection), make(connection)
    before = published(client, connection)
    connection_keys.activate(connection, by=OPERATOR)
    db.session.commit()

    assert before == [der(first), der(second)]
    assert published(client, connection) == published(client, connection, "encryption") == [der(second)]
    assert first.state is KeyState.RETIRED


def test_a_rotation_leaves_a_trace_without_secrets(connection):
    make(connection)
    make(connection)
    connection_keys.activate(connection, by=OPERATOR)

    events = db.session.scalars(db.select(Event).where(Event.name.like("connection.key%")).order_by(Event.id)).all()
    assert [event.name for event in events] == ["connection.key_made"] * 2 + ["connection.key_activated"]
    assert "PRIVATE" not in str([event.data for event in events])


@pytest.mark.parametrize("which", ["first", "second"])
def test_what_was_encrypted_for_either_key_is_opened_after_a_rotation(client, connection, which):
    held = {"first": make(connection), "second": make(connection)}
    connection_keys.activate(connection, by=OPERATOR)
    db.session.commit()

    assert come_in(client, connection, encrypt_for=held[which].certificate).status_code == 303


def test_a_retired_key_is_forgotten_after_a_month(connection):
    first, second = make(connection), make(connection)
    connection_keys.activate(connection, by=OPERATOR)

    connection_keys.forget_retired()
    kept = set(connection_keys.listed(connection))
    with time_machine.travel(now() + timedelta(days=31)):
        connection_keys.forget_retired()

    assert kept == {first, second}
    assert connection_keys.listed(connection) == [second]


def test_one_connections_key_opens_nothing_for_another(client, acme, connection):
    other = make(make_connection(acme, configuration()))
    make(connection)
    question = begin(client, connection)

    answer = reply(connection, question.id, encrypt_for=other.certificate)

    assert post(client, connection, answer.encoded(), question.relay_state).status_code == 400


def test_cbc_is_opened_only_where_it_is_switched_on(client, connection):
    key = make(connection)
    question = begin(client, connection)
    refused = post(
        client, connection, reply(connection, question.id, encrypt_for=key.certificate, cipher="AES128").encoded()
    )

    connection_options.change(connection, by=OPERATOR, allow_cbc=True)
    connections.go_live(connection, by=OPERATOR)
    db.session.commit()

    assert refused.status_code == 400
    assert come_in(client, connection, encrypt_for=key.certificate, cipher="AES128").status_code == 303


def test_a_request_is_signed_where_the_idp_wants_it(client, acme):
    connection = make_connection(acme, configuration(sign_requests=True))

    query = parse_qs(urlsplit(begin(client, connection).url).query)

    assert connection_keys.active(connection)
    assert list(query)[2:] == ["SigAlg", "Signature"]


def test_a_posted_request_is_signed_where_the_idp_wants_it(client, acme):
    connection = make_connection(acme, configuration(sign_requests=True, sso_binding=POST))
    page = etree.HTML(client.get(place(connection, "login")).data)

    sent = base64.b64decode(page.xpath("//input[@name='SAMLRequest']/@value")[0])

    key = connection_keys.active(connection)
    XMLVerifier().verify(sent, x509_cert=key.certificate, id_attribute="ID")


def test_an_option_is_proven_by_a_test_before_it_is_live(connection):
    former = connection.live
    staged = connection_options.change(connection, by=OPERATOR, sign_requests=True)

    assert (connection.live, connection.candidate) == (former, staged)
    assert staged.config_hash != former.config_hash


def test_an_option_chosen_again_changes_nothing(connection):
    assert connection_options.change(connection, by=OPERATOR, sign_requests=False) is connection.live


def test_options_survive_metadata_given_anew(connection):
    connection_options.change(connection, by=OPERATOR, sign_requests=True, allow_cbc=True)

    staged = connections.stage(connection, configuration(sso_url="https://idp.example/new"), by=OPERATOR)

    assert (staged.saml.sign_requests, staged.saml.allow_cbc) == (True, True)


def test_a_connection_without_metadata_has_no_options(acme):
    with pytest.raises(NoConfiguration):
        connection_options.change(make_connection(acme, live=False), by=OPERATOR, sign_requests=True)


def test_a_key_lasts_three_years(connection):
    row = make(connection)

    assert timedelta(days=3 * 365 - 1) < row.not_after - now() <= timedelta(days=3 * 365)
