"""Switching something on: the consequences with their numbers, one button, and the way back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from markupsafe import Markup

from portal.models import Leavers, Mode, SignInPolicy
from portal.organizations import breakglass, connections, directories, domains, enforcement, organizations, setup_runs
from portal.organizations.refusals import NeedsSingleSignOn, NobodySignedInYet, NoConfiguration, Refused
from portal.setup import visitor
from portal.setup.kinds import effects
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo
from portal.words import _, _l
from wizards.choices import Action, Undo


class HandBack(Refused):
    words = _l("This link may not switch anything on. Hand it back: somebody with an account must press the button.")


@dataclass(frozen=True)
class Deed:
    """One thing that can be switched on: the words for it, and the verbs. `what` is kept with a handing over."""

    button: str
    what: str
    on: str
    undo_words: str
    do: Callable[[Place], None]


class Confirming(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        deed = DEEDS[place.step.action or Action.ACTIVATE_SSO]
        scim = place.step.action is Action.ACTIVATE_SCIM
        made = render_template(
            "setup/slots/_confirm.html", place=place, deed=deed, may=visitor.here().may_go_live, sso=not scim,
            leavers=place.seen.organization.leavers.value if scim else "", missing=missing(place),
            domains_url=domains_url(place), approves=visitor.here().link is None,
            handed=setup_runs.handed(place.run, place.flow_name),
            rehearsed=not scim and place.done and breakglass.is_ready(place.seen.organization),
        )  # fmt: skip
        told = render_template("setup/slots/_effects.html", effects=effects.told(place))
        return {"confirm": Markup(made), "effects": Markup(told)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=place.done and place.following is not None)

    def submit(self, place: Place) -> Redo | None:
        if place.done:
            return None
        if not visitor.here().may_go_live:
            raise HandBack
        if why := place.closed:
            return Redo(why)
        visitor.require_proof()
        deed = DEEDS[place.step.action or Action.ACTIVATE_SSO]
        deed.do(place)
        setup_runs.mark_handed(place.run, place.flow_name, None)
        flash(str(deed.on))
        return None


def missing(place: Place) -> str:
    """What a person must do elsewhere before the button can work."""
    if place.step.action is Action.ACTIVATE_SSO and not domains.verified_names(place.seen.organization):
        return "domain"
    return ""


def domains_url(place: Place) -> str:
    """Where this visitor may verify a domain, if they may."""
    if "domain" not in visitor.here().scopes:
        return ""
    return url_for("setup.list_domains", slug=place.seen.organization.slug)


def choose_policy(place: Place, policy: str) -> None:
    """Required only after somebody has really come in through it: nobody is locked out by a button."""
    connection = place.seen.connection
    if connection is None or not connection.live or policy not in list(SignInPolicy):
        raise NoConfiguration
    if policy == SignInPolicy.REQUIRE and connection.last_sign_in_at is None:
        raise NobodySignedInYet
    visitor.require_proof()
    enforcement.set_policy(place.seen.organization, SignInPolicy(policy), by=visitor.here().actor)
    required = policy == SignInPolicy.REQUIRE
    flash(_("Single sign-on is required now.") if required else _("Single sign-on is offered now."))


def undo(place: Place) -> None:
    """Back to how it was: sign-in off or on the configuration before, syncing paused."""
    if place.step.undo is Undo.PAUSE_SCIM and place.seen.directory:
        directories.set_mode(place.seen.directory, Mode.PAUSED, by=visitor.here().actor)
        flash(_("Syncing is paused. Changes are kept and wait."))
    elif place.step.undo is Undo.DEACTIVATE_SSO and place.seen.connection:
        _take_back(place)


def _take_back(place: Place) -> None:
    connection = place.seen.connection
    if connection is None:
        raise NoConfiguration
    was_live_before = any(row.live_at and row is not connection.live for row in connection.configurations)
    if was_live_before and connection.live:
        connections.undo(connection, by=visitor.here().actor)
        flash(_("The configuration before this one is in force again."))
    else:
        connections.disable(connection, by=visitor.here().actor)
        flash(_("Sign-in is switched off again. Everything you entered is kept."))


def _activate_sso(place: Place) -> None:
    if place.seen.connection is None:
        raise NoConfiguration
    requires = request.form.get("policy") == SignInPolicy.REQUIRE and visitor.here().link is None
    connections.go_live(place.seen.connection, by=visitor.here().actor)
    if requires:
        enforcement.set_policy(place.seen.organization, SignInPolicy.REQUIRE, by=visitor.here().actor)


def _activate_scim(place: Place) -> None:
    directory, organization = place.seen.directory, place.seen.organization
    if directory is None or not connections.live_of(organization):
        raise NeedsSingleSignOn
    leavers = request.form.get("leavers", organization.leavers.value)
    if leavers in list(Leavers):
        organizations.set_policy(organization, by=visitor.here().actor, leavers=Leavers(leavers))
    directories.set_mode(directory, Mode.LIVE, by=visitor.here().actor)


DEEDS: Mapping[Action, Deed] = {
    Action.ACTIVATE_SSO: Deed(
        _l("Switch sign-in on"),
        "single sign-on",
        _l("Single sign-on is live."),
        _l("Switch it off again"),
        _activate_sso,
    ),
    Action.ACTIVATE_SCIM: Deed(
        _l("Switch syncing on"), "provisioning", _l("Syncing is live."), _l("Pause syncing"), _activate_scim
    ),
}
