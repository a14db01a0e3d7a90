"""Who is this? A person an IdP vouches for becomes a member of that organization, and of no other (design.md §3)."""

from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.extensions import db
from portal.models import (
    Connection,
    ConnectionIdentity,
    Directory,
    DirectoryUser,
    Membership,
    Organization,
    Outsiders,
    Source,
    User,
)
from portal.models.base import key, now
from portal.organizations import (
    connection_domains,
    connection_roles,
    connections,
    directories,
    domains,
    events,
    members,
    profiles,
    users,
)
from portal.organizations.actors import Actor
from portal.organizations.refusals import (
    AmbiguousPerson,
    MembershipEnded,
    NoEmail,
    NotAMember,
    NotProvisioned,
    OutsideVerifiedDomains,
    SuspendedByDirectory,
)

LONGEST = 512


class Identity(Protocol):
    """What the verified word of an IdP says of a person. `account` is its name for them as names are compared, empty where
    it changes at every sign-in; `is_forever` that this name is never given to somebody else; `user_name` what they type to
    sign in there, as far as it says so."""

    @property
    def issuer(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def user_name(self) -> str: ...
    @property
    def is_forever(self) -> bool: ...
    @property
    def email(self) -> str: ...
    @property
    def given_name(self) -> str: ...
    @property
    def family_name(self) -> str: ...
    @property
    def display_name(self) -> str: ...
    @property
    def stable_id(self) -> str: ...
    @property
    def groups(self) -> tuple[str, ...]: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def groups_left_out(self) -> bool: ...


def through(connection: Connection, identity: Identity, *, by: Actor) -> Membership:
    """The membership this person comes in with; a refusal says, in words for them, why not.

    Order: the account (connection, the IdP's name for it) seen before, or the same stable id under a former name; then the
    directory's stable id, user name or e-mail; then the e-mail of a member; then, where nobody else decides who works there,
    just in time.
    """
    connections.require_allowed(connection.organization)
    account, known = _known_account(connection, identity) or (None, None)
    membership = known or _from_directory(connection, identity) or _by_email(connection, identity)
    if membership is None:
        membership = _just_in_time(connection, identity, by)
    _require_access(membership)
    connection_domains.require_open_to(connection, (identity.email, membership.user.email))
    _remember(connection, identity, membership, account)
    if directories.live_of(connection.organization_id) is None:
        _follow(connection, identity, membership, by)
    events.record("member.signed_in", connection.organization_id, membership, by=by, connection=str(connection.id))
    return membership


def _follow(connection: Connection, identity: Identity, membership: Membership, by: Actor) -> None:
    """Where no directory decides, the IdP's word at sign-in does: name, address, role."""
    profiles.follow(membership, name=_name(identity), email=identity.email, by=by)
    connection_roles.give(membership, connection_roles.role_for(connection, identity), by=by)


def _known_account(connection: Connection, identity: Identity) -> tuple[ConnectionIdentity, Membership] | None:
    if not identity.account:
        return None
    same = [ConnectionIdentity.subject == identity.account]
    if identity.stable_id:
        same.append(ConnectionIdentity.stable_id == identity.stable_id[:LONGEST])
    query = _accounts(connection, identity).where(sa.or_(*same)).order_by(ConnectionIdentity.issuer.desc())
    accounts = db.session.scalars(query).all()
    account = next((one for one in accounts if one.subject == identity.account), None)
    if account and _was_somebody_else(connection, account, identity):
        raise AmbiguousPerson
    account = account or next(iter(sorted(accounts, key=lambda one: one.last_seen_at, reverse=True)), None)
    return (account, db.session.get_one(Membership, account.membership_id)) if account else None


def _accounts(connection: Connection, identity: Identity) -> "sa.Select[ConnectionIdentity]":
    """Those of this very IdP: a name from the one before it may be somebody else's now."""
    return sa.select(ConnectionIdentity).where(
        ConnectionIdentity.organization_id == connection.organization_id,
        ConnectionIdentity.connection_id == connection.id,
        ConnectionIdentity.issuer.in_((identity.issuer[:LONGEST], "")),
    )


def _was_somebody_else(connection: Connection, account: ConnectionIdentity, identity: Identity) -> bool:
    """A name that can be given to the next person, such as an address, now comes with another id that cannot. Only where an
    admin chose which attribute that id is."""
    chosen = connection.live is not None and connection.live.configuration.mapping.get("stable_id")
    known = account.stable_id and identity.stable_id and account.stable_id != identity.stable_id[:LONGEST]
    return bool(chosen and known and not identity.is_forever)


def _from_directory(connection: Connection, identity: Identity) -> Membership | None:
    """A live directory decides: who is not in it, or waits there, does not come in."""
    directory = directories.live_of(connection.organization_id)
    if directory is None:
        return None
    found = _directory_users(directory, identity)
    person = next(iter(found), None)
    if person is None or person.membership_id is None:
        raise NotProvisioned
    return db.session.scalars(
        sa.select(Membership).where(
            Membership.organization_id == connection.organization_id, Membership.id == person.membership_id
        )
    ).one()


def _directory_users(directory: Directory, identity: Identity) -> list[DirectoryUser]:
    """The strongest match first: stable id, then user name, then e-mail."""
    matches = [DirectoryUser.user_name_key == key(identity.user_name)] if identity.user_name else []
    if identity.stable_id:
        matches.append(DirectoryUser.external_id == identity.stable_id)
    if identity.email:
        matches.append(DirectoryUser.email_key == key(identity.email))
        matches.append(DirectoryUser.user_name_key == key(identity.email))
    by_stable_id = DirectoryUser.external_id == identity.stable_id if identity.stable_id else sa.false()
    order = sa.case((by_stable_id, 0), (DirectoryUser.user_name_key == key(identity.user_name), 1), else_=2)
    query = sa.select(DirectoryUser).where(
        DirectoryUser.organization_id == directory.organization_id,
        DirectoryUser.directory_id == directory.id,
        sa.or_(sa.false(), *matches),
    )
    return list(db.session.scalars(query.order_by(order, DirectoryUser.id).limit(2)))


def _by_email(connection: Connection, identity: Identity) -> Membership | None:
    """Somebody who is a member of this organization already; never anybody by e-mail in another one."""
    if not identity.email:
        raise NoEmail
    membership = db.session.scalars(
        sa.select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.organization_id == connection.organization_id, User.email_key == key(identity.email))
        .order_by(User.home_organization_id.is_(None))
        .limit(1)
    ).first()
    if membership and _signs_in_differently(connection, membership, identity):
        raise AmbiguousPerson
    return membership


