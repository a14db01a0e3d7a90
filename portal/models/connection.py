"""An organization's way to sign in through its IdP, and the versions of its configuration."""

import enum
import hashlib
import json
import uuid
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Json, Line, OrganizationId, Short, Time, choice, own, owned
from portal.models.oidc_configuration import OidcConfiguration
from portal.models.organization import Organization
from portal.models.role import Role
from portal.models.sealed import SealedDocument
from portal.settings import current

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


UNPROVED = ("mapping", "metadata_url", "slo_url", "slo_response_url", "slo_binding")


@dataclass(frozen=True)
class SamlConfiguration:
    """What we know of the IdP: addresses, keys (PEM), and how its attributes map to ours."""

    protocol: ClassVar[str] = "saml"

    entity_id: str
    sso_url: str
    certificates: tuple[str, ...]
    sso_binding: str = REDIRECT
    sign_requests: bool = False
    mapping: dict[str, str] = field(default_factory=dict)
    metadata_url: str = ""
    slo_url: str = ""
    slo_response_url: str = ""
    slo_binding: str = REDIRECT
    allow_cbc: bool = False
    force_authn: bool = False
    authn_contexts: tuple[str, ...] = ()

    @property
    def issuer(self) -> str:
        return self.entity_id

    @property
    def needs_key(self) -> bool:
        """Whether we sign what we ask."""
        return self.sign_requests

    @property
    def logout_address(self) -> str:
        return self.slo_url

    @property
    def hash(self) -> str:
        """Names exactly what a test proves: addresses, keys and what is asked for; not the mapping, which a test only
        helps to choose (wizards.md §2.4 step 6). What is not set is left out, so that a new option changes no hash."""
        proved = {name: value for name, value in asdict(self).items() if value and name not in UNPROVED}
        return hashlib.sha256(json.dumps(proved, sort_keys=True).encode()).hexdigest()

    def keeping(self, former: object) -> "SamlConfiguration":
        """With what the admin had chosen: metadata given anew says nothing of it."""
        if not isinstance(former, SamlConfiguration):
            return self
        return replace(
            self,
            mapping=self.mapping or former.mapping,
            sign_requests=self.sign_requests or former.sign_requests,
            allow_cbc=self.allow_cbc or former.allow_cbc,
            force_authn=self.force_authn or former.force_authn,
            authn_contexts=self.authn_contexts or former.authn_contexts,
        )

    @classmethod
    def load(cls, body: dict[str, object]) -> "SamlConfiguration":
        known = {name: value for name, value in body.items() if name in cls.__dataclass_fields__}
        for name in ("certificates", "authn_contexts"):
            known[name] = tuple(known.get(name, ()))  # type: ignore[arg-type]
        return cls(**known)  # type: ignore[arg-type]

    def dump(self) -> dict[str, object]:
        return asdict(self) | {
            "certificates": list(self.certificates), "authn_contexts": list(self.authn_contexts),
        }  # fmt: skip


Configuration = SamlConfiguration | OidcConfiguration
PROTOCOLS: dict[str, type[Configuration]] = {one.protocol: one for one in (SamlConfiguration, OidcConfiguration)}


class ConfigurationState(enum.StrEnum):
    CANDIDATE = "candidate"
    LIVE = "live"
    OLD = "old"


class IdpInitiated(enum.StrEnum):
    OFF = "off"
    BOUNCE = "bounce"
    ON = "on"


