"""The report of a test sign-in, whatever the protocol: each question with its answer, and where to mend it in this console."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from portal.models import Connection
from portal.organizations import domains
from portal.settings import current
from wizards import facts, loading
from wizards.checks import Check
from wizards.filling import fill, placeholders

Values = dict[str, object]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an answer: the check of the catalogue it fails, our code, and the two values."""

    check: str
    code: str
    expected: str = ""
    got: str = ""


@dataclass(frozen=True)
class Setting:
    """What a report needs to know besides the answer: the console's words, the organization's domains, the tester."""

    idp: str
    labels: Mapping[str, str]
    domains: tuple[str, ...]
    tester: str = ""
    minutes: int = 0

    @property
    def words(self) -> Values:
        """What the texts of the catalogue may name of it."""
        labels = {f"label.{name}": label for name, label in self.labels.items()}
        return {"idp": self.idp, "minutes": self.minutes, **labels}


@dataclass(frozen=True)
class Verdict:
    """How a question was answered: `ok` is None where there was nothing to ask."""

    ok: bool | None
    expected: str = ""
    got: str = ""


@dataclass(frozen=True)
class Line:
    """One check answered. `texts` and `values` are what the words are made of, for readers of other languages."""

    id: str
    ask: str
    level: str
    ok: bool | None
    words: str = ""
    expected: str = ""
    got: str = ""
    fix: str = ""
    texts: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """`name_id` is the IdP's name for the person, `xml` or `claims` what it said, without
    secrets, `raw` as it came, `facts` how it was made."""

    passed: bool
    lines: tuple[Line, ...]
    attributes: dict[str, list[str]] = field(default_factory=dict)
    suggestions: dict[str, str] = field(default_factory=dict)
    name_id: str = ""
    name_id_format: str = ""
    email: str = ""
    clock_seconds: int | None = None
    facts: dict[str, str] = field(default_factory=dict)
    xml: str = ""
    raw: str = ""
    claims: str = ""

    def dump(self) -> dict[str, object]:
        return asdict(self) | {"lines": [asdict(line) for line in self.lines]}


def line(check: Check, verdict: Verdict, values: Values) -> Line:
    if verdict.ok is not False:
        return Line(check.id, check.ask, check.level, verdict.ok)
    expected, got = verdict.expected, verdict.got
    values = values | {"expected": expected, "got": got or "nothing", "missing": got}
    texts = (check.fail, check.advice(got))
    words, fix = (fill(text, values) for text in texts)
    named = {name: str(values[name]) for text in texts for name in placeholders(text) if values.get(name)}
    return Line(check.id, check.ask, check.level, False, words, expected, got, fix, texts, named)


def setting_of(connection: Connection, tester: str, minutes: int) -> Setting:
    path = current().wizards_path
    paths = (path,) if path else ()
    wizard = loading.load_all(paths).get(connection.idp)
    known = facts.load(paths).get(connection.idp)
    return Setting(
        idp=known.name if known else (wizard.spoken if wizard else "your identity provider"),
        labels={str(key): label for key, label in wizard.labels.items()} if wizard else {},
        domains=tuple(domains.verified_names(connection.organization)),
        tester=tester,
        minutes=minutes,
    )
