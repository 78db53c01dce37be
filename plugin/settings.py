"""Settings from the environment, checked once at the start.

Every setting is listed in docs/reference.md and in the manifest; a test compares them.
"""

from collections.abc import Collection
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MIN_SECRET = 16


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part for part in (part.strip() for part in value.split(",")) if part)
    return value


def _leads_somewhere(url: str, schemes: Collection[str]) -> bool:
    """Whether an address has one of these schemes, a name, and a port that can be one if it has any."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_mailbox(text: str) -> bool:
    try:
        return bool(Address(addr_spec=text).domain)
    except (ValueError, IndexError):
        # The parser of the standard library raises either.
        return False


class Settings(BaseSettings):
    """What an operator can set; each by ``MENTORGRAPH_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="MENTORGRAPH_", frozen=True, hide_input_in_errors=True, validate_default=True)

    database_url: str = "sqlite:///mentorgraph.db"
    """``sqlite:///FILE`` for the embedded database or ``postgresql://USER:PASSWORD@HOST/NAME``."""

    migrate_url: str = ""
    """The address by which ``migrate`` connects on PostgreSQL, as the owner of the tables; the service itself uses a weaker role. Empty: ``database_url``."""

    service_role: str = ""
    """The PostgreSQL role that ``migrate`` grants the service's rights to. Empty: the user of ``database_url``, if that does not own the tables."""

    public_url: str = "http://127.0.0.1:8000"
    """Where hosts and browsers reach this service; no trailing slash."""

    secret_keys: Annotated[tuple[str, ...], NoDecode] = Field(default=(), repr=False)
    """Keys for what is encrypted at rest, newest first, separated by commas; each at least 16 characters."""

    allow_private: Annotated[tuple[str, ...], NoDecode] = ()
    """``host:port`` of communities on private or loopback addresses, separated by commas; all other such addresses are refused."""

    smtp_url: str = Field(default="", repr=False)
    """The server that takes our mail: ``smtp://user:password@host:587`` (STARTTLS where it is offered) or ``smtps://…``. Empty: no mail is sent."""

    mail_from: str = ""
    """Who mail is from; empty: ``mentors@`` the host of ``public_url``."""

    otlp_url: str = ""
    """Where OpenTelemetry traces are sent, by OTLP over HTTP, such as ``http://127.0.0.1:4318``. Empty: nowhere."""

    log_level: str = "info"
    """``debug``, ``info``, ``warning`` or ``error``."""

    log_json: bool = True
    """One JSON object a line; ``false`` prints for people."""

    reconcile_minutes: int = Field(default=60, ge=5)
    """How often each community is read again; a whole sweep runs once a day."""

    delivery_days: int = Field(default=30, ge=1)
    """How long it is remembered that a delivery was handled. Its content is erased when it is handled."""

    dead_letter_days: int = Field(default=7, ge=1)
    """How long the content of a delivery that could not be handled is kept for a retry."""

    graphs_mb: int = Field(default=2_000, ge=10)
    """About how much memory the graphs of communities may take in a process; those that were not used for longest are built again when they are asked for."""

    embedded_worker: bool = True
    """Whether ``serve`` works off deliveries and messages itself; always so on SQLite."""

    @field_validator("secret_keys", "allow_private", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return _split(value)

    @field_validator("secret_keys")
    @classmethod
    def _keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError(
                "MENTORGRAPH_SECRET_KEYS is empty: set it to a random text of at least 16 characters, such as the output of `openssl rand -hex 32`"
            )
        if any(len(key) < MIN_SECRET for key in value):
            raise ValueError("a key in MENTORGRAPH_SECRET_KEYS is shorter than 16 characters: make one with `openssl rand -hex 32`")
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not _leads_somewhere(value, {"http", "https"}) or urlsplit(value).query or urlsplit(value).fragment:
            raise ValueError("MENTORGRAPH_PUBLIC_URL must look like https://mentors.example.org")
        return value.rstrip("/")

    @field_validator("otlp_url")
    @classmethod
    def _otlp(cls, value: str) -> str:
        if value and not _leads_somewhere(value, {"http", "https"}):
            raise ValueError("MENTORGRAPH_OTLP_URL must look like http://collector.example.org:4318")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        if value and not _leads_somewhere(value, {"smtp", "smtps"}):
            raise ValueError("MENTORGRAPH_SMTP_URL must look like smtp://user:password@mail.example.org:587")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_from(cls, value: str) -> str:
        if value and not _is_mailbox(value):
            raise ValueError("MENTORGRAPH_MAIL_FROM is an address alone, such as mentors@example.org")
        return value

    @property
    def sender(self) -> str:
        """Who mail is from."""
        return self.mail_from or f"mentors@{urlsplit(self.public_url).hostname}"

    @field_validator("database_url", "migrate_url")
    @classmethod
    def _database(cls, value: str, info: ValidationInfo) -> str:
        named = str(info.field_name)
        if (value or named == "database_url") and not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError(f"MENTORGRAPH_{named.upper()} must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.lower() not in {"debug", "info", "warning", "error"}:
            raise ValueError("MENTORGRAPH_LOG_LEVEL must be debug, info, warning or error")
        return value.lower()

    @property
    def granted_role(self) -> str:
        """The role that ``migrate`` grants rights to; empty if the service connects as the owner of the tables."""
        if self.service_role or self.embedded or not self.migrate_url:
            return self.service_role
        user = unquote(urlsplit(self.database_url).username or "")
        return "" if user == unquote(urlsplit(self.migrate_url).username or "") else user

    @property
    def embedded(self) -> bool:
        """Whether the database is SQLite, which allows one process only."""
        return self.database_url.startswith("sqlite:")

    @property
    def sqlite_path(self) -> Path:
        """The file of the embedded database."""
        return Path(self.database_url.removeprefix("sqlite:///"))
