"""The guides there are, and what is known of each identity provider; an operator's folder may add some."""

from collections.abc import Mapping
from pathlib import Path

from portal.settings import current
from portal.words import _
from wizards import checks, facts, loading
from wizards.choices import StepType
from wizards.definition import Step, Wizard
from wizards.facts import Idp, IdpError
from wizards.filling import fill


def every() -> Mapping[str, Wizard]:
    return loading.load_all(_paths())


def get(idp: str) -> Wizard:
    """An IdP whose guide is gone is walked with the guide for all of them."""
    return every().get(idp) or every()[facts.UNKNOWN]


def known(idp: str) -> Idp | None:
    return facts.load(_paths()).get(idp)


def for_flow(flow: str) -> list[tuple[Wizard, Idp | None]]:
    """Those that have this half, the one for all others last."""
    found = [(wizard, known(wizard.id)) for wizard in every().values() if wizard.flow(flow)]
    return sorted(found, key=lambda pair: (pair[0].id == facts.UNKNOWN, pair[0].name.casefold()))


def recognised(entity_id: str, sso_url: str) -> Wizard | None:
    """The guide that this metadata asks for; a suggestion only."""
    found = facts.recognise(entity_id, sso_url, _paths())
    return every().get(found.idp.id) if found else None


def of_issuer(issuer: str) -> Wizard | None:
    """The guide that this OpenID issuer asks for, where it knows OpenID Connect; a suggestion only."""
    found = facts.by_issuer(issuer, _paths())
    wizard = every().get(found.id) if found else None
    steps = wizard.sso.steps if wizard and wizard.sso else ()
    return wizard if any(step.type is StepType.INPUT_CLIENT for step in steps) else None


def hinted(mail_host: str) -> Wizard | None:
    """The guide for the company that keeps somebody's mail, where it has one."""
    found = facts.by_mail(mail_host, _paths())
    return every().get(found.id) if found else None


def mishaps(wizard: Wizard, ids: tuple[str, ...]) -> list[IdpError]:
    """What people may see at this IdP, and where to mend it."""
    there = {error.id: error for error in facts.idp_errors(wizard.id, _paths())}
    there |= {error.id: error for error in facts.idp_errors(facts.UNKNOWN, _paths()) if error.id not in there}
    return [there[id] for id in ids if id in there]


def trouble(wizard: Wizard, step: Step, protocol: str) -> list[tuple[str, str]]:
    """(what it looks like, what to do), for the hints below a step."""
    labels = {f"label.{key}": label for key, label in wizard.labels_here.items()} | {"idp": _(wizard.spoken)}
    seen = [(_(error.means), _(error.fix)) for error in mishaps(wizard, step.trouble)]
    known = checks.load(protocol)
    asked = [known[id] for id in step.trouble if id in known]
    return seen + [
        (_("The test says no to “%(question)s”", question=_(check.ask)), fill(_(check.fix), labels)) for check in asked
    ]


def _paths() -> tuple[Path, ...]:
    return current().wizards_paths
