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
    Role,
    Source,
    User,
)
from portal.models.base import key, now
from portal.organizations import connections, directories, domains, events, members, users
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
    it changes at every sign-in; `user_name` what they type to sign in there, as far as it says so."""

    @property
    def issuer(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def user_name(self) -> str: ...
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


def through(connection: Connection, identity: Identity, *, by: Actor) -> Membership:
    """The membership this person comes in with; a refusal says, in words for them, why not.

    Order: the account (connection, the IdP's name for it) seen before; then the directory's stable id, user name or e-mail;
    then the e-mail of a member; then, where nobody else decides who works there, just in time.
    """
    connections.require_allowed(connection.organization)
    account, known = _known_account(connection, identity) or (None, None)
    membership = known or _from_directory(connection, identity) or _by_email(connection, identity)
    if membership is None:
        membership = _just_in_time(connection, identity, by)
    _require_access(membership)
    _remember(connection, identity, membership, account)
    events.record("member.signed_in", connection.organization_id, membership, by=by, connection=str(connection.id))
    return membership


def _known_account(connection: Connection, identity: Identity) -> tuple[ConnectionIdentity, Membership] | None:
    if not identity.account:
        return None
    here = sa.and_(
        ConnectionIdentity.membership_id == Membership.id,
        ConnectionIdentity.organization_id == Membership.organization_id,
    )
    named = _accounts(connection, identity).where(ConnectionIdentity.subject == identity.account)
    found = named.join(Membership, here).add_columns(Membership).order_by(ConnectionIdentity.issuer.desc()).limit(1)
    row = db.session.execute(found).one_or_none()
    return (row[0], row[1]) if row else None


def _accounts(connection: Connection, identity: Identity) -> "sa.Select[ConnectionIdentity]":
    """Those of this very IdP: a name from the one before it may be somebody else's now."""
    return sa.select(ConnectionIdentity).where(
        ConnectionIdentity.organization_id == connection.organization_id,
        ConnectionIdentity.connection_id == connection.id,
        ConnectionIdentity.issuer.in_((identity.issuer[:LONGEST], "")),
    )


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
    order = sa.case(
        (DirectoryUser.external_id == (identity.stable_id or None), 0),
        (DirectoryUser.user_name_key == key(identity.user_name), 1),
        else_=2,
    )
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
    """The same e-mail under a second name: an address given to a new person must not bring the former one's account. Under
    the same stable id it is the same person, whose name an IdP made anew (another app there)."""
    if not identity.account or key(identity.account) == membership.user.email_key:
        return False
    other = _accounts(connection, identity).where(ConnectionIdentity.membership_id == membership.id)
    if identity.stable_id:
        stable = ConnectionIdentity.stable_id
        other = other.where(sa.or_(stable.is_(None), stable != identity.stable_id[:LONGEST]))
    return db.session.scalars(other.limit(1)).first() is not None


def _just_in_time(connection: Connection, identity: Identity, by: Actor) -> Membership:
    organization = connection.organization
    if not organization.just_in_time:
        raise NotAMember
    email = users.checked(identity.email)
    name = identity.display_name or f"{identity.given_name} {identity.family_name}".strip()
    user = _user_for(organization, email, name, by)
    role = db.session.get_one(Role, organization.default_role_id)
    return members.add(organization, user, by=by, role=role, source=Source.SSO, email=email, name=name)


def _user_for(organization: Organization, email: str, name: str, by: Actor) -> User:
    """Within its verified domains an organization speaks for the person; outside, for an account of its own only."""
    if domains.is_verified(organization.id, email):
        return users.find(email) or users.create(email, by=by, name=name, verified=True)
    if organization.outsiders is Outsiders.REVIEW:
        raise OutsideVerifiedDomains
    return users.create(email, by=by, name=name, home=organization)


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
    if account is None:
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
