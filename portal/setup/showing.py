"""Making the page of a step: the words from the guide, the drawing, the rail, and what this kind of step adds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, g, url_for
from markupsafe import Markup

from portal.google.accounts import SCOPES
from portal.models import ScimToken
from portal.settings import current
from portal.setup import guides, visitor
from portal.setup.places import Place
from portal.web.htmx import render
from portal.words import _, _l
from wizards import words
from wizards.choices import Ref


@dataclass(frozen=True)
class End:
    """The button at the foot of a step. `primary` where it is the one thing to do; hidden where the step has its own."""

    label: str = _l("Continue")
    primary: bool = True
    shown: bool = True
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Redo:
    """Something stood in the way: the same step again, with words on top and what was typed."""

    words: tuple[str, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)
    status: int = 422


@dataclass(frozen=True)
class FreshToken:
    """A token and its secret, in the one answer that ever shows it."""

    row: ScimToken
    secret: str


def page(place: Place, slots: Mapping[str, Markup], end: End, redo: Redo | None = None) -> Response:
    """The whole page, or its inside for HTMX."""
    app = words.App(current().app_name)
    organization = words.Org(place.seen.organization.name)
    values = our_values(place)
    said = words.render(
        place.wizard, place.step, org=organization, app=app, variant=place.variant,
        values=values, facts=place.seen.facts, slot=words.Slot(**slots),
    )  # fmt: skip
    drawing = words.draw(place.wizard, place.step, variant=place.variant, values=values, app=app, org=organization)
    return render(
        "setup/step.html", "setup/_step.html", title=_(place.step.title), status=redo.status if redo else 200,
        place=place, words=said, drawing=drawing, end=end, problems=redo.words if redo else (),
        trouble=guides.trouble(place.wizard, place.step, place.seen.protocol), home=home(), then=then(place), news=False,
        organization=place.seen.organization,
    )  # fmt: skip


def our_values(place: Place) -> dict[str, str]:
    """What is copied into the console. A token is never among them: it is shown once, in the answer that made it."""
    connection, directory = place.seen.connection, place.seen.directory
    values = {ref.value: "" for ref in Ref}
    if connection:
        values |= {
            Ref.ACS_URL.value: connection.acs_url,
            Ref.ENTITY_ID.value: connection.entity_id,
            Ref.LOGIN_URL.value: f"{connection.entity_id}/login",
            Ref.METADATA_URL.value: connection.metadata_url,
            Ref.CALLBACK_URL.value: connection.callback_url,
            Ref.SIGNED_OUT_URL.value: connection.signed_out_url,
            Ref.BACKCHANNEL_URL.value: f"{connection.client_url}/logout",
            Ref.INITIATE_URL.value: f"{connection.client_url}/login",
        }
    if directory:
        values[Ref.SCIM_BASE_URL.value] = directory.base_url
    if place.seen.pull:
        values |= {Ref.PULL_CLIENT_ID.value: place.seen.pull.client_id, Ref.PULL_SCOPES.value: ",".join(SCOPES)}
    return values


def then(place: Place) -> str:
    """After sign-in comes provisioning, where this provider can push and this visitor may."""
    if place.flow_name == "scim" or place.wizard.provisioning is None or "scim" not in visitor.here().scopes:
        return ""
    return url_for("setup.choose_idp", slug=g.organization.slug, flow="scim")


def home() -> str:
    """Where somebody goes who leaves the guide: the settings; a holder of a link has none."""
    if visitor.here().link:
        return ""
    return url_for("account.show_sign_in", slug=g.organization.slug)
