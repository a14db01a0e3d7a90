"""Which door a connection signs people in through: its addresses, by the protocol of its configuration."""

from flask import Response, make_response, redirect, request, url_for

from portal.models import Connection

DOORS = {"saml": "saml", "oidc": "relying_party"}


def address(connection: Connection, view: str, protocol: str = "", **values: object) -> str:
    """Of a view that both doors have."""
    door = DOORS[protocol or connection.protocol]
    return url_for(f"{door}.{view}", connection_id=connection.id, **values)  # type: ignore[arg-type]


def test_address(connection: Connection, view: str) -> str:
    """Of a view for test sign-ins: a test is about the candidate, or what is live where there is none."""
    proved = connection.candidate or connection.live
    return address(connection, view, proved.protocol if proved else "")


def elsewhere(connection: Connection, protocol: str) -> Response | None:
    """A login address is a promise: it leads to the other door where the connection was moved there."""
    if connection.protocol == protocol or connection.live is None:
        return None
    return make_response(redirect(address(connection, "login", **request.args.to_dict()), 303))
