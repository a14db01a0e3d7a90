"""Every setting: name, type, default, one line. Read from the environment, refused when wrong."""

import os
import secrets
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from cryptography.fernet import Fernet
from flask import current_app
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent
BUNDLED = Path(__file__).resolve().parent / "_bundled"

Words = Annotated[tuple[str, ...], NoDecode]


class SettingsRefused(ValueError):
    """The environment holds a setting that cannot be used; the text says which one and why."""


class Settings(BaseSettings):
    """The settings of one running Vestibule. `docs/operator.md` lists them for operators."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    environment: Literal["embedded", "production", "test"] = Field(
        "embedded", description="`production` refuses generated secrets and insecure cookies."
    )
    secret_key: str = Field("", description="Signs cookies and CSRF tokens. Generated once when embedded.")
    encryption_keys: Words = Field((), description="Fernet keys, newest first, for secrets at rest. Generated once.")
    database_url: str = Field("", description="SQLAlchemy address. Default: SQLite in the instance folder.")
    instance_path: Path = Field(REPOSITORY / "instance", description="Folder for the embedded database and keys.")
    public_url: str = Field("http://localhost:8080", description="Every absolute address starts with this.")
    trusted_proxies: int = Field(0, ge=0, le=10, description="How many proxies in front may set X-Forwarded-For.")
    mail_url: str = Field("", description="smtp://user:password@host:587; empty: mails are written to the log.")
    mail_from: str = Field("Vestibule <no-reply@localhost>", description="Sender of every mail.")
    app_name: str = Field("Vestibule", description="The application's name, as people and IdP consoles see it.")
    languages: Words = Field(
        ("en", "de", "es"), description="Languages people may read; the first one where they ask for none."
    )
    languages_path: Path | None = Field(None, description="Folder with more translations, or changed ones.")
    after_sign_in_url: str = Field("/account", description="Local path people reach after signing in.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level written.")
    log_format: Literal["json", "text"] = Field("json", description="`text` is for people at a terminal.")
    practice: bool = Field(False, description="Open the practice IdP at /practice. Never in production.")
    sso_allowed: bool = Field(True, description="The project's switch for SSO; organizations have one each.")
    wizards_path: Path | None = Field(None, description="Folder with more wizards, or changed ones.")
    google_client_id: str = Field(
        "", description="OAuth client for consent of Google Workspace admins; empty: keys only."
    )
    google_client_secret: str = Field("", description="Secret of that OAuth client.")
    google_address: str = Field("", description="Where Google's APIs are asked, for rehearsals; empty: at Google.")
    pull_minutes: int = Field(30, ge=5, le=1_440, description="A directory that we pull is asked this often.")
    fetch_allowed_hosts: Words = Field((), description="Private hosts that metadata may be fetched from.")
    ratelimit_storage_uri: str = Field("memory://", description="Where rate limits count: memory:// or redis://…")
    staff_second_factor: bool | None = Field(
        None, description="Whether support staff need a second factor; unset: in production."
    )
    scim_rate: int = Field(200, ge=0, description="SCIM requests per second and directory; 0 = no limit.")
    api_rate: int = Field(100, ge=0, description="API requests per second and key; 0 = no limit.")
    saml_rate: int = Field(20, ge=0, description="SAML requests per second, connection and address; 0 = no limit.")
    sign_in_rate: int = Field(20, ge=0, description="Sign-in attempts per minute and address; 0 = no limit.")
    account_rate: int = Field(30, ge=0, description="Wrong passwords per hour and account; 0 = no limit.")
    scim_max_body: int = Field(2_000_000, ge=1_000, description="Bytes of one SCIM request at most.")
    scim_max_results: int = Field(500, ge=1, le=5_000, description="Resources on one SCIM page at most.")
    scim_access_token_minutes: int = Field(
        60, ge=5, le=1_440, description="An OAuth access token for SCIM works this long."
    )
    scim_max_members: int = Field(20_000, ge=1, description="Members in one SCIM request at most.")
    scim_max_depth: int = Field(
        32, ge=8, le=100, description="Levels of objects and lists in one SCIM request at most."
    )
    scim_max_text: int = Field(10_000, ge=320, description="Characters of one SCIM attribute's value at most.")
    scim_max_values: int = Field(200, ge=1, description="Values of one SCIM attribute at most; members have their own.")
    scim_bulk_operations: int = Field(1_000, ge=1, description="Operations in one SCIM bulk request at most.")
    scim_max_operations: int = Field(1_000, ge=1, description="PATCH operations in one SCIM request at most.")
    max_body: int = Field(1_000_000, ge=10_000, description="Bytes of any other request at most.")
    access_token_minutes: int = Field(5, ge=1, le=60, description="An access token lives this long.")
    refresh_grace_seconds: int = Field(10, ge=0, le=60, description="A refresh token may be used again this soon.")
    session_days: int = Field(14, ge=1, le=365, description="A session ends after this many days.")
    session_idle_hours: int = Field(72, ge=1, description="A session ends after this many hours without a request.")
    sudo_minutes: int = Field(10, ge=1, le=60, description="So long after proving it one may do weighty things.")
    second_step_minutes: int = Field(10, ge=1, le=60, description="A sign-in waits so long for its second step.")
    mail_link_minutes: int = Field(20, ge=1, description="An e-mail sign-in link works this long.")
    invitation_days: int = Field(14, ge=1, le=90, description="An invitation works this long.")
    setup_link_days: int = Field(7, ge=1, le=30, description="A setup link works this long unless it says so.")
    domain_grace_days: int = Field(7, ge=0, le=90, description="A domain counts this long without its TXT record.")
    saml_clock_skew: int = Field(120, ge=0, le=600, description="Seconds an IdP's clock may differ from ours.")
    saml_login_minutes: int = Field(15, ge=1, le=60, description="A sign-in begun must be finished within.")
    saml_test_minutes: int = Field(60, ge=5, le=240, description="A test sign-in begun must be finished within.")
    saml_key_bits: int = Field(3072, ge=2048, le=4096, description="RSA size of our own keys towards IdPs.")
    exchanges_kept: int = Field(500, ge=10, description="Recorded requests kept per connection or directory.")
    webhook_seconds: float = Field(15, gt=0, le=25, description="Seconds a webhook's receiver has to answer.")
    acknowledgement_minutes: int = Field(
        60, ge=1, description="The application has acknowledged a deprovisioning within."
    )
    metrics_token: str = Field("", description="Bearer token of /metrics; empty: it answers this machine only.")
    roles_file: Path | None = Field(None, description="TOML file with the application's permissions and roles.")
    database_pool: int = Field(10, ge=1, description="Database connections per process.")
    database_timeout: int = Field(8, ge=1, le=55, description="Seconds a statement or a lock may take.")
    server_threads: int = Field(8, ge=1, le=256, description="Threads of the built-in web server.")

    @field_validator("encryption_keys", "fetch_allowed_hosts", "languages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

    @field_validator("public_url")
    @classmethod
    def _bare_address(cls, value: str) -> str:
        value = value.rstrip("/")
        if not value.startswith(("https://", "http://")) or value.count("/") != 2:
            raise ValueError("give scheme and host only, such as https://login.example.com")
        return value

    @field_validator("database_url")
    @classmethod
    def _driver(cls, value: str) -> str:
        for short in ("postgres://", "postgresql://"):
            if value.startswith(short):
                return "postgresql+psycopg://" + value.removeprefix(short)
        return value

    @model_validator(mode="after")
    def _fit_for_production(self) -> "Settings":
        if self.environment != "production":
            return self
        if len(self.secret_key) < 32:
            raise ValueError("SECRET_KEY must be set, and at least 32 characters long, in production")
        if not self.encryption_keys:
            raise ValueError("ENCRYPTION_KEYS must be set in production")
        if not self.public_url.startswith("https://"):
            raise ValueError("PUBLIC_URL must begin with https:// in production")
        if self.practice:
            raise ValueError("PRACTICE must be off in production")
        return self

    @cached_property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    @cached_property
    def host(self) -> str:
        return self.public_url.split("://", 1)[1]

    @cached_property
    def hosts_we_may_fetch(self) -> tuple[str, ...]:
        """The operator's allow-list; with practice on, also ourselves, where the practice IdP lives."""
        return (*self.fetch_allowed_hosts, self.host) if self.practice else self.fetch_allowed_hosts

    @property
    def wizards_paths(self) -> tuple[Path, ...]:
        """The operator's folders of guides, as `wizards.loading` takes them."""
        return (self.wizards_path,) if self.wizards_path else ()

    @cached_property
    def asks_staff_for_second_factor(self) -> bool:
        in_production = self.environment == "production"
        return in_production if self.staff_second_factor is None else self.staff_second_factor

    @cached_property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.instance_path / 'vestibule.db'}"

    @cached_property
    def signing_secret(self) -> str:
        return self.secret_key or _kept(self.instance_path / "secret_key", lambda: secrets.token_urlsafe(48))

    @cached_property
    def fernet_keys(self) -> tuple[str, ...]:
        if self.encryption_keys:
            return self.encryption_keys
        return (_kept(self.instance_path / "encryption_key", lambda: Fernet.generate_key().decode()),)


def read(**overrides: object) -> Settings:
    """Read the environment; raise `SettingsRefused` with one line per setting that cannot be used."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])).upper() or 'settings'}: {e['msg']}" for e in error.errors()]
        raise SettingsRefused("\n".join(lines)) from None


def current() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _kept(path: Path, make: Callable[[], str]) -> str:
    """A secret made once and kept in the instance folder, readable by its owner only; whole or not there at all, so that
    two processes starting together agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
