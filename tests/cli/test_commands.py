"""The command line of design.md §5, driven from outside as an operator drives it."""

import contextvars
import json
import os
import subprocess
import sys

import pytest

from portal.extensions import db
from portal.models import ConnectionConfiguration
from portal.organizations.secrets import decrypt
from tests import databases
from tests.conftest import FERNET
from tests.factories import make_connection
from tests.relying_party.op import CLIENT_ID, SECRET, Provider
from tests.saml.conftest import configuration
from tests.setup.test_metadata_step import metadata as real_metadata


@pytest.fixture
def flask(app, make_app):
    """flask("org", "create", …) → (status, standard output, standard error), on the database of this test, in this process."""
    database = app.config["SETTINGS"].database
    hosts = tuple(filter(None, [os.environ.get("FETCH_ALLOWED_HOSTS")]))
    runner = make_app(
        database_url=database, public_url="https://login.example.com", fetch_allowed_hosts=hosts
    ).test_cli_runner()

    def run(*words, stdin=""):
        db.session.rollback()
        found = contextvars.Context().run(runner.invoke, args=words, input=stdin)
        if found.exception and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found.exit_code, found.stdout, found.stderr

    return run


@pytest.fixture
def process(tmp_path, migrated, app):
    """The same in a process of its own, as an operator has it; each takes seconds to start."""
    url = migrated if databases.POSTGRESQL else app.config["SETTINGS"].database
    env = os.environ | {
        "DATABASE_URL": url, "SECRET_KEY": "test " * 8, "ENCRYPTION_KEYS": FERNET, "INSTANCE_PATH": str(tmp_path),
        "PUBLIC_URL": "https://login.example.com", "LOG_LEVEL": "ERROR",
    }  # fmt: skip

    def run(*words, stdin=""):
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        found = subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, check=False)
        return found.returncode, found.stdout, found.stderr

    return run


def answer(found):
    status, said, wrong = found
    assert status == 0, wrong
    return json.loads(said)


def test_a_company_is_connected_from_the_command_line(process, tmp_path):
    metadata = tmp_path / "metadata.xml"
    metadata.write_text(_metadata())

    org = answer(process("org", "create", "Acme Corp", "--domain", "acme.example", "--verified", "--json"))
    user = answer(
        process(
            "user",
            "create",
            "ada@acme.example",
            "--org",
            org["slug"],
            "--role",
            "owner",
            "--password-stdin",
            "--json",
            stdin="a long password\n",
        )
    )
    connection = answer(
        process("connection", "create", org["id"], "--idp", "okta", "--metadata", str(metadata), "--live", "--json")
    )
    directory = answer(process("directory", "create", "acme-corp", "--idp", "okta", "--live", "--json"))
    token = answer(process("directory", "token", directory["id"], "--days", "30", "--name", "Okta", "--json"))
    client = answer(process("directory", "client", directory["id"], "--name", "Okta", "--json"))
    link = answer(process("setup-link", "create", "acme-corp", "--scope", "sso", "--days", "3", "--json"))

    assert org.keys() == {"id", "slug"}
    assert user.keys() == {"id"}
    base = f"https://login.example.com/saml/{connection['id']}"
    addresses = {f"{name}_url": f"{base}/{name}" for name in ("acs", "login", "metadata")}
    assert connection == {"id": connection["id"], "entity_id": base} | addresses
    assert directory["base_url"] == f"https://login.example.com/scim/v2/{directory['id']}"
    assert token["token"].startswith(token["prefix"])
    assert token["expires_at"]
    assert client.keys() == {"client_id", "client_secret", "token_url"}
    assert client["token_url"] == f"{directory['base_url']}/oauth/token"
    assert link["url"].startswith("https://login.example.com/setup/link/")


@pytest.fixture
def provider(monkeypatch):
    """An OpenID provider that the commands may ask; requested before `flask`."""
    made = Provider()
    monkeypatch.setenv("FETCH_ALLOWED_HOSTS", made.host)
    yield made
    made.stop()


def test_an_openid_provider_is_connected_from_the_command_line(provider, flask):
    flask("org", "create", "Acme")
    create = ("connection", "create", "acme", "--idp", "openid", "--json")

    drafted = answer(flask(*create, "--protocol", "oidc"))
    client = ("--issuer", provider.issuer, "--client-id", CLIENT_ID)
    named = answer(flask("connection", "client", drafted["id"], *client, "--live", "--json", stdin=f"{SECRET}\n"))
    whole = answer(flask(*create, *client, stdin=f"{SECRET}\n"))
    status, said, wrong = flask(*create, *client)

    base = f"https://login.example.com/oidc/{named['id']}"
    paths = {"callback_url": "callback", "signed_out_url": "signed-out", "login_url": "login", "logout_url": "logout"}
    assert drafted == named == {"id": drafted["id"]} | {name: f"{base}/{path}" for name, path in paths.items()}
    assert whole.keys() == named.keys()
    (live,) = db.session.scalars(db.select(ConnectionConfiguration).where(ConnectionConfiguration.state == "live"))
    assert (live.protocol, decrypt(live.oidc.client_secret)) == ("oidc", SECRET)
    assert (status, said) == (1, "")
    assert "standard input" in wrong


