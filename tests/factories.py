"""People and companies for tests, made through the same verbs that every door uses."""

import pyotp

from portal.extensions import db
from portal.models import DirectoryUser, Factor, Method, Mode, Organization, SamlConfiguration, Shown, User
from portal.models.base import key, now
from portal.organizations import (
    breakglass,
    connections,
    directories,
    domains,
    local_ways,
    members,
    one_time_codes,
    organizations,
    passwords,
    roles,
    sync,
    users,
)
from portal.organizations.actors import OPERATOR, Actor, Door

PASSWORD = "correct horse battery"


def make_user(email, *, name="", password=None, staff=False, home=None):
    user = users.create(email, by=OPERATOR, name=name, staff=staff, verified=True, home=home)
    if password:
        passwords.set_for(user, password, by=OPERATOR)
    return user


def make_organization(name, *, domain=None, owner=None):
    """An organization with a verified domain and an owner who has a password."""
    organization = organizations.create(name, by=OPERATOR)
    if domain:
        domains.verify_by_staff(domains.claim(organization, domain, by=OPERATOR), by=OPERATOR)
    if owner:
        add_member(
            organization, make_user(owner, name=owner.partition("@")[0].title(), password=PASSWORD), role="owner"
        )
    db.session.commit()
    return organization


def add_member(organization, user, *, role="member"):
    user = user if isinstance(user, User) else make_user(user, name=user.partition("@")[0].title(), password=PASSWORD)
    membership = members.add(organization, user, by=OPERATOR, role=roles.get(role))
    db.session.commit()
    return membership


def member_of(organization: Organization, email):
    """The membership of whoever uses this address in the organization, or None."""
    from portal.models import Membership

    joined = organization.memberships.select().join(User, User.id == Membership.user_id)
    return db.session.scalars(joined.where(User.email_key == key(email))).one_or_none()


def make_connection(organization, configuration=None, *, idp="okta", live=True):
    connection = connections.create(organization, idp, by=OPERATOR)
    if configuration is None and live:
        configuration = SamlConfiguration(
            "https://idp.example/saml", "https://idp.example/sso", ("-----BEGIN CERTIFICATE-----\n",)
        )
    if configuration:
        connections.stage(connection, configuration, by=OPERATOR)
    if live:
        connections.go_live(connection, by=OPERATOR)
    db.session.commit()
    return connection


def make_proven_connection(organization):
    """Live, and its configuration has passed a test."""
    connection = make_connection(organization)
    test = connections.begin_test(connection, by=OPERATOR)
    connections.finish_test(test, connection, passed=True, report={}, by=OPERATOR)
    db.session.commit()
    return connection


def make_directory(organization, *, idp="okta", mode=Mode.LIVE):
    directory = directories.create(organization, idp, by=OPERATOR)
    directories.set_mode(directory, mode, by=OPERATOR)
    db.session.commit()
    return directory


def directory_actor(directory):
    return Actor(Door.SCIM, str(directory.id), directory.name)


def provision(directory, user_name, /, *, apply=True, **changes):
    """What the SCIM door does when an IdP sends a new person."""
    values = {"user_name": user_name, "email": user_name, "display_name": user_name.partition("@")[0].title()}
    values |= {"active": True} | changes
    person = DirectoryUser(organization_id=directory.organization_id, directory_id=directory.id, data={}, **values)
    person.user_name_key, person.email_key = key(person.user_name), key(person.email)
    db.session.add(person)
    db.session.flush()
    if apply:
        sync.apply_user(directory, person, by=directory_actor(directory))
    db.session.commit()
    return person


def set_up_authenticator(user):
    """The app on somebody's phone: what it shows is `pyotp.TOTP(secret).now()`."""
    offer = one_time_codes.offer(user)
    app = pyotp.TOTP(offer.secret)
    one_time_codes.set_up(user, offer.sealed, app.at(now()), by=OPERATOR)
    db.session.commit()
    return app


def rehearse(owner):
    """Name an owner, and let them sign in with password and code; returns their app."""
    app = set_up_authenticator(owner.user)
    breakglass.name(owner, by=OPERATOR)
    shown = Shown(Factor.AUTHENTICATOR, one_time_codes.of(owner.user).id)
    local_ways.open_session(owner.user, Method.PASSWORD, shown, by=OPERATOR)
    db.session.commit()
    return app
