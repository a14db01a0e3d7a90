"""The attributes an organization adds to its people: defined, and taken away with everything kept under them."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import AttributeType, CustomAttribute, DirectoryUser, Organization
from portal.models.attribute import URN
from portal.models.base import key, now
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.refusals import AttributeExists, BadAttributeName, TooManyAttributes

MOST = 100
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")  # RFC 7643 §2.1, without the $ of "$ref"


def define(
    organization: Organization, name: str, *, by: Actor, type: AttributeType = AttributeType.STRING, many: bool = False,
    says: str = "",
) -> CustomAttribute:  # fmt: skip
    """IdPs find it in /Schemas from their next request on."""
    if not _NAME.fullmatch(name):
        raise BadAttributeName
    if len(listed(organization)) >= MOST:
        raise TooManyAttributes
    attribute = CustomAttribute(
        organization_id=organization.id, name=name, name_key=key(name), type=type, many=many, says=says[:320]
    )
    try:
        with db.session.begin_nested():
            db.session.add(attribute)
    except IntegrityError as error:
        taken = "uq_custom_attributes_name" in str(error.orig) or "name_key" in str(error.orig)
        raise AttributeExists if taken else error from error
    _tell_processes(organization)
    events.record("attribute.defined", organization, attribute, by=by, type=type.value, many=many)
    return attribute


def remove(organization: Organization, attribute: CustomAttribute, *, by: Actor) -> None:
    """What was kept under it goes too, so that nothing of another type is left when the name is defined again."""
    db.session.delete(attribute)
    db.session.flush()
    _forget_values(organization, attribute.name)
    _tell_processes(organization)
    events.record("attribute.removed", organization, attribute, by=by)


def listed(organization: Organization) -> Sequence[CustomAttribute]:
    """In the order they were defined."""
    ours = sa.select(CustomAttribute).where(CustomAttribute.organization_id == organization.id)
    return db.session.scalars(ours.order_by(CustomAttribute.id)).all()


def find(organization: Organization, name: str) -> CustomAttribute | None:
    ours = CustomAttribute.organization_id == organization.id, CustomAttribute.name_key == key(name)
    return db.session.scalars(sa.select(CustomAttribute).where(*ours)).one_or_none()


def _tell_processes(organization: Organization) -> None:
    """Whoever keeps the definitions in memory sees from the organization's row that they are old."""
    organization.attributes_version = Organization.attributes_version + 1
    db.session.flush()
    db.session.refresh(organization, ["attributes_version"])


def _forget_values(organization: Organization, name: str) -> None:
    """One statement for everybody who has a value, and one for those who have no other left."""
    data = DirectoryUser.__table__.c.data
    changed = {"version": DirectoryUser.version + 1, "changed_at": now()}
    _update(organization, data[(URN, name)].as_string().is_not(None), _without(URN, name), changed)
    _update(organization, data[URN].as_string() == "{}", _without(URN), {})


def _update(organization: Organization, where: "sa.ColumnElement[bool]", data: object, more: dict[str, object]) -> None:
    theirs = DirectoryUser.organization_id == organization.id
    changed = sa.update(DirectoryUser).where(theirs, where).values({"data": data} | more)
    db.session.execute(changed, execution_options={"synchronize_session": False})
    db.session.expire_all()


def _without(*names: str) -> object:
    data = DirectoryUser.__table__.c.data
    if db.engine.dialect.name == "sqlite":
        return sa.func.json_remove(data, "$" + "".join(f'."{name}"' for name in names))
    return data.op("#-")(sa.cast(list(names), sa.ARRAY(sa.Text)))