def test_an_api_key_is_made_listed_and_revoked(flask):
    key = answer(flask("api-key", "create", "CI", "--scope", "users:read,members:write", "--days", "30", "--json"))

    assert key["key"].startswith(key["prefix"])
    assert key["scopes"] == ["members:write", "users:read"]
    assert answer(flask("api-key", "revoke", key["prefix"], "--json"))["id"] == key["id"]
    assert "revoked" in answer(flask("api-key", "list", "--json"))[key["prefix"]]


def test_an_application_is_registered(flask):
    made = answer(flask("client", "create", "Notes", "--redirect-uri", "https://app.example/callback", "--json"))

    assert made.keys() == {"client_id", "client_secret", "issuer"}
    assert answer(flask("client", "rotate-key", "--json")).keys() == {"kid", "signs_from"}


@pytest.mark.parametrize(
    "words",
    [
        ("connection", "create", "nobody", "--idp", "okta", "--json"),
        ("connection", "create", "acme", "--idp", "no-such-idp", "--json"),
        ("connection", "create", "acme", "--idp", "okta", "--metadata", "/nowhere", "--json"),
        ("directory", "token", "no-such-directory", "--json"),
        ("user", "create", "not an address", "--json"),
        ("setup-link", "create", "acme", "--scope", "everything", "--json"),
        ("api-key", "create", "CI", "--scope", "everything", "--json"),
        ("api-key", "revoke", "vsk_nothing", "--json"),
        ("client", "create", "Notes", "--redirect-uri", "http://app.example/callback", "--json"),
    ],
)
def test_an_error_goes_to_standard_error_with_status_1(flask, words):
    flask("org", "create", "Acme")

    status, said, wrong = flask(*words)

    assert (status, said) == (1, "")
    assert wrong.startswith("error: ")


def test_without_json_the_same_is_said_for_people(flask):
    status, said, _ = flask("org", "create", "Acme")

    assert status == 0
    assert "slug" in said


def test_an_error_ends_a_process_of_its_own_in_the_same_way(process):
    status, said, wrong = process("connection", "create", "nobody", "--idp", "okta", "--json")

    assert (status, said) == (1, "")
    assert wrong.startswith("error: ")


def test_the_worker_does_what_is_due_and_ends(process):
    assert process("worker", "--once")[0] == 0


def _metadata():
    """An IdP's metadata, with a certificate of a key made for the tests."""
    return real_metadata("http://www.okta.com/exk1", "https://acme.okta.com/app/acme/exk1/sso/saml")


def test_keys_and_options_of_a_connection_are_set_from_the_command_line(flask, acme):
    connection = str(make_connection(acme, configuration()).id)
    db.session.rollback()  # the commands need the database now

    first = answer(flask("connection-key", "create", connection, "--json"))
    second = answer(flask("connection-key", "create", connection, "--json"))
    active = answer(flask("connection-key", "activate", connection, "--json"))
    policies = answer(flask("connection", "set", connection, "--session-hours", "8", "--single-logout", "--json"))
    options = answer(flask("connection", "set", connection, "--force-authn", "--authn-context", "urn:x", "--json"))

    assert [first["state"], second["state"], active["state"]] == ["active", "next", "active"]
    assert (active["id"], "BEGIN CERTIFICATE" in active["certificate"]) == (second["id"], True)
    assert (policies["changed"], policies["waits_for_test"]) == (["session_hours", "single_logout"], False)
    assert (options["changed"], options["waits_for_test"]) == (["authn_contexts", "force_authn"], True)


def test_roles_and_clients_are_kept_from_the_command_line(flask, tmp_path):
    path = tmp_path / "roles.toml"
    path.write_text('[permissions]\n"notes:write" = "Write notes"\n[roles.editor]\npermissions = ["notes:write"]\n')

    assert answer(flask("role", "load", str(path), "--json")) == {"permissions": 1, "roles": 1}
    answer(flask("role", "permission", "notes:read", "--says", "Read notes", "--json"))
    reader = answer(flask("role", "define", "reader", "--permission", "notes:read", "--json"))
    assert reader["permissions"] == ["notes:read"]
    answer(flask("role", "remove", "reader", "--json"))
    assert set(answer(flask("role", "list", "--json"))) == {"owner", "admin", "editor", "member"}
    made = answer(flask("client", "create", "Notes", "--redirect-uri", "https://app.example/cb", "--json"))
    rotated = answer(flask("client", "rotate-secret", made["client_id"], "--json"))
    assert rotated["client_secret"] != made["client_secret"]
    assert list(answer(flask("client", "list", "--json"))) == [made["client_id"]]


def test_a_wrong_role_is_refused_with_words(flask, tmp_path):
    path = tmp_path / "roles.toml"
    path.write_text('[roles.editor]\npermissions = ["nothing"]\n')

    status, said, wrong = flask("role", "load", str(path))

    assert (status, said) == (1, "")
    assert "There is no permission" in wrong
