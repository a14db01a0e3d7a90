"""Practice IdPs in the database: making, finding and keeping them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from portal.extensions import db
from portal.models import PracticeTenant
from portal.models.base import new_id, now
from portal.organizations import secrets
from portal.organizations.refusals import Refused
from portal.practice import idp, keys
from portal.practice.cast import Cast, Group, Json, Person
from portal.practice.personalities import PERSONALITIES, facts_of
from portal.practice.personality import Personality
from portal.practice.scim_client import Exchange, ScimClient
from portal.settings import current
from portal.words import _l

KEPT = 60
PEOPLE = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson", "Edsger Dijkstra", "Barbara Liskov")
GROUPS = {"Engineering": ("Grace", "Alan", "Barbara"), "IT": ("Ada",)}


class ChangedMeanwhile(Refused):
    words = _l("This practice IdP was changed in another window at the same moment. Look at it again, then repeat.")


@dataclass
class Tenant:
    """One practice IdP in plain values, so that no transaction is open while it sends requests to this very process."""

    id: uuid.UUID
    personality: Personality
    name: str
    key: keys.KeyPair
    cast: Cast
    exchanges: list[Exchange]
    version: int
    problems: list[str] = field(default_factory=list)

    @property
    def sender(self) -> idp.Sender:
        return idp.Sender(self.personality, facts_of(self.id), self.key, _address(self.id, "sso"))

    @property
    def metadata_url(self) -> str:
        return idp.metadata_url(self.personality, facts_of(self.id), _address(self.id, "metadata"))

    def client(self) -> ScimClient:
        provisioning = self.cast.provisioning
        if self.personality.client is None:
            raise LookupError(f"{self.personality.name} pushes nobody")
        client = self.personality.client(provisioning.base_url, secrets.decrypt(provisioning.token))
        client.wire.faults = frozenset(self.cast.faults)
        return client

    def remember(self, transcript: Sequence[Exchange]) -> None:
        self.exchanges = [*self.exchanges, *transcript][-KEPT:]


def create(personality: Personality, name: str, domain: str) -> PracticeTenant:
    """A company with six people and two groups, and a key of its own."""
    key = keys.make(personality.saml.certificate_name, years=personality.saml.certificate_years, at=now())
    row = PracticeTenant(
        id=new_id(),
        personality=personality.id,
        name=name,
        private_key=secrets.encrypt(key.private),
        certificate=key.certificate,
        cast=_cast(personality, domain).dump(),
        exchanges={"list": []},
    )
    db.session.add(row)
    return row


def listed() -> Sequence[PracticeTenant]:
    return db.session.scalars(sa.select(PracticeTenant).order_by(PracticeTenant.created_at)).all()


def find(id: uuid.UUID) -> Tenant | None:
    row = db.session.get(PracticeTenant, id)
    return _read(row) if row else None


def save(tenant: Tenant) -> None:
    """`ChangedMeanwhile` when somebody else was faster; what was sent to the application was sent all the same."""
    values = {
        "cast": tenant.cast.dump(),
        "exchanges": {"list": [exchange.dump() for exchange in tenant.exchanges]},
        "version": tenant.version + 1,
    }
    ours = sa.update(PracticeTenant).where(PracticeTenant.id == tenant.id, PracticeTenant.version == tenant.version)
    if db.session.connection().execute(ours.values(values)).rowcount != 1:
        raise ChangedMeanwhile


def _read(row: PracticeTenant) -> Tenant:
    stored: list[Json] = row.exchanges["list"]  # type: ignore[assignment]
    return Tenant(
        id=row.id,
        personality=PERSONALITIES[row.personality],
        name=row.name,
        key=keys.KeyPair(secrets.decrypt(row.private_key), row.certificate),
        cast=Cast.load(row.cast),
        exchanges=[Exchange(**one) for one in stored],  # type: ignore[arg-type]
        version=row.version,
    )


def _cast(personality: Personality, domain: str) -> Cast:
    people = []
    for name in PEOPLE:
        given, _, family = name.partition(" ")
        people.append(Person(personality.new_person_id(), f"{given.lower()}@{domain}", given, family))
    by_name = {person.given_name: person.id for person in people}
    groups = [
        Group(personality.new_group_id(), name, [by_name[given] for given in members])
        for name, members in GROUPS.items()
    ]
    return Cast(people=people, groups=groups)


def _address(id: uuid.UUID, what: str) -> str:
    """As PUBLIC_URL has it, also outside a request."""
    return f"{current().public_url}/practice/idp/{id}/{what}"
