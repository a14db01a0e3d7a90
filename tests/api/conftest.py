"""A program that uses the API with a key."""

import json

import pytest

from portal.extensions import db
from portal.models import SCOPES
from portal.organizations import api_keys
from portal.organizations.actors import OPERATOR


class Program:
    """Speaks JSON with a key; every problem it meets is held to its shape."""

    def __init__(self, client, key):
        self.client, self.key = client, key

    def ask(self, method, path, body=None, **kwargs):
        headers = {"Authorization": f"Bearer {self.key}"} | kwargs.pop("headers", {})
        if body is not None:
            kwargs["data"], kwargs["content_type"] = json.dumps(body), "application/json"
        answer = self.client.open(f"/api/v1{path}", method=method, headers=headers, **kwargs)
        if answer.status_code >= 400:
            check_problem(answer)
        return answer

    def get(self, path, status=200, **kwargs):
        return self._done(self.ask("GET", path, **kwargs), status)

    def post(self, path, body=None, status=201, **kwargs):
        return self._done(self.ask("POST", path, body or {}, **kwargs), status)

    def patch(self, path, body, status=200):
        return self._done(self.ask("PATCH", path, body), status)

    def put(self, path, body=None, status=200):
        return self._done(self.ask("PUT", path, body), status)

    def delete(self, path, status=204):
        return self._done(self.ask("DELETE", path), status)

    def _done(self, answer, status):
        assert answer.status_code == status, answer.text
        return answer.get_json() if answer.data else None


def check_problem(answer):
    assert answer.mimetype == "application/problem+json"
    said = answer.get_json()
    assert said["status"] == answer.status_code
    assert said["type"] == f"urn:vestibule:problem:{said['code']}"
    assert said["detail"]
    assert said["request_id"] == answer.headers["X-Request-ID"]


@pytest.fixture
def make_program(app):
    def make(*scopes, **kwargs):
        _, secret = api_keys.issue("The application", scopes or SCOPES, by=OPERATOR, **kwargs)
        db.session.commit()
        return Program(app.test_client(), secret)

    return make


@pytest.fixture
def program(make_program):
    return make_program()
