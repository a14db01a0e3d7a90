"""Every recorded request of an IdP is answered as it was recorded; a new folder is a new test."""

import json
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent.parent / "recorded"
CASES = sorted(RECORDED.glob("*/scim/*/request.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: "/".join(path.parts[-4:-1:2]))
def test_a_recorded_request_is_answered_as_recorded(idp, path):
    request = json.loads(path.read_text())
    expected = json.loads(path.with_name("answer.json").read_text())
    known = idp.ask("POST", "/Users", request["given"]).json["id"] if request["given"] else ""
    body = json.loads(json.dumps(request["body"]).replace("{id}", known)) if request["body"] else None

    answer = idp.ask(request["method"], request["path"].replace("{id}", known), body)

    assert answer.status_code == expected["status"], answer.text
    assert {name: answer.json.get(name) for name in expected["contains"]} == expected["contains"]
    assert answer.mimetype == "application/scim+json"
