"""/api/openapi.json says what the API does, because it is made from it."""

import re

import pytest
from openapi_spec_validator import validate

from portal.api import problems


@pytest.fixture
def described(client):
    return client.get("/api/openapi.json").get_json()


def test_it_is_valid_openapi(described):
    validate(described)

    assert described["openapi"].startswith("3.1")


def test_every_address_of_the_api_is_described(app, described):
    ours = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/")
    }

    assert ours == {(path, method) for path, methods in described["paths"].items() for method in methods}


def test_every_operation_says_its_scope_and_what_it_does(described):
    operations = [one for methods in described["paths"].values() for one in methods.values()]

    assert all(one["summary"] and one["security"][0]["key"][0] for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)


def test_every_code_is_listed(described):
    assert described["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == problems.codes()
