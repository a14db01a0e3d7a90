"""Everything a person can show besides a password, taken together."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Factor, Membership, Passkey, Shown, TotpSecret, User
from portal.organizations import events, one_time_codes, passkeys, recovery_codes
from portal.organizations.actors import Actor


@dataclass(frozen=True)
class Held:
    """Recovery codes are no factor of their own: they stand in for the others."""

    passkeys: int
    authenticator: bool
    recovery_codes: int

    @property
    def any(self) -> bool:
        return bool(self.passkeys) or self.authenticator


def held(user: User) -> Held:
    authenticator = sa.exists().where(TotpSecret.user_id == user.id)
    counted = sa.select(sa.func.count()).where(Passkey.user_id == user.id).scalar_subquery()
    unused = recovery_codes.unused_of(user).scalar_subquery()
    return Held(*db.session.execute(sa.select(counted, authenticator, unused)).one())


def check_code(user: User, code: str, *, by: Actor) -> Shown:
    """A code of the authenticator app, or a recovery code. Commit also when it is refused: a wrong one counts."""
    if recovery_codes.looks_like_one(code):
        return Shown(Factor.RECOVERY_CODE, recovery_codes.use(user, code, by=by).id)
    return Shown(Factor.AUTHENTICATOR, one_time_codes.check(user, code).id)


def forget(user: User, *, by: Actor) -> None:
    """For somebody who lost them all, by an operator who made sure who it is."""
    for passkey in passkeys.listed(user):
        passkeys.remove(passkey, by=by)
    one_time_codes.remove(user, by=by)
    recovery_codes.forget(user)
    events.record("user.factors_forgotten", user.home_organization_id, user, by=by)


def missing() -> sa.ColumnElement[bool]:
    """That a member has no second factor yet, as a condition."""
    passkey = sa.exists().where(Passkey.user_id == Membership.user_id)
    return ~sa.or_(passkey, sa.exists().where(TotpSecret.user_id == Membership.user_id))
