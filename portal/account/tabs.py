"""The tabs: a person's own, and an organization's. To add one: a module, an entry here, its templates."""

from dataclasses import dataclass

from flask import Response, request, url_for

from portal.account import banners
from portal.models import Membership
from portal.organizations.attention import Attention
from portal.web import htmx, tenant
from portal.words import _, _l


@dataclass(frozen=True)
class Tab:
    """`permission` is empty where every member may look; `endpoints` are the further pages that belong to the tab."""

    label: str
    icon: str
    endpoint: str
    permission: str = ""
    endpoints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    label: str
    icon: str
    url: str
    current: bool


CONNECTION = tuple(f"account.show_connection{page}" for page in ("", "_options", "_keys", "_roles"))
OWN = (
    Tab(_l("Profile"), "user", "account.show_profile"),
    Tab(
        _l("Security"),
        "lock",
        "account.show_security",
        endpoints=(
            "account.show_new_passkey",
            "account.create_passkey",
            "account.show_authenticator",
            "account.create_authenticator",
            "account.create_recovery_codes",
        ),
    ),
    Tab(_l("Organizations"), "building-2", "account.list_organizations"),
)
ORGANIZATION = (
    Tab(
        _l("Members"),
        "users",
        "account.list_members",
        endpoints=("account.show_member", "account.show_batch", "account.show_owner"),
    ),
    Tab(_l("Domains"), "globe", "account.list_domains", "manage_organization"),
    Tab(
        _l("Sign-in & provisioning"),
        "shield-check",
        "account.show_sign_in",
        "manage_sso",
        endpoints=("account.list_log", "account.list_contacts", *CONNECTION),
    ),
    Tab(_l("Sign-in policy"), "lock", "account.show_sign_in_policy", "manage_sso"),
    Tab(
        _l("Activity"),
        "activity",
        "account.list_activity",
        "view_activity",
        endpoints=("account.list_receipts", "account.show_receipt"),
    ),
)

Nav = list[tuple[str, list[Item]]]


def own_nav() -> Nav:
    return [(_("Your account"), [_item(tab) for tab in OWN])]


def organization_nav(membership: Membership) -> Nav:
    """Those the person may open."""
    open_ones = [tab for tab in ORGANIZATION if not tab.permission or membership.may(tab.permission)]
    slug = membership.organization.slug
    return [(membership.organization.name, [_item(tab, slug=slug) for tab in open_ones]), *own_nav()]


def show_own(name: str, *, title: str, status: int = 200, **context: object) -> Response:
    """The page `account/<name>.html`, or its fragment `account/_<name>.html`."""
    return _show(name, own_nav(), title, status, context)


def show_organization(
    name: str, *, title: str, status: int = 200, attention: Attention | None = None, **context: object
) -> Response:
    """`attention`: where the view has looked already what cannot wait."""
    membership = tenant.membership()
    over = banners.over(membership, attention)
    context |= {"organization": membership.organization, "me": membership, "banners": over}
    context["content"] = f"account/_{name}.html"
    return _show("under_banners", organization_nav(membership), title, status, context)


def _show(name: str, nav: Nav, title: str, status: int, context: dict[str, object]) -> Response:
    fragment = f"account/_{name}.html"
    return htmx.render("account/page.html", fragment, title=title, status=status, nav=nav, inside=fragment, **context)


def _item(tab: Tab, slug: str | None = None) -> Item:
    here = request.endpoint in (tab.endpoint, *tab.endpoints)
    return Item(str(tab.label), tab.icon, url_for(tab.endpoint, slug=slug), here)