def _signs_in_differently(connection: Connection, membership: Membership, identity: Identity) -> bool:
    """The same e-mail under a second name: an address given to a new person must not bring the former one's account."""
    if not identity.account or key(identity.account) == membership.user.email_key:
        return False
    other = _accounts(connection, identity).where(ConnectionIdentity.membership_id == membership.id)
    return db.session.scalars(other.limit(1)).first() is not None


def _just_in_time(connection: Connection, identity: Identity, by: Actor) -> Membership:
    organization = connection.organization
    if not organization.just_in_time:
        raise NotAMember
    email = users.checked(identity.email)
    name = _name(identity)
    user = _user_for(organization, email, name, by)
    role = connection_roles.role_for(connection, identity) or organization.default_role
    return members.add(organization, user, by=by, role=role, source=Source.SSO, email=email, name=name)


def _user_for(organization: Organization, email: str, name: str, by: Actor) -> User:
    """Within its verified domains an organization speaks for the person; outside, for an account of its own only."""
    if domains.is_verified(organization.id, email):
        return users.find(email) or users.create(email, by=by, name=name, verified=True)
    if organization.outsiders is Outsiders.REVIEW:
        raise OutsideVerifiedDomains
    return users.create(email, by=by, name=name, home=organization)


def _name(identity: Identity) -> str:
    return identity.display_name or f"{identity.given_name} {identity.family_name}".strip()


def _require_access(membership: Membership) -> None:
    """Just-in-time provisioning never revives anybody."""
    if membership.active:
        return
    raise SuspendedByDirectory if membership.suspended_by_directory else MembershipEnded


def _remember(
    connection: Connection, identity: Identity, membership: Membership, account: ConnectionIdentity | None
) -> None:
    if not identity.account:
        return
    if account is None or account.subject != identity.account:
        account = ConnectionIdentity(
            organization_id=connection.organization_id,
            connection_id=connection.id,
            membership_id=membership.id,
            subject=identity.account,
        )
        db.session.add(account)
    account.issuer, account.stable_id = identity.issuer[:LONGEST], identity.stable_id[:LONGEST] or None
    account.last_seen_at = now()


def subject(name_id: str) -> str:
    """NameIDs that are e-mail addresses compare without case; all others to the letter (SAML core §8.3)."""
    return (key(name_id) if "@" in name_id else name_id)[:LONGEST]
