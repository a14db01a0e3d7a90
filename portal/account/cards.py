"""The two cards of Sign-in & provisioning: what state it is in, what is known, and the one thing to do next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import url_for

from portal.account import troubles
from portal.models import Connection, Directory, DirectoryKind, Mode, Organization, ScimToken
from portal.models.base import now
from portal.organizations import connections, directories, pulls
from portal.organizations.calendar import Deadline
from portal.organizations.pulse import Pulse, span
from portal.saml import certificates
from portal.settings import current
from portal.words import _, _l, said
from wizards import loading

Deed = Callable[[], object]


@dataclass(frozen=True)
class Next:
    label: str
    url: str


@dataclass(frozen=True)
class Card:
    """`kind` is one of the status component's; `facts` are (label, value) with plain text or times."""

    kind: str
    state: str
    words: str
    next: Next | None = None
    facts: list[tuple[str, object]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def sso(organization: Organization, connection: Connection | None, seen: Pulse, deadlines: Sequence[Deadline]) -> Card:
    start = url_for("setup.choose_idp", slug=organization.slug, flow="sso")
    if connection is None:
        words = _(
            "Your people sign in with the account they have at work. It takes about ten minutes in your identity provider."
        )
        return Card("off", _("Not set up"), words, Next(_("Set up single sign-on"), start))
    go_on = url_for("setup.resume", slug=organization.slug, flow="sso")
    facts: list[tuple[str, object]] = [(_("Identity provider"), _name(connection.idp))]
    if not connection.live:
        proven = connection.candidate and connections.has_passed(connection, connection.candidate.config_hash)
        words = (
            _("The test passed. Switch it on when you are ready.")
            if proven
            else _("Begun, and not switched on yet. Nothing has changed for your people.")
        )
        return Card(
            "waiting", _("Tested") if proven else _("In progress"), words, Next(_("Go on with set-up"), go_on), facts
        )
    return _live_sso(organization, connection, seen, facts, deadlines)


def _live_sso(
    organization: Organization, connection: Connection, seen: Pulse, facts: list[tuple[str, object]],
    deadlines: Sequence[Deadline],
) -> Card:  # fmt: skip
    facts += [(_("Last sign-in"), connection.last_sign_in_at), _vouched(connection)]
    warnings, next_one = [f"{one.said(now())}. {one.deed}" for one in deadlines], None
    if deadlines:
        next_one = Next(_("Renew"), url_for("setup.show_renewal", slug=organization.slug))
    if seen.last_problem:
        facts += [(_("Last problem"), troubles.of_sign_in(seen.last_problem)), (_("That was"), seen.last_problem.at)]
    if seen.failing and not next_one:
        next_one = Next(_("Test sign-in"), url_for("setup.resume", slug=organization.slug, flow="sso"))
    kind, state = ("attention", _("Needs attention")) if next_one else ("ok", _("Live"))
    change = Next(_("Change the configuration"), url_for("setup.resume", slug=organization.slug, flow="sso"))
    words = _("Your people sign in through your identity provider.")
    return Card(kind, state, words, next_one or change, facts, warnings)


def scim(
    organization: Organization, connection: Connection | None, directory: Directory | None, seen: Pulse,
    held: Sequence[ScimToken], deadlines: Sequence[Deadline],
) -> Card:  # fmt: skip
    if not (connection and connection.live) and directory is None:
        words = _("People arrive, change and leave by themselves. It needs single sign-on first.")
        return Card("off", _("Needs single sign-on first"), words)
    if directory is None:
        start = url_for("setup.choose_idp", slug=organization.slug, flow="scim")
        words = _("People arrive, change and leave by themselves, as your directory says.")
        return Card("off", _("Not set up"), words, Next(_("Set up provisioning"), start))
    facts = _directory_facts(directory, held, seen)
    kind, state, words = _MODES[directory.mode]
    if directory.mode is not Mode.LIVE:
        go_on = Next(_("Go on with set-up"), url_for("setup.resume", slug=organization.slug, flow="scim"))
        return Card(kind, state, words, go_on, facts, [words for words, _next in _not_read(organization, directory)])
    warnings, next_one = _provisioning_troubles(organization, directory, seen, deadlines)
    if warnings or next_one:
        kind, state = "attention", _("Needs attention")
    log = Next(_("Open the provisioning log"), url_for("account.list_log", slug=organization.slug))
    return Card(kind, state, words, next_one or log, facts, warnings)


def _directory_facts(directory: Directory, held: Sequence[ScimToken], seen: Pulse) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("Directory"), _name(directory.idp)),
        (_("People received"), str(directories.count_users(directory))),
    ]
    return facts + (_pushed(directory, held, seen) if directory.kind is DirectoryKind.SCIM else _pulled(directory))


