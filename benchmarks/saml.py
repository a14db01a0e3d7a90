"""How many SAML answers a second one thread validates, ours with every guard on against bare python3-saml in the same run:
`python -m benchmarks.saml`. Each side is a process of its own, because ours replaces parts of the library it guards."""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter, process_time

GOAL = 1.5
KINDS = {
    "signed assertion": {},
    "signed response": {"sign": ("response",)},
    "both signed": {"sign": ("assertion", "response")},
    "encrypted, assertion signed": {"encrypt": True},
    "encrypted, both signed": {"encrypt": True, "sign": ("assertion", "response")},
}
Validate = Callable[[str], object]
Given = dict[str, str]


def main() -> None:
    options = _options()
    if options.side:
        return _measure(options.side, json.load(sys.stdin), options.seconds)
    given = json.dumps(_answers())
    rounds = [{side: _run(side, given, options.seconds) for side in ("bare", "guarded")} for _ in range(options.rounds)]
    wrong = [name for name in KINDS if _report(name, rounds) < GOAL]
    print(f"goal {GOAL} times bare python3-saml: {'missed for ' + ', '.join(wrong) if wrong else 'reached'}")
    raise SystemExit(1 if wrong else 0)


def _report(name: str, rounds: list[dict[str, dict[str, float]]]) -> float:
    bare, guarded = (statistics.median(one[side][name] for one in rounds) for side in ("bare", "guarded"))
    times = statistics.median(one["guarded"][name] / one["bare"][name] for one in rounds)
    print(f"{name:<28} bare {bare:7.0f}/s   guarded {guarded:7.0f}/s   {times:4.2f} times", flush=True)
    return times


def _run(side: str, given: str, seconds: float) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.saml", "--side", side, "--seconds", str(seconds)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measure(side: str, given: Given, seconds: float) -> None:
    """Validations per second of processor time, so that other work on the machine does not count."""
    validate = {"bare": _bare, "guarded": _guarded}[side](given)
    print(json.dumps({name: _rate(validate, given[name], seconds) for name in KINDS}))


def _rate(validate: Validate, encoded: str, seconds: float) -> float:
    assert validate(encoded) == "ada@acme.example"
    until, began, count = perf_counter() + seconds, process_time(), 0
    while perf_counter() < until:
        validate(encoded)
        count += 1
    return count / (process_time() - began)


def _answers() -> Given:
    from tests.saml.hostile import honest
    from tests.saml.idp import pair

    given = {"idp": pair().certificate, "private": pair("sp").private, "certificate": pair("sp").certificate}
    for name, kind in KINDS.items():
        changes: dict[str, object] = {key: value for key, value in kind.items() if key != "encrypt"}
        if kind.get("encrypt"):
            changes |= {"encrypt_for": given["certificate"], "cipher": "AES256_GCM"}
        attributes = [("email", ("ada@acme.example",)), ("firstName", ("Ada",)), ("groups", ("Everyone", "Engineers"))]
        given[name] = honest(at=datetime.now(UTC), attributes=attributes, **changes).encoded()
    return given


def _guarded(given: Given) -> Validate:
    """Preflight, python3-saml, second verification, post-checks and identity: all that `sp.accept` does."""
    from portal.saml import parties, sp

    provider = parties.ServiceProvider(
        "https://front.example/saml/0190", "https://front.example/saml/0190/acs", "https://idp.example/saml",
        "https://idp.example/sso", (given["idp"],), keys=(parties.SpKey(given["private"], given["certificate"]),),
    )  # fmt: skip
    return lambda encoded: sp.accept(provider, encoded, "_asked").email


def _bare(given: Given) -> Validate:
    """As its own documentation uses it: strict, settings made once per request, the name and attributes read."""
    from onelogin.saml2.auth import OneLogin_Saml2_Auth

    settings = {
        "strict": True,
        "sp": {
            "entityId": "https://front.example/saml/0190",
            "assertionConsumerService": {"url": "https://front.example/saml/0190/acs"},
            "privateKey": given["private"], "x509cert": given["certificate"],
        },
        "idp": {
            "entityId": "https://idp.example/saml", "singleSignOnService": {"url": "https://idp.example/sso"},
            "x509cert": given["idp"],
        },
    }  # fmt: skip
    request = {"https": "on", "http_host": "front.example", "script_name": "/saml/0190/acs", "get_data": {}}

    def validate(encoded: str) -> object:
        auth = OneLogin_Saml2_Auth(request | {"post_data": {"SAMLResponse": encoded}}, settings)
        auth.process_response("_asked")
        assert auth.is_authenticated(), auth.get_last_error_reason()
        return auth.get_attribute("email")[0]

    return validate


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often both sides take their turn")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long one kind of answer is validated")
    parser.add_argument("--side", choices=("bare", "guarded"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