class Connection(Model):
    """Live when it has a live configuration and is not switched off; both are facts of rows, not flags to keep in step."""

    __tablename__ = "connections"
    __table_args__ = (owned(), sa.Index(None, "organization_id", "created_at"))

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    idp: Mapped[Short]
    name: Mapped[Line]
    idp_initiated: Mapped[IdpInitiated] = mapped_column(choice(IdpInitiated), default=IdpInitiated.BOUNCE)
    session_hours: Mapped[int | None]
    single_logout: Mapped[bool] = mapped_column(default=False)
    metadata_due_at: Mapped[Time | None]
    metadata_checked_at: Mapped[Time | None]
    metadata_problem: Mapped[str | None] = mapped_column(sa.Text)
    metadata_digest: Mapped[Short | None]
    created_at: Mapped[Created]
    last_sign_in_at: Mapped[Time | None]

    organization: Mapped[Organization] = relationship(viewonly=True)
    configurations: Mapped[list["ConnectionConfiguration"]] = relationship(
        viewonly=True, lazy="selectin", order_by="ConnectionConfiguration.version"
    )

    @property
    def protocol(self) -> str:
        """What people sign in by; where it is not live, what is prepared."""
        shown = self.live or self.candidate
        return shown.protocol if shown else SamlConfiguration.protocol

    @property
    def entity_id(self) -> str:
        return f"{current().public_url}/saml/{self.id}"

    @property
    def acs_url(self) -> str:
        return f"{self.entity_id}/acs"

    @property
    def login_url(self) -> str:
        return f"{self.entity_id if self.protocol == SamlConfiguration.protocol else self.client_url}/login"

    @property
    def logout_url(self) -> str:
        return f"{self.entity_id}/logout"

    @property
    def metadata_url(self) -> str:
        return f"{self.entity_id}/metadata"

    @property
    def client_url(self) -> str:
        """What our addresses as the client of an OpenID provider begin with."""
        return f"{current().public_url}/oidc/{self.id}"

    @property
    def callback_url(self) -> str:
        return f"{self.client_url}/callback"

    @property
    def signed_out_url(self) -> str:
        return f"{self.client_url}/signed-out"

    @property
    def live(self) -> "ConnectionConfiguration | None":
        return self._in(ConfigurationState.LIVE)

    @property
    def candidate(self) -> "ConnectionConfiguration | None":
        return self._in(ConfigurationState.CANDIDATE)

    def _in(self, state: ConfigurationState) -> "ConnectionConfiguration | None":
        return next((row for row in self.configurations if row.state is state), None)


class ConnectionConfiguration(Model):
    __tablename__ = "connection_configurations"
    __table_args__ = (
        own("connections", "connection_id"),
        owned(),
        sa.UniqueConstraint("organization_id", "connection_id", "version", name="uq_connection_configurations_version"),
        *(
            sa.Index(
                f"uq_connection_configurations_one_{state}",
                "connection_id",
                unique=True,
                sqlite_where=sa.text(f"state = '{state}'"),
                postgresql_where=sa.text(f"state = '{state}'"),
            )
            for state in ("candidate", "live")
        ),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    version: Mapped[int]
    state: Mapped[ConfigurationState] = mapped_column(choice(ConfigurationState))
    protocol: Mapped[Short] = mapped_column(default=SamlConfiguration.protocol)
    config_hash: Mapped[Short]
    body: Mapped[Document]
    created_at: Mapped[Created]
    live_at: Mapped[Time | None]

    @property
    def configuration(self) -> Configuration:
        return PROTOCOLS[self.protocol].load(self.body)

    @property
    def saml(self) -> SamlConfiguration:
        return SamlConfiguration.load(self.body)

    @property
    def oidc(self) -> OidcConfiguration:
        return OidcConfiguration.load(self.body)


class ConnectionTest(Model):
    """One test sign-in: which configuration it proved, and the report of every check. The report names people: it is
    encrypted, read only where somebody looks at it, and forgotten after a week (`connection_tests.forget`)."""

    __tablename__ = "connection_tests"
    __table_args__ = (
        own("connections", "connection_id"),
        sa.Index(None, "organization_id", "connection_id", "started_at"),
        sa.Index(
            "ix_connection_tests_kept",
            "started_at",
            sqlite_where=sa.text("report IS NOT NULL"),
            postgresql_where=sa.text("report IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    config_hash: Mapped[Short]
    started_by: Mapped[Line] = mapped_column(default="")
    started_at: Mapped[Created]
    finished_at: Mapped[Time | None]
    passed: Mapped[bool] = mapped_column(default=False)
    report: Mapped[Json] = mapped_column(SealedDocument, deferred=True, nullable=True)


class ConnectionRole(Model):
    """An ordered rule: people whose assertion names this group (or any other value of the mapped attribute) get this role."""

    __tablename__ = "connection_roles"
    __table_args__ = (
        own("connections", "connection_id"),
        sa.UniqueConstraint("organization_id", "connection_id", "value_key", name="uq_connection_roles_value"),
        sa.Index(None, "organization_id", "connection_id", "position"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    position: Mapped[int]
    value: Mapped[Line]
    value_key: Mapped[Line]
    role_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("roles.id", ondelete="CASCADE"))

    role: Mapped[Role] = relationship(lazy="joined", innerjoin=True)
