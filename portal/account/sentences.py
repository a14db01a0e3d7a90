"""Events as sentences for people: one row per event name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.models import Event
from portal.organizations.actors import OPERATOR
from portal.organizations.setup_links import A_GUEST
from portal.words import _, _l, said

Deed = Callable[[], object]

DOORS = {
    "account": _l("on the account page"),
    "auth": _l("at sign-in"),
    "setup": _l("in guided set-up"),
    "saml": _l("through single sign-on"),
    "oidc": _l("through single sign-on"),
    "scim": _l("through the directory"),
    "api": _l("through the API"),
    "staff": _l("by support"),
    "console": _l("by the operator"),
    "worker": _l("by itself"),
}

# name: (icon, sentence). {who} is the actor, {what} the subject, the rest are the event's own data.
SENTENCES: dict[str, tuple[str, str]] = {
    "alias.added": ("plug", _l("{who} kept for {what} what its identity provider knew before: {value}")),
    "alias.removed": ("trash-2", _l("{who} ended that {value} is known here")),
    "attribute.defined": ("plus", _l("{who} added the attribute {what} for provisioning")),
    "attribute.removed": ("trash-2", _l("{who} removed the attribute {what} from provisioning")),
    "api_key.created": ("key-round", _l("{who} made the API key {what}")),
    "api_key.revoked": ("ban", _l("{who} revoked the API key {what}")),
    "break_glass_owner.lapsed": ("triangle-alert", _l("What {what} rehearsed is gone with the factor: rehearse again")),
    "break_glass_owner.named": ("life-buoy", _l("{who} named {what} a break-glass owner")),
    "break_glass_owner.rehearsed": ("badge-check", _l("{what} rehearsed the way in beside the identity provider")),
    "break_glass_owner.withdrawn": ("undo-2", _l("{who} took back that {what} is a break-glass owner")),
    "batch.confirmed": ("check", _l("{who} confirmed that it was right that many people left")),
    "batch.held": (
        "triangle-alert",
        _l("{left} of {members} people are leaving within an hour: further ones wait until somebody confirms"),
    ),
    "batch.raised": (
        "triangle-alert",
        _l("{left} of {members} people lost access within an hour: an alarm was raised"),
    ),
    "batch.restored": ("undo-2", _l("{who} brought back everybody who left at once: {people} people")),
    "client.changed": ("plug", _l("{who} changed the application {what}")),
    "client.deleted": ("trash-2", _l("{who} deleted the application {what}")),
    "client.former_secret_ended": ("ban", _l("{who} ended the former secret of {what}")),
    "client.secret_rotated": ("key-round", _l("{who} gave {what} a new secret")),
    "client.created": ("plug", _l("{who} registered the application {what}")),
    "client.signed_in": ("log-in", _l("{who} signed in to {what}")),
    "connection.created": ("plug", _l("{who} began to connect {idp}")),
    "connection.disabled": ("pause", _l("{who} switched single sign-on through {what} off")),
    "connection.idp_changed": ("refresh-cw", _l("{who} switched the guide to {idp}")),
    "connection.key_activated": ("key-round", _l("{who} put our next key {key} for {what} to work")),
    "connection.key_made": ("key-round", _l("{who} made our key {key} for {what}")),
    "connection.live": ("play", _l("{who} switched single sign-on through {what} on")),
    "connection.mapped": ("list-checks", _l("{who} chose which attributes of {what} are used")),
    "connection.keys_added": ("key-round", _l("{what} has a new signing certificate, accepted beside the present one")),
    "connection.metadata_changed": ("refresh-cw", _l("The metadata of {what} changed: look at what it proposes")),
    "connection.metadata_failed": ("triangle-alert", _l("The metadata of {what} could not be read: {problem}")),
    "connection.policy_changed": ("settings", _l("{who} changed how people sign in through {what}: {policies}")),
    "connection.staged": ("key-round", _l("{who} gave new details of {what}")),
    "connection.roles_changed": ("list-checks", _l("{who} changed which groups of {what} give which role")),
    "connection.test_failed": ("circle-x", _l("A test sign-in through {what} failed")),
    "connection.test_link_made": ("link", _l("{who} made a link for a test sign-in through {what}")),
    "connection.test_passed": ("circle-check", _l("A test sign-in through {what} passed")),
    "connection.undone": ("undo-2", _l("{who} went back to the former configuration of {what}")),
    "directory.client_created": ("key-round", _l("{who} made the OAuth client {prefix}… for {what}")),
    "directory.created": ("plug", _l("{who} began to connect the directory {what}")),
    "directory.group_roles_changed": ("list-checks", _l("{who} changed which groups give which role")),
    "directory.live": ("play", _l("{who} switched provisioning from {what} on")),
    "directory.off": ("ban", _l("{who} switched provisioning from {what} off")),
    "directory.paused": ("pause", _l("{who} paused provisioning from {what}")),
    "directory.pull_asked": ("refresh-cw", _l("{who} asked for {what} to be pulled now")),
    "directory.pull_chosen": ("list-checks", _l("{who} chose who comes over from {what}")),
    "directory.pull_connected": ("plug", _l("{who} let us read {what}, acting for {admin}")),
    "directory.pull_failed": ("triangle-alert", _l("{what} could not be pulled: {problem}")),
    "directory.pull_secret_kept": ("key-round", _l("{who} gave us the right to read {what} as {account}")),
    "directory.pulled": ("refresh-cw", _l("{what} was pulled: {created} new, {changed} changed, {gone} gone")),
    "directory.shadow": ("eye", _l("{who} set {what} to receive without applying")),
    "directory.token_brought": ("key-round", _l("{who} kept the token {prefix}… that {what} had before")),
    "directory.token_issued": ("key-round", _l("{who} made the token {prefix}… for {what}")),
    "directory.token_revoked": ("ban", _l("{who} revoked the token {prefix}… of {what}")),
    "domain.claimed": ("globe", _l("{who} put {what} on the list of domains")),
    "domain.bound": ("plug", _l("{who} chose that people of {what} sign in through {connection}")),
    "domain.found": ("badge-check", _l("The TXT record of {what} is there again")),
    "domain.lost": ("triangle-alert", _l("{what} does not count any more: its TXT record is gone")),
    "domain.missing": ("triangle-alert", _l("The TXT record of {what} is gone; the domain counts until {until}")),
    "domain.removed": ("trash-2", _l("{who} removed the domain {what}")),
    "domain.verified": ("badge-check", _l("{what} was verified")),
    "invitation.accepted": ("check", _l("{what} accepted an invitation")),
    "invitation.revoked": ("undo-2", _l("{who} took the invitation of {what} back")),
    "invitation.sent": ("send", _l("{who} invited {what} as {role}")),
    "it_contact.added": ("mail", _l("{who} added {what} to the contacts in IT")),
    "it_contact.changed": ("mail", _l("{who} changed what {what} is told")),
    "it_contact.named": ("mail", _l("Whoever holds a setup link named {what} as a contact in IT")),
    "it_contact.removed": ("trash-2", _l("{who} removed {what} from the contacts in IT")),
    "it_contact.trusted": ("badge-check", _l("{who} vouched for {what} as a contact in IT")),
    "member.added": ("user-check", _l("{what} became a member")),
    "member.changed": ("user", _l("The {fields} of {what} changed")),
    "member.removed": ("user-x", _l("{what} was removed")),
    "member.restored": ("user-check", _l("{what} is active again")),
    "member.role_changed": ("shield-check", _l("{what} is now {role}")),
    "member.signed_in": ("log-in", _l("{what} signed in through single sign-on")),
    "member.suspended": ("pause", _l("{what} was suspended")),
    "organization.default_role_changed": ("shield-check", _l("{who} made {role} the default role")),
    "organization.plan_changed": ("settings", _l("{who} changed the plan to {plan}")),
    "organization.created": ("building-2", _l("{who} created the organization")),
    "organization.deleted": ("trash-2", _l("{who} deleted the organization {what}")),
    "organization.deadline_near": ("clock", _l("{thing} ends in {days} days or less: a notice was sent")),
    "organization.owner_named": ("shield-check", _l("{who} handed the vacant owner’s seat to {what}")),
    "organization.owner_vacant": (
        "triangle-alert",
        _l("The last owner, {what}, is gone: nobody owns the organization now"),
    ),
    "organization.policy_changed": ("settings", _l("{who} changed a policy of the organization")),
    "organization.renamed": ("building-2", _l("{who} renamed the organization to {name}")),
    "organization.sign_in_policy_changed": ("shield-check", _l("{who} set single sign-on to: {policy}")),
    "organization_key.created": ("key-round", _l("{who} made the API key {prefix}… ({what})")),
    "organization_key.revoked": ("ban", _l("{who} revoked the API key {prefix}… ({what})")),
    "permission.defined": ("shield-check", _l("{who} defined the permission {key}")),
    "permission.removed": ("trash-2", _l("{who} removed the permission {key}")),
    "role.defined": ("shield-check", _l("{who} defined the role {what}")),
    "role.removed": ("trash-2", _l("{who} removed the role {what}")),
    "session.break_glass": (
        "triangle-alert",
        _l("{what} came in beside the identity provider that everybody else must use"),
    ),
    "session.opened": ("log-in", _l("{what} opened a session")),
    "session.revoked": ("log-out", _l("A session of {what} was ended")),
    "directory.idp_changed": ("refresh-cw", _l("{who} switched the provisioning guide to {idp}")),
    "signing_key.created": ("key-round", _l("{who} made the next signing key")),
    "setup.guide_changed": ("refresh-cw", _l("{who} switched to another guide")),
    "setup.handed_back": ("undo-2", _l("{who} finished the set-up and asks somebody here to switch it on")),
    "setup.started": ("play", _l("{who} began guided set-up")),
    "setup.sent_back": ("undo-2", _l("{who} sent the set-up back: {words}")),
    "setup_link.asked_for": ("clock", _l("Whoever works with a setup link asks for more time")),
    "setup_link.code_sent": ("mail", _l("A code for a setup link was mailed to the address it is for")),
    "setup_link.created": ("link", _l("{who} made a setup link")),
    "setup_link.extended": ("clock", _l("{who} extended a setup link by {days} days")),
    "setup_link.opened": ("external-link", _l("Somebody opened a setup link")),
    "setup_link.revoked": ("ban", _l("{who} took a setup link back")),
    "user.authenticator_removed": ("trash-2", _l("{what} removed their authenticator app")),
    "user.authenticator_set_up": ("smartphone", _l("{what} set up an authenticator app")),
    "support_grant.given": ("life-buoy", _l("{who} shared the provisioning log with support for {days} days")),
    "support_grant.revoked": ("ban", _l("{who} took the look at the provisioning log back from support")),
    "support_grant.used": ("eye", _l("{who} of support looked at the provisioning log")),
    "user.changed": ("user", _l("{what} changed their profile")),
    "user.created": ("user", _l("An account was made for {what}")),
    "user.factors_forgotten": ("life-buoy", _l("{who} took every second factor of {what} away")),
    "user.mail_link_sent": ("mail", _l("A sign-in link was mailed to {what}")),
    "user.passkey_added": ("key-round", _l("{what} added the passkey {passkey}")),
    "user.passkey_removed": ("trash-2", _l("{what} removed the passkey {passkey}")),
    "user.passkey_renamed": ("key-round", _l("{what} renamed a passkey to {passkey}")),
    "user.mail_link_unknown": ("mail", _l("A sign-in link was asked for at an address nobody has")),
    "user.password_changed": ("lock", _l("{what} changed their password")),
    "user.recovery_code_used": ("life-buoy", _l("{what} used a recovery code")),
    "user.recovery_codes_made": ("life-buoy", _l("{what} made recovery codes")),
    "webhook.changed": ("refresh-cw", _l("{who} changed a webhook")),
    "webhook.created": ("send", _l("{who} made a webhook to {url}")),
    "webhook.deleted": ("trash-2", _l("{who} deleted the webhook to {url}")),
    "webhook.disabled": ("triangle-alert", _l("A webhook was switched off: {because}")),
    "webhook.secret_rotated": ("key-round", _l("{who} gave a webhook a new secret")),
}


@dataclass(frozen=True)
class Told:
    icon: str
    words: str
    where: str
    at: datetime


def tell(event: Event) -> Told:
    icon, sentence = SENTENCES.get(event.name, ("info", event.name))
    words = {"who": _who(event.actor_label), "what": event.subject_label or _("somebody")}
    data = {name: _plain(name, value) for name, value in event.data.items()}
    said = str(sentence).format_map(_Forgiving(data | words))
    return Told(icon, said, str(DOORS.get(event.door, event.door)), event.at)


def _who(label: str) -> str:
    return _(label) if label in NAMELESS else label or _("Somebody")


NAMELESS = frozenset({OPERATOR.label, A_GUEST})
KEPT = frozenset({"problem", "because"})
"""Sentences that are kept with an event, in English."""


class _Forgiving(dict[str, str]):
    """An old event may lack what a newer sentence mentions."""

    def __missing__(self, name: str) -> str:
        return "…"


def _plain(name: str, value: object) -> str:
    if name in KEPT and value:
        return said(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