def _pushed(directory: Directory, held: Sequence[ScimToken], seen: Pulse) -> list[tuple[str, object]]:
    usable = [token for token in held if token.usable(now())]
    ends = [token.expires_at for token in usable if token.expires_at]
    facts: list[tuple[str, object]] = [
        (_("Last request"), seen.last_at or directory.last_request_at),
        (_("Token last used"), max((token.last_used_at for token in usable if token.last_used_at), default=None)),
        (_("Token ends"), min(ends) if ends else _("never") if usable else _("there is none")),
    ]
    if seen.last_problem and not seen.failing:  # else the card begins with it
        facts += [
            (_("Last problem"), said(seen.last_problem.problem) or _("refused")),
            (_("That was"), seen.last_problem.at),
        ]
    return facts


def _pulled(directory: Directory) -> list[tuple[str, object]]:
    pull = pulls.of(directory)
    return [(_("Last read"), pull.completed_at), (_("Read by"), pull.account)] if pull else [(_("Last read"), None)]


def _provisioning_troubles(
    organization: Organization, directory: Directory, seen: Pulse, deadlines: Sequence[Deadline]
) -> tuple[list[str], Next | None]:
    """What is wrong, the worst first, and the one thing to do about the first."""
    found = _not_read(organization, directory)
    name, slug = _name(directory.idp), organization.slug
    if seen.failing and seen.last_problem:
        because = said(seen.last_problem.problem) or _("see the log")
        words = _("The last request of %(provider)s was refused: %(problem)s", provider=name, problem=because)
        problems = url_for("account.list_log", slug=slug, outcome="problems")
        found.append((words, Next(_("See what to do"), problems)))
    renew = Next(_("Renew"), url_for("setup.show_renewal", slug=slug))
    found += [(f"{one.said(now())}. {one.deed}", renew) for one in deadlines]
    if (silence := seen.silent_for(now())) and seen.usual:
        words = _(
            "Nothing came from %(provider)s for %(silence)s; usually something comes at least every %(usual)s. Look "
            "there whether provisioning is paused, in quarantine, or using another token.",
            provider=name, silence=span(silence), usual=span(seen.usual),
        )  # fmt: skip
        found.append((words, Next(_("See the last requests"), url_for("account.list_log", slug=slug, outcome="all"))))
    return [words for words, _next in found], found[0][1] if found else None


def _not_read(organization: Organization, directory: Directory) -> list[tuple[str, Next]]:
    """A directory that we could not read last time."""
    pull = pulls.of(directory) if directory.kind is not DirectoryKind.SCIM else None
    if pull is None or not pull.problem:
        return []
    guide = url_for("setup.resume", slug=organization.slug, flow="scim")
    return [(f"{said(pull.problem)} {said(pull.mend)}".strip(), Next(_("Open the guide"), guide))]


_MODES = {
    Mode.SHADOW: (
        "waiting",
        _l("Receiving, not applied"),
        _l("Your directory may talk to us; nothing is changed until you switch it on."),
    ),
    Mode.LIVE: ("ok", _l("Live"), _l("Your directory decides who works here. Deactivated people lose access at once.")),
    Mode.PAUSED: (
        "attention",
        _l("Paused"),
        _l("What the directory says is received and kept, and not applied until you resume."),
    ),
    Mode.OFF: ("off", _l("Switched off"), _l("The directory is answered that it is switched off.")),
}


def _name(idp: str) -> str:
    wizard = loading.load_all(current().wizards_paths).get(idp)
    return wizard.name if wizard else idp


def _vouched(connection: Connection) -> tuple[str, object]:
    """By what we know the IdP: a certificate with its end, or an OpenID issuer."""
    if connection.live and connection.live.protocol == "oidc":
        return _("OpenID issuer"), connection.live.configuration.issuer
    return _("Certificate until"), _expiry(connection)


def _expiry(connection: Connection) -> object:
    ends = [certificate.not_after for certificate in _certificates(connection)]
    return max(ends) if ends else None


def _certificates(connection: Connection) -> tuple[certificates.Certificate, ...]:
    if connection.live is None:
        return ()
    try:
        return certificates.read("\n".join(connection.live.configuration.certificates))
    except certificates.UnreadableCertificate:
        return ()
