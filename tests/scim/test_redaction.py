"""What people read of a recorded request: what we know how to keep, and no secret, wherever an IdP put one."""

import json

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Exchange
from portal.organizations import custom_attributes
from portal.organizations.actors import OPERATOR
from portal.scim import redaction
from portal.scim.attributes import CORE_USER, ENTERPRISE
from portal.scim.bulk_operations import METHODS
from tests.scim.test_users import GRACE, patch

SECRET = "hunter2hunter2"
URN = "urn:vestibule:scim:schemas:organization:2.0:User"


def recorded():
    """Everything kept of every exchange."""
    rows = db.session.scalars(sa.select(Exchange)).all()
    return "\n".join(
        f"{row.method} {row.path} {row.request_body} {row.answer_body} {row.problem} {row.agent}" for row in rows
    )


@pytest.mark.parametrize(
    "body",
    [
        {"password": SECRET},
        {"PassWord": SECRET},
        {f"{CORE_USER}:password": SECRET},
        {"apiKey": SECRET, "name": {"givenName": "G", "pin": SECRET}},
        {"emails": [{"value": GRACE, "clientSecret": SECRET}]},
        {ENTERPRISE: {"department": "Sea", "token": SECRET}},
        {"urn:example:x": {"department": SECRET}},
        {"urn:example:x:department": SECRET},
        {CORE_USER: {"password": SECRET}},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "BULK", "PATCH"])
def test_a_secret_is_kept_nowhere_whatever_its_name(idp, body, method):
    user = idp.create("other@acme.example") if method in ("PUT", "PATCH") else None
    whole = {"userName": GRACE} | body

    if method == "PATCH":
        patch(idp, user, {"op": "replace", "value": whole})
    elif method == "BULK":
        idp.ask(
            "POST", "/Bulk", {"Operations": [{"method": METHODS[0], "path": "/Users", "bulkId": "1", "data": whole}]}
        )
    else:
        idp.ask(method, f"/Users/{user['id']}" if user else "/Users", whole)

    assert SECRET not in recorded()
    assert GRACE in recorded()


@pytest.mark.parametrize("path", ["password", f"{CORE_USER}:password", "PASSWORD", "secretWord", f"{ENTERPRISE}:pin"])
@pytest.mark.parametrize("op", ["add", "Replace"])
def test_the_value_at_an_unknown_path_is_not_kept(idp, path, op):
    patch(idp, idp.create(), {"op": op, "path": path, "value": SECRET}, {"op": op, "path": "title", "value": "Boss"})

    assert SECRET not in recorded()
    assert '"path": "title", "value": "Boss"' in recorded()


@pytest.mark.parametrize(
    "expression",
    [f'password eq "{SECRET}"', f"password eq '{SECRET}'", f'userName eq "a" and password co "{SECRET}"', f"pin eq {SECRET}",
     f'emails[password eq "{SECRET}"]', f'password eq "{SECRET}'],
)  # fmt: skip
def test_a_filter_by_a_secret_is_not_kept(idp, expression):
    idp.ask("POST", "/Users/.search", {"filter": expression})
    idp.client.get(
        f"{idp.base}/Users", query_string={"filter": expression}, headers={"Authorization": f"Bearer {idp.token}"}
    )

    assert SECRET not in recorded()


def test_a_filter_by_what_we_know_is_kept_as_it_was_sent(idp):
    idp.ask("GET", "/Users?filter=userName+eq+%22a%40b%22&count=2&aadOptscim062020")

    assert db.session.scalars(sa.select(Exchange.path)).one() == (
        "Users?filter=userName+eq+%22a%40b%22&count=2&aadOptscim062020"
    )


def test_a_token_pasted_anywhere_is_cut_to_its_beginning(idp):
    user = idp.create(title=idp.token, externalId=idp.token)
    idp.ask("GET", f"/Users?filter=title%20eq%20%22{idp.token}%22")
    idp.ask("GET", f"/Users/{idp.token}?{idp.token}", **{"User-Agent": idp.token})

    assert idp.token not in recorded()
    assert idp.token[:12] in recorded()
    assert user["title"] == idp.token


def test_what_an_organization_added_is_known(idp, acme):
    custom_attributes.define(acme, "shoeSize", by=OPERATOR)
    db.session.commit()

    idp.create(**{URN: {"shoeSize": "43", "pin": SECRET}})
    idp.find(f'{URN}:shoeSize eq "43"')

    assert '"shoeSize": "43"' in recorded()
    assert SECRET not in recorded()


def test_whoever_is_not_let_in_leaves_no_question_behind(idp):
    idp.ask("GET", f"/Users?filter=userName%20eq%20%22{GRACE}%22", Authorization="Bearer scim_wrong")

    assert GRACE not in recorded()


def test_every_message_of_the_protocol_is_readable():
    message = {"Operations": [{"method": "PATCH", "path": "/Users/1", "version": "x", "data": {"Operations": [
        {"op": "add", "path": 'emails[type eq "work"].value', "value": GRACE}]}}], "failOnErrors": 1}  # fmt: skip

    assert redaction.body(message) == message
    assert json.loads(json.dumps(redaction.body({"attributes": ["userName"], "count": 1}))) == {
        "attributes": ["userName"],
        "count": 1,
    }
