"""The roles there are."""

import sqlalchemy as sa

from portal.extensions import db
from portal.models import BUILT_IN, Role


def find(key: str) -> Role | None:
    return db.session.scalars(sa.select(Role).where(Role.key == key)).one_or_none()


def get(key: str) -> Role:
    """A role that must be there; `LookupError` names one that is not."""
    if found := find(key):
        return found
    raise LookupError(f"there is no role {key!r}; there are: {', '.join(role.key for role in every())}")


def every() -> list[Role]:
    """The highest first."""
    return list(db.session.scalars(sa.select(Role).order_by(Role.rank.desc())))


def ensure_built_in() -> None:
    """The built-in roles exist; called by the first migration's data and by tests."""
    present = {role.key for role in every()}
    for key, name, rank, permissions in BUILT_IN:
        if key not in present:
            db.session.add(Role(key=key, name=name, rank=rank, permissions=[str(one) for one in permissions]))
    db.session.flush()
