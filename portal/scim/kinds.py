"""The kinds of resources in the directory at hand: what everybody has, and what its organization added.

An organization that added nothing costs nothing; the definitions of the others are kept until their version changes.
"""

import uuid
from dataclasses import replace

from portal.models import AttributeType, CustomAttribute, Organization
from portal.models.attribute import URN
from portal.organizations import custom_attributes
from portal.scim.attributes import BOOLEAN, COMPLEX, DATE, GROUPS, NUMBER, PEOPLE, STRING, Attribute, Kind, Schema
from portal.scim.entry import directory, place

MOST = 1_000
TYPES = {
    AttributeType.STRING: STRING, AttributeType.BOOLEAN: BOOLEAN, AttributeType.NUMBER: NUMBER, AttributeType.TIME: DATE,
}  # fmt: skip
_made: dict[uuid.UUID, tuple[int, Kind]] = {}


def people() -> Kind:
    here = place()
    if not here.attributes_version:
        return PEOPLE
    known = _made.get(here.organization_id)
    if known is None or known[0] != here.attributes_version:
        if len(_made) >= MOST:
            _made.clear()
        known = _made[here.organization_id] = here.attributes_version, _with_its_own(directory().organization)
    return known[1]


def own_names() -> frozenset[str]:
    """What the organization added, in small letters, with the URN it stands under."""
    added = [schema for schema in people().extensions if schema.urn == URN]
    return frozenset(name.casefold() for one in added for name in (URN, *(row.name for row in one.attributes)))


def every() -> tuple[Kind, ...]:
    return people(), GROUPS


def schemas() -> list[Schema]:
    return [schema for kind in every() for schema in (kind.schema, *kind.extensions)]


def _with_its_own(organization: Organization) -> Kind:
    rows = custom_attributes.listed(organization)
    if not rows:
        return PEOPLE
    says = f"What {organization.name} adds about a person."
    own = Schema(URN, "OrganizationUser", says, tuple(map(_attribute, rows)))
    return replace(PEOPLE, extensions=(*PEOPLE.extensions, own))


def _attribute(row: CustomAttribute) -> Attribute:
    """Several values are objects with a `value` each, as everywhere (RFC 7643 §2.4)."""
    kind, says = TYPES[row.type], row.says or row.name
    if not row.many:
        return Attribute(row.name, says, kind)
    return Attribute(row.name, says, COMPLEX, many=True, sub=(Attribute("value", says, kind),))
