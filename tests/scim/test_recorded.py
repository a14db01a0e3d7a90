"""Every recorded exchange with an IdP is answered as it was recorded; a new folder is a new test.

`request.json` is one request, or a list of them under `exchanges`; `answer.json` likewise. `given` is who is there before:
one person, called {id} in what follows, or people and groups by names of their own. An answer's `as` names what it made.
"""

import inspect
import json
import re
from pathlib import Path

import pytest

from portal.scim import dialects

RECORDED = Path(__file__).parent.parent / "recorded"
CASES = sorted(RECORDED.glob("*/scim/*/request.json"))
ONE = {"method", "path", "body", "headers"}


def exchanges(path):
    asked, expected = json.loads(path.read_text()), json.loads(path.with_name("answer.json").read_text())
    requests = asked.get("exchanges") or [{name: asked[name] for name in ONE & asked.keys()}]
    answers = expected.get("exchanges") or [expected]
    return asked, zip(requests, answers, strict=True)


class World:
    """Who is there, by the names a case gives them."""

    def __init__(self, idp, given):
        self.idp, self.names = idp, {"base": idp.directory.base_url}
        given = given or {}
        given = given if given.keys() & {"users", "groups"} else {"users": {"id": given} if given else {}}
        for kind in ("users", "groups"):
            for name, document in given.get(kind, {}).items():
                answer = idp.ask("POST", f"/{kind.title()}", self.named(document))
                assert answer.status_code == 201, answer.text
                self.names[name] = answer.json["id"]

    def named(self, value):
        text = json.dumps(value, ensure_ascii=False)
        for name, known in self.names.items():
            text = text.replace(f"{{{name}}}", known)
        return json.loads(text)

    def ask(self, request):
        body, headers = request.get("body"), request.get("headers") or {}
        path = self.named(request["path"])
        return self.idp.ask(request["method"], path, None if body is None else self.named(body), **headers)


def holds(expected, actual):
    """What is expected is there; more may be, but not in a list."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(name in actual and holds(value, actual[name]) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(holds, expected, actual))
    return type(expected) is type(actual) and expected == actual


@pytest.mark.parametrize("path", CASES, ids=lambda path: "/".join(path.parts[-4:-1:2]))
def test_a_recorded_exchange_is_answered_as_recorded(idp, path):
    asked, recorded = exchanges(path)
    world = World(idp, asked.get("given"))

    for request, expected in recorded:
        answer = world.ask(request)

        assert answer.status_code == expected["status"], answer.text
        assert answer.mimetype == "application/scim+json"
        shown = answer.json if answer.data else {}
        assert holds(world.named(expected.get("contains") or {}), shown), answer.text
        assert not set(expected.get("lacks") or ()) & shown.keys(), answer.text
        if "as" in expected:
            world.names[expected["as"]] = shown["id"]


@pytest.mark.once
def test_every_recording_says_why_it_is_there():
    assert not [path for path in CASES if not json.loads(path.read_text())["why"]]


@pytest.mark.once
def test_every_quirk_we_bear_with_names_a_recording():
    quirks = [
        one for name, one in inspect.getmembers(dialects, inspect.isfunction) if one.__module__ == dialects.__name__
    ]

    unnamed = [
        one.__name__ for one in quirks if one.__name__[0] != "_" and "tests/recorded/" not in (one.__doc__ or "")
    ]

    assert not unnamed


@pytest.mark.once
def test_every_recording_that_the_code_names_is_there():
    named = {
        found
        for path in Path("portal").rglob("*.py")
        for found in re.findall(r"tests/(recorded/[\w/-]+)", path.read_text())
    }

    assert named
    assert not [one for one in named if not (RECORDED.parent / one).is_dir()]


@pytest.mark.once
@pytest.mark.parametrize(
    "idp", ["okta", "entra", "onelogin", "jumpcloud", "ping", "rippling", "cyberark", "authentik", "keycloak"]
)
def test_every_idp_has_recordings(idp):
    assert [path for path in CASES if path.parts[-4] == idp]
