"""The two sides of a sign-in in plain values: we and our keys, the IdP and its certificates."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.models.base import now
from portal.saml.postchecks import Question
from portal.saml.vocabulary import REDIRECT


@dataclass(frozen=True)
class SpKey:
    """A key pair of ours, as PEM."""

    private: str
    certificate: str


@dataclass(frozen=True)
class ServiceProvider:
    """One connection as SAML sees it, in constants: PUBLIC_URL and the configuration, never the request's Host."""

    entity_id: str
    acs_url: str
    idp_entity_id: str
    sso_url: str
    certificates: tuple[str, ...]
    mapping: dict[str, str] = field(default_factory=dict)
    keys: Iterable[SpKey] = ()  # what opens an encrypted assertion, the likeliest first
    signing: SpKey | None = None  # what signs our requests, where they are signed
    allow_cbc: bool = False
    force_authn: bool = False
    authn_contexts: tuple[str, ...] = ()
    logout_address: str = ""  # of the IdP, for our requests and for our answers
    logout_answer_address: str = ""
    logout_binding: str = REDIRECT
    skew: timedelta = timedelta(seconds=120)

    def question(self, request_id: str | None, asked_at: datetime | None = None) -> Question:
        return Question(
            self.acs_url, self.entity_id, self.idp_entity_id, request_id, now(), self.skew,
            forced_at=asked_at if self.force_authn else None, authn_contexts=self.authn_contexts,
        )  # fmt: skip
