"""An IdP's side of the wire: a directory, its token, and a way to ask."""

import contextvars
import copy
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from portal.extensions import db
from portal.organizations import exchanges, tokens
from portal.organizations.actors import OPERATOR
from tests.factories import make_directory


class Idp:
    """Speaks to one directory as an IdP does."""

    def __init__(self, client, directory):
        self.client, self.directory = client, directory
        _, self.token = tokens.issue(directory, by=OPERATOR)
        db.session.commit()
        self.base = f"/scim/v2/{directory.id}"

    def ask(self, method, path, body=None, **headers):
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        usual = {"Authorization": f"Bearer {self.token}"}
        if data is not None:
            usual["Content-Type"] = "application/scim+json"
        return self.client.open(self.base + path, method=method, data=data, headers=usual | headers)

    def at_once(self, *requests, threads=8):
        """(method, path, body[, headers]) each, on threads of their own, as an IdP with several workers sends them."""

        def send(asked):
            alone = copy.copy(self)
            alone.client = self.client.application.test_client()
            method, path, body, headers = (*asked, {})[:4]
            return contextvars.Context().run(alone.ask, method, path, body, **headers)

        db.session.commit()
        db.session.remove()  # this thread holds no lock meanwhile
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(send, requests))

    def create(self, user_name="grace@acme.example", **more):
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name, "active": True}
        body["emails"] = [{"value": user_name, "type": "work", "primary": True}]
        answer = self.ask("POST", "/Users", body | more)
        assert answer.status_code == 201, answer.text
        return answer.json

    def create_group(self, name="Engineering", members=()):
        answer = self.ask("POST", "/Groups", {"displayName": name, "members": [{"value": one} for one in members]})
        assert answer.status_code == 201, answer.text
        return answer.json

    def find(self, expression, kind="Users"):
        answer = self.ask("GET", f"/{kind}?filter={_quoted(expression)}")
        assert answer.status_code == 200, answer.text
        return answer.json["Resources"]


def _quoted(text):
    from urllib.parse import quote

    return quote(text)


@pytest.fixture
def idp(client, acme):
    return Idp(client, make_directory(acme))


@pytest.fixture
def other_idp(app, globex):
    return Idp(app.test_client(), make_directory(globex))


@pytest.fixture
def statements(idp, app, monkeypatch):
    """statements(act): how many a request takes when reads are recorded together, as they are outside of tests."""
    waiting = app.extensions["vestibule-exchanges"]
    monkeypatch.setattr(waiting, "every", 3600)
    monkeypatch.setattr(exchanges, "PRUNE_EVERY", 2**130)  # one write in 64 also throws old records away
    seen = []

    def count(_, __, statement, *rest):
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    def counted(act):
        seen.clear()
        act()
        return len(seen)

    event.listen(db.engine, "before_cursor_execute", count)
    yield counted
    event.remove(db.engine, "before_cursor_execute", count)
    _forget(waiting)


def _forget(waiting):
    """The application is shared between tests on PostgreSQL: what one left waiting is nothing to the next."""
    if waiting.timer:
        waiting.timer.cancel()
    waiting.timer, waiting.exchanges, waiting.used = None, [], {}
    waiting.ignored.clear()
