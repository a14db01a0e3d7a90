"""A test's report as pages show it: what there is to mend first, and the same as a text to hand on."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.models import Connection, ConnectionTest
from portal.saml.redaction import mask
from portal.words import said
from wizards import checks

# What a report may say; one that was written by an older version says less.
LINE: Mapping[str, object] = dict.fromkeys(("id", "ask", "level", "ok", "words", "expected", "got", "fix"), "") | {
    "ok": None
}
REPORT: Mapping[str, object] = dict.fromkeys(("email", "name_id", "clock_seconds", "xml", "raw", "claims"), "") | {
    "attributes": {}, "facts": {},
}  # fmt: skip
PERSONAL = ("email", "same-person", "subject", "domain")


@dataclass(frozen=True)
class Shown:
    """`support` is a text without people's names, for whoever helps."""

    lines: list[dict[str, object]]
    report: Mapping[str, object]
    support: str


def shown(connection: Connection, test: ConnectionTest | None) -> Shown:
    report = dict(REPORT) | (test.report if test else {})
    found = lines(report)
    support = _for_support(connection, test, found, report) if test and found else ""
    facts = report["facts"]
    made = {said(name): value for name, value in facts.items()} if isinstance(facts, dict) else {}
    return Shown([translated(line) for line in found], report | {"facts": made}, support)


def translated(line: Mapping[str, object]) -> dict[str, object]:
    """What is kept in English, in the reader's language."""
    found = checks.said(line)
    return found | {name: said(found[name]) for name in ("words", "fix", "expected") if found.get(name)}


def lines(report: Mapping[str, object]) -> list[dict[str, object]]:
    """Every check, the ones to mend first."""
    found = report.get("lines")
    rows = [dict(LINE) | line for line in found if isinstance(line, dict)] if isinstance(found, list) else []
    return sorted(rows, key=lambda line: (line.get("ok") is not False, line.get("level") != "error"))


def _for_support(
    connection: Connection, test: ConnectionTest, found: list[dict[str, object]], report: Mapping[str, object]
) -> str:
    clock = report.get("clock_seconds")
    facts = report.get("facts")
    known = {
        "Connection": str(connection.id), "Identity provider": connection.name, "Test": str(test.id),
        "Finished": f"{test.finished_at:%Y-%m-%d %H:%M:%S} UTC" if test.finished_at else "never",
        "Result": "passed" if test.passed else "failed",
        "Their clock": f"{clock:+} s against ours" if isinstance(clock, int) else "",
        **(facts if isinstance(facts, dict) else {}),
    }  # fmt: skip
    told = [f"{name}: {value}" for name, value in known.items() if value]
    return "\n".join([*told, *(_told(line) for line in found if line["ok"] is False)])


def _told(line: Mapping[str, object]) -> str:
    expected, got = (str(line[name] or "-") for name in ("expected", "got"))
    if line["id"] in PERSONAL:
        expected, got = mask(expected), mask(got)
    return f"Mend {line['id']}: {line['ask']} Expected {expected}; got {got}."
