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

TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


class Identity(Protocol):
    """What a verified assertion says of a person."""

    @property
    def name_id(self) -> str: ...
    @property
    def name_id_format(self) -> str: ...
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

    Order: the account (connection, NameID) seen before, or the same stable id under a former NameID; then the directory's
    stable id, user name or e-mail; then the e-mail of a member; then, where nobody else decides who works there, just in
    time.
    """
    connections.require_allowed(connection.organization)
    known = _known_account(connection, identity)
    membership = known or _from_directory(connection, identity) or _by_email(connection, identity)
    if membership is None:
        membership = _just_in_time(connection, identity, by)
    _require_access(membership)
    connection_domains.require_open_to(connection, (identity.email, membership.user.email))
    _remember(connection, identity, membership)
    if directories.live_of(connection.organization_id) is None:
        _follow(connection, identity, membership, by)
    events.record("member.signed_in", connection.organization_id, membership, by=by, connection=str(connection.id))
    return membership


def _follow(connection: Connection, identity: Identity, membership: Membership, by: Actor) -> None:
    """Where no directory decides, the IdP's word at sign-in does: name, address, role."""
    profiles.follow(membership, name=_name(identity), email=identity.email, by=by)
    connection_roles.give(membership, connection_roles.role_for(connection, identity), by=by)


def _known_account(connection: Connection, identity: Identity) -> Membership | None:
    if identity.name_id_format == TRANSIENT:
        return None
    wanted = subject(identity.name_id)
    same = [ConnectionIdentity.subject == wanted]
    if identity.stable_id:
        same.append(ConnectionIdentity.stable_id == identity.stable_id[:512])
    ours = (
        ConnectionIdentity.organization_id == connection.organization_id,
        ConnectionIdentity.connection_id == connection.id,
    )
    accounts = db.session.scalars(sa.select(ConnectionIdentity).where(*ours, sa.or_(*same))).all()
    account = next((one for one in accounts if one.subject == wanted), None)
    if account and _was_somebody_else(connection, account, identity):
        raise AmbiguousPerson
    account = account or next(iter(sorted(accounts, key=lambda one: one.last_seen_at, reverse=True)), None)
    return db.session.get_one(Membership, account.membership_id) if account else None


def _was_somebody_else(connection: Connection, account: ConnectionIdentity, identity: Identity) -> bool:
    """A name that can be given to the next person, such as an address, now comes with another id that cannot. Only where an
    admin chose which attribute that id is; a persistent NameID is never given again (SAML core §8.3.7)."""
    chosen = connection.live is not None and connection.live.saml.mapping.get("stable_id")
    known = account.stable_id and identity.stable_id and account.stable_id != identity.stable_id[:512]
    return bool(chosen and known and identity.name_id_format != PERSISTENT)


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
    matches = [DirectoryUser.user_name_key == key(identity.name_id)]
    if identity.stable_id:
        matches.append(DirectoryUser.external_id == identity.stable_id)
    if identity.email:
        matches.append(DirectoryUser.email_key == key(identity.email))
        matches.append(DirectoryUser.user_name_key == key(identity.email))
    by_stable_id = DirectoryUser.external_id == identity.stable_id if identity.stable_id else sa.false()
    order = sa.case((by_stable_id, 0), (DirectoryUser.user_name_key == key(identity.name_id), 1), else_=2)
    query = sa.select(DirectoryUser).where(
        DirectoryUser.organization_id == directory.organization_id,
        DirectoryUser.directory_id == directory.id,
        sa.or_(*matches),
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
    """The same e-mail under a second NameID: an address given to a new person must not bring the former one's account."""
    if identity.name_id_format == TRANSIENT or key(identity.name_id) == membership.user.email_key:
        return False
    other = sa.select(ConnectionIdentity.id).where(
        ConnectionIdentity.organization_id == connection.organization_id,
        ConnectionIdentity.connection_id == connection.id,
        ConnectionIdentity.membership_id == membership.id,
    )
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


def _remember(connection: Connection, identity: Identity, membership: Membership) -> None:
    """The account (connection, NameID), with the id that outlives a change of the name."""
    if identity.name_id_format == TRANSIENT:
        return
    seen = {"last_seen_at": now(), "stable_id": identity.stable_id[:512] or None}
    known = sa.update(ConnectionIdentity).where(
        ConnectionIdentity.organization_id == connection.organization_id,
        ConnectionIdentity.connection_id == connection.id,
        ConnectionIdentity.subject == subject(identity.name_id),
    )
    if db.session.execute(known.values(seen)).rowcount:  # type: ignore[attr-defined]
        return
    row = ConnectionIdentity(
        organization_id=connection.organization_id, connection_id=connection.id, membership_id=membership.id,
        subject=subject(identity.name_id), **seen,
    )  # fmt: skip
    db.session.add(row)


def subject(name_id: str) -> str:
    """NameIDs that are e-mail addresses compare without case; all others to the letter (SAML core §8.3)."""
    return (key(name_id) if "@" in name_id else name_id)[:512]
