"""flask connection: ways to sign in through an IdP."""

import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.models import Connection, IdpInitiated
from portal.organizations import connection_options, connections
from portal.organizations.actors import OPERATOR
from portal.relying_party import discovery
from portal.saml import metadata
from wizards.loading import load_all

command = AppGroup("connection", help="Ways to sign in through an IdP.")


def client_options(function: Callable[..., None]) -> Callable[..., None]:
    """Our client at an OpenID provider; its secret comes on standard input."""
    given = click.option("--client-id", help="Our client ID there; the secret is read from standard input.")
    return click.option("--issuer", help="The OpenID provider’s issuer, or its discovery address.")(given(function))


@command.command("create")
@click.argument("organization_name", metavar="ORG")
@click.option("--idp", required=True, help="The IdP's wizard, such as okta, entra or generic.")
@click.option("--metadata", "source", help="The IdP's metadata: a file or an address.")
@click.option("--protocol", type=click.Choice(["saml", "oidc"]), help="Which addresses to print; SAML unless --issuer.")
@client_options
@click.option("--live", is_flag=True, help="Switch it on without a test sign-in.")
@speaks
def create(
    organization_name: str, idp: str, source: str | None, protocol: str | None, live: bool, **client: str | None
) -> Answer:
    """Create a connection and print the addresses the IdP asks for."""
    connection = connections.create(organization_of(organization_name), _known(idp), by=OPERATOR)
    if source:
        _stage(connection, source)
    if client["issuer"]:
        _stage_client(connection, client)
    if live:
        connections.go_live(connection, by=OPERATOR)
    return _addresses(connection, protocol or ("oidc" if client["issuer"] else "saml"))


@command.command("client")
@click.argument("connection_id", metavar="CONNECTION", type=click.UUID)
@client_options
@click.option("--live", is_flag=True, help="Switch it on without a test sign-in.")
@speaks
def set_client(connection_id: uuid.UUID, live: bool, **client: str | None) -> Answer:
    """Connect it to an OpenID provider: our client there, whose secret is read from standard input."""
    connection = _of(connection_id)
    _stage_client(connection, client)
    if live:
        connections.go_live(connection, by=OPERATOR)
    return _addresses(connection, "oidc")


@command.command("set")
@click.argument("connection_id", metavar="CONNECTION", type=click.UUID)
@click.option("--idp-initiated", type=click.Choice([one.value for one in IdpInitiated]), help="The IdP's own page.")
@click.option("--session-hours", type=int, help="How long a sign-in lasts at most; 0 = as everywhere.")
@click.option("--single-logout/--no-single-logout", default=None, help="Signing out here goes on at the IdP.")
@click.option("--sign-requests/--no-sign-requests", default=None, help="Sign our requests with our key.")
@click.option(
    "--allow-cbc/--no-allow-cbc", default=None, help="Take answers encrypted with CBC (AD FS, SimpleSAMLphp)."
)
@click.option("--force-authn/--no-force-authn", default=None, help="Have the IdP ask the person anew, every time.")
@click.option("--authn-context", "authn_contexts", multiple=True, help="A method the IdP must have used; several: any.")
@click.option("--live", is_flag=True, help="Switch changed options on without a test sign-in.")
@speaks
def set_options(connection_id: uuid.UUID, live: bool, **chosen: object) -> Answer:
    """Change policies, in force at once, and options, which wait for a test as any other configuration."""
    connection = _of(connection_id)
    given = {name: value for name, value in chosen.items() if value not in (None, ())}
    policies = {name: _POLICIES[name](given.pop(name)) for name in list(given) if name in _POLICIES}
    connection_options.set_policies(connection, by=OPERATOR, **policies)  # type: ignore[arg-type]
    if given:
        connection_options.change(connection, by=OPERATOR, **given)  # type: ignore[arg-type]
    if live and connection.candidate:
        connections.go_live(connection, by=OPERATOR)
    return {
        "id": str(connection.id),
        "changed": sorted([*policies, *given]),
        "waits_for_test": bool(connection.candidate),
    }


_POLICIES: dict[str, Callable[[object], object]] = {
    "idp_initiated": lambda value: IdpInitiated(str(value)),
    "session_hours": lambda value: value or None,
    "single_logout": bool,
}


def _of(connection_id: uuid.UUID) -> Connection:
    if connection := connections.get(connection_id):
        return connection
    raise LookupError(f"there is no connection {connection_id}")


def _addresses(connection: Connection, protocol: str) -> Answer:
    """What is copied into the IdP's console."""
    if protocol == "oidc":
        base = connection.client_url
        own = {"callback_url": connection.callback_url, "signed_out_url": connection.signed_out_url}
        return {"id": str(connection.id), **own, "login_url": f"{base}/login", "logout_url": f"{base}/logout"}
    names = ("entity_id", "acs_url", "login_url", "metadata_url")
    return {"id": str(connection.id)} | {name: getattr(connection, name) for name in names}


def _known(idp: str) -> str:
    known = load_all()
    if idp not in known:
        raise LookupError(f"there is no wizard {idp!r}; there are: {', '.join(sorted(known))}")
    return idp


def _stage(connection: Connection, source: str) -> None:
    """The same reader and the same guard as in the wizard; a file is read as it is."""
    if source.startswith(("https://", "http://")):
        reading = metadata.read_address(source)
    else:
        reading = metadata.read(_text(source))
    if reading.metadata is None:
        raise ValueError(" ".join(finding.words for finding in reading.findings) or "this is not IdP metadata")
    connections.stage(connection, reading.metadata.configuration(reading.url), by=OPERATOR)


def _stage_client(connection: Connection, client: dict[str, str | None]) -> None:
    """The same reader and the same guard as in the wizard; the secret is never an argument, which other users could see."""
    issuer, client_id, secret = client["issuer"], client["client_id"], sys.stdin.readline().strip()
    if not (issuer and client_id and secret):
        raise ValueError("give --issuer, --client-id, and the client secret on standard input")
    reading = discovery.read(issuer)
    if reading.provider is None:
        raise ValueError(" ".join(f"{finding.words} {finding.fix}".strip() for finding in reading.findings))
    connections.stage(connection, reading.provider.configuration(client_id, secret), by=OPERATOR)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
