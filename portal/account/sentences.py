"""Events as sentences for people: one row per event name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.models import Event

Deed = Callable[[], object]

DOORS = {
    "account": "on the account page", "auth": "at sign-in", "setup": "in guided set-up", "saml": "through single sign-on",
    "oidc": "through single sign-on", "scim": "through the directory", "api": "through the API", "staff": "by support",
    "console": "by the operator", "worker": "by itself",
}  # fmt: skip

# name: (icon, sentence). {who} is the actor, {what} the subject, the rest are the event's own data.
SENTENCES: dict[str, tuple[str, str]] = {
    "alias.added": ("plug", "{who} kept for {what} what its identity provider knew before: {value}"),
    "alias.removed": ("trash-2", "{who} ended that {value} is known here"),
    "attribute.defined": ("plus", "{who} added the attribute {what} for provisioning"),
    "attribute.removed": ("trash-2", "{who} removed the attribute {what} from provisioning"),
    "api_key.created": ("key-round", "{who} made the API key {what}"),
    "api_key.revoked": ("ban", "{who} revoked the API key {what}"),
    "break_glass_owner.lapsed": ("triangle-alert", "What {what} rehearsed is gone with the factor: rehearse again"),
    "break_glass_owner.named": ("life-buoy", "{who} named {what} a break-glass owner"),
    "break_glass_owner.rehearsed": ("badge-check", "{what} rehearsed the way in beside the identity provider"),
    "break_glass_owner.withdrawn": ("undo-2", "{who} took back that {what} is a break-glass owner"),
    "batch.confirmed": ("check", "{who} confirmed that it was right that many people left"),
    "batch.held": (
        "triangle-alert",
        "{left} of {members} people are leaving within an hour: further ones wait until somebody confirms",
    ),
    "batch.raised": ("triangle-alert", "{left} of {members} people lost access within an hour: an alarm was raised"),
    "batch.restored": ("undo-2", "{who} brought back everybody who left at once: {people} people"),
    "client.changed": ("plug", "{who} changed the application {what}"),
    "client.deleted": ("trash-2", "{who} deleted the application {what}"),
    "client.former_secret_ended": ("ban", "{who} ended the former secret of {what}"),
    "client.secret_rotated": ("key-round", "{who} gave {what} a new secret"),
    "client.created": ("plug", "{who} registered the application {what}"),
    "client.signed_in": ("log-in", "{who} signed in to {what}"),
    "connection.created": ("plug", "{who} began to connect {idp}"),
    "connection.disabled": ("pause", "{who} switched single sign-on through {what} off"),
    "connection.idp_changed": ("refresh-cw", "{who} switched the guide to {idp}"),
    "connection.key_activated": ("key-round", "{who} put our next key {key} for {what} to work"),
    "connection.key_made": ("key-round", "{who} made our key {key} for {what}"),
    "connection.live": ("play", "{who} switched single sign-on through {what} on"),
    "connection.mapped": ("list-checks", "{who} chose which attributes of {what} are used"),
    "connection.keys_added": ("key-round", "{what} has a new signing certificate, accepted beside the present one"),
    "connection.metadata_changed": ("refresh-cw", "The metadata of {what} changed: look at what it proposes"),
    "connection.metadata_failed": ("triangle-alert", "The metadata of {what} could not be read: {problem}"),
    "connection.policy_changed": ("settings", "{who} changed how people sign in through {what}: {policies}"),
    "connection.staged": ("key-round", "{who} gave new details of {what}"),
    "connection.roles_changed": ("list-checks", "{who} changed which groups of {what} give which role"),
    "connection.test_failed": ("circle-x", "A test sign-in through {what} failed"),
    "connection.test_link_made": ("link", "{who} made a link for a test sign-in through {what}"),
    "connection.test_passed": ("circle-check", "A test sign-in through {what} passed"),
    "connection.undone": ("undo-2", "{who} went back to the former configuration of {what}"),
    "directory.client_created": ("key-round", "{who} made the OAuth client {prefix}… for {what}"),
    "directory.created": ("plug", "{who} began to connect the directory {what}"),
    "directory.group_roles_changed": ("list-checks", "{who} changed which groups give which role"),
    "directory.live": ("play", "{who} switched provisioning from {what} on"),
    "directory.off": ("ban", "{who} switched provisioning from {what} off"),
    "directory.paused": ("pause", "{who} paused provisioning from {what}"),
    "directory.pull_asked": ("refresh-cw", "{who} asked for {what} to be pulled now"),
    "directory.pull_chosen": ("list-checks", "{who} chose who comes over from {what}"),
    "directory.pull_connected": ("plug", "{who} let us read {what}, acting for {admin}"),
    "directory.pull_failed": ("triangle-alert", "{what} could not be pulled: {problem}"),
    "directory.pull_secret_kept": ("key-round", "{who} gave us the right to read {what} as {account}"),
    "directory.pulled": ("refresh-cw", "{what} was pulled: {created} new, {changed} changed, {gone} gone"),
    "directory.shadow": ("eye", "{who} set {what} to receive without applying"),
    "directory.token_brought": ("key-round", "{who} kept the token {prefix}… that {what} had before"),
    "directory.token_issued": ("key-round", "{who} made the token {prefix}… for {what}"),
    "directory.token_revoked": ("ban", "{who} revoked the token {prefix}… of {what}"),
    "domain.claimed": ("globe", "{who} put {what} on the list of domains"),
    "domain.bound": ("plug", "{who} chose that people of {what} sign in through {connection}"),
    "domain.found": ("badge-check", "The TXT record of {what} is there again"),
    "domain.lost": ("triangle-alert", "{what} does not count any more: its TXT record is gone"),
    "domain.missing": ("triangle-alert", "The TXT record of {what} is gone; the domain counts until {until}"),
    "domain.removed": ("trash-2", "{who} removed the domain {what}"),
    "domain.verified": ("badge-check", "{what} was verified"),
    "invitation.accepted": ("check", "{what} accepted an invitation"),
    "invitation.revoked": ("undo-2", "{who} took the invitation of {what} back"),
    "invitation.sent": ("send", "{who} invited {what} as {role}"),
    "it_contact.added": ("mail", "{who} added {what} to the contacts in IT"),
    "it_contact.changed": ("mail", "{who} changed what {what} is told"),
    "it_contact.named": ("mail", "Whoever holds a setup link named {what} as a contact in IT"),
    "it_contact.removed": ("trash-2", "{who} removed {what} from the contacts in IT"),
    "it_contact.trusted": ("badge-check", "{who} vouched for {what} as a contact in IT"),
    "member.added": ("user-check", "{what} became a member"),
    "member.changed": ("user", "The {fields} of {what} changed"),
    "member.removed": ("user-x", "{what} was removed"),
    "member.restored": ("user-check", "{what} is active again"),
    "member.role_changed": ("shield-check", "{what} is now {role}"),
    "member.signed_in": ("log-in", "{what} signed in through single sign-on"),
    "member.suspended": ("pause", "{what} was suspended"),
    "organization.default_role_changed": ("shield-check", "{who} made {role} the default role"),
    "organization.plan_changed": ("settings", "{who} changed the plan to {plan}"),
    "organization.created": ("building-2", "{who} created the organization"),
    "organization.deadline_near": ("clock", "{thing} ends in {days} days or less: a notice was sent"),
    "organization.owner_named": ("shield-check", "{who} handed the vacant owner’s seat to {what}"),
    "organization.owner_vacant": (
        "triangle-alert",
        "The last owner, {what}, is gone: nobody owns the organization now",
    ),
    "organization.policy_changed": ("settings", "{who} changed a policy of the organization"),
    "organization.renamed": ("building-2", "{who} renamed the organization to {name}"),
    "organization.sign_in_policy_changed": ("shield-check", "{who} set single sign-on to: {policy}"),
    "organization_key.created": ("key-round", "{who} made the API key {prefix}… ({what})"),
    "organization_key.revoked": ("ban", "{who} revoked the API key {prefix}… ({what})"),
    "permission.defined": ("shield-check", "{who} defined the permission {key}"),
    "permission.removed": ("trash-2", "{who} removed the permission {key}"),
    "role.defined": ("shield-check", "{who} defined the role {what}"),
    "role.removed": ("trash-2", "{who} removed the role {what}"),
    "session.break_glass": (
        "triangle-alert",
        "{what} came in beside the identity provider that everybody else must use",
    ),
    "session.opened": ("log-in", "{what} opened a session"),
    "session.revoked": ("log-out", "A session of {what} was ended"),
    "directory.idp_changed": ("refresh-cw", "{who} switched the provisioning guide to {idp}"),
    "signing_key.created": ("key-round", "{who} made the next signing key"),
    "setup.guide_changed": ("refresh-cw", "{who} switched to another guide"),
    "setup.handed_back": ("undo-2", "{who} finished the set-up and asks somebody here to switch it on"),
    "setup.started": ("play", "{who} began guided set-up"),
    "setup.sent_back": ("undo-2", "{who} sent the set-up back: {words}"),
    "setup_link.asked_for": ("clock", "Whoever works with a setup link asks for more time"),
    "setup_link.code_sent": ("mail", "A code for a setup link was mailed to the address it is for"),
    "setup_link.created": ("link", "{who} made a setup link"),
    "setup_link.extended": ("clock", "{who} extended a setup link by {days} days"),
    "setup_link.opened": ("external-link", "Somebody opened a setup link"),
    "setup_link.revoked": ("ban", "{who} took a setup link back"),
    "user.authenticator_removed": ("trash-2", "{what} removed their authenticator app"),
    "user.authenticator_set_up": ("smartphone", "{what} set up an authenticator app"),
    "support_grant.given": ("life-buoy", "{who} shared the provisioning log with support for {days} days"),
    "support_grant.revoked": ("ban", "{who} took the look at the provisioning log back from support"),
    "support_grant.used": ("eye", "{who} of support looked at the provisioning log"),
    "user.changed": ("user", "{what} changed their profile"),
    "user.created": ("user", "An account was made for {what}"),
    "user.factors_forgotten": ("life-buoy", "{who} took every second factor of {what} away"),
    "user.mail_link_sent": ("mail", "A sign-in link was mailed to {what}"),
    "user.passkey_added": ("key-round", "{what} added the passkey {passkey}"),
    "user.passkey_removed": ("trash-2", "{what} removed the passkey {passkey}"),
    "user.passkey_renamed": ("key-round", "{what} renamed a passkey to {passkey}"),
    "user.mail_link_unknown": ("mail", "A sign-in link was asked for at an address nobody has"),
    "user.password_changed": ("lock", "{what} changed their password"),
    "user.recovery_code_used": ("life-buoy", "{what} used a recovery code"),
    "user.recovery_codes_made": ("life-buoy", "{what} made recovery codes"),
    "webhook.changed": ("refresh-cw", "{who} changed a webhook"),
    "webhook.created": ("send", "{who} made a webhook to {url}"),
    "webhook.deleted": ("trash-2", "{who} deleted the webhook to {url}"),
    "webhook.disabled": ("triangle-alert", "A webhook was switched off: {because}"),
    "webhook.secret_rotated": ("key-round", "{who} gave a webhook a new secret"),
}


@dataclass(frozen=True)
class Told:
    icon: str
    words: str
    where: str
    at: datetime


def tell(event: Event) -> Told:
    icon, sentence = SENTENCES.get(event.name, ("info", event.name))
    words = {"who": event.actor_label or "Somebody", "what": event.subject_label or "somebody"}
    data = {name: _plain(value) for name, value in event.data.items()}
    return Told(icon, sentence.format_map(_Forgiving(data | words)), DOORS.get(event.door, event.door), event.at)


class _Forgiving(dict[str, str]):
    """An old event may lack what a newer sentence mentions."""

    def __missing__(self, name: str) -> str:
        return "…"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
