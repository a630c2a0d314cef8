"""Settings, all from the environment or the file named by SUMMIT_ENV_FILE, checked once at the start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from summit_service import dkim
from summit_service.dkim import Signer
from summit_service.setting_values import (
    address,
    bounce_address,
    bounce_days,
    bounce_listen,
    dkim_label,
    hour,
    one_line,
    optional_line,
    short_text,
    zone,
)

Network = IPv4Network | IPv6Network
ABOUT = (
    "Centres, charities, museums and researchers who work on empathy in healthcare, all over the world. We share our "
    "events, meet at a summit every second year, and speak with one voice in joint statements."
)
MOTTO = "We share events, meet at a summit every second year, and speak with one voice in joint statements."
JOIN_ABOUT = (
    "We bring together those who work on empathy in healthcare, in any country. Members share their events, meet at a "
    "summit every second year, and speak with one voice in joint statements."
)
LONGEST_BASE_URL = 70
"""So that a signing link, `/sign/` and 43 characters behind it, stays under 120: longer lines are broken in mails."""


class SettingsError(Exception):
    """One or more settings cannot be used; `faults` has a sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides; see docs/operations.md."""

    var_dir: Path
    database_url: str
    base_url: str
    secret_key: str = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str = "secretariat@network.example"
    mail_reply_to: str = "secretariat@network.example"
    network_name: str = "Empathy in Healthcare Network"
    about: str = ABOUT
    motto: str = MOTTO
    join_about: str = JOIN_ABOUT
    imprint: str = ""
    sender_name: str = ""
    timezone: str = "Etc/UTC"
    digest_hour: int = 8
    trusted_proxies: tuple[Network, ...] = ()
    log_format: str = "text"
    log_level: str = "info"
    mailer: str = "inside"
    is_demo: bool = False
    signing_key_file: Path | None = None
    bounce_address: str | None = None
    bounce_listen: str | None = None
    bounce_maildir: Path | None = None
    bounce_days: int = 180
    fonts_dir: Path | None = None
    tsa_url: str | None = None
    tsa_certificates: Path | None = None
    dkim_selector: str = ""
    fetch_http: bool = False
    freeze_by_two: bool = False
    fetch_local: bool = False
    dkim: Signer | None = None

    @property
    def mailbox_dir(self) -> Path:
        """Where mails become files when no SMTP server is set."""
        return self.var_dir / "mailbox"

    @property
    def host(self) -> str:
        """The host name of the base URL: the right side of UIDs and Message-IDs."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def sender(self) -> str:
        """The name beside the sender's address: that of the network, unless another is set."""
        return self.sender_name or self.network_name

    @property
    def is_https(self) -> bool:
        """Whether cookies may be marked Secure."""
        return self.base_url.startswith("https:")


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read and check every setting; raises SettingsError with a sentence for each fault."""
    values = {**_read_env_file(environ.get("SUMMIT_ENV_FILE")), **environ}
    reader = _Reader(values)
    var_dir = Path(values.get("SUMMIT_VAR_DIR", "var"))
    mail_from = reader.get("SUMMIT_MAIL_FROM", "secretariat@network.example", address)
    settings = Settings(
        var_dir=var_dir,
        database_url=reader.get(
            "SUMMIT_DATABASE_URL", f"sqlite:///{var_dir / 'summit.sqlite'}", _database_url
        ),
        base_url=reader.get("SUMMIT_BASE_URL", "http://127.0.0.1:8000", _base_url),
        secret_key=reader.get("SUMMIT_SECRET_KEY", "", _secret_key) or _kept_secret_key(var_dir),
        smtp_url=reader.get("SUMMIT_SMTP_URL", "", _smtp_url) or None,
        mail_from=mail_from,
        mail_reply_to=reader.get("SUMMIT_MAIL_REPLY_TO", mail_from, address),
        network_name=reader.get("SUMMIT_NETWORK_NAME", "Empathy in Healthcare Network", one_line),
        about=reader.get("SUMMIT_ABOUT", ABOUT, short_text),
        motto=reader.get("SUMMIT_MOTTO", MOTTO, short_text),
        join_about=reader.get("SUMMIT_JOIN_ABOUT", JOIN_ABOUT, short_text),
        imprint=reader.get("SUMMIT_IMPRINT", "", short_text),
        sender_name=reader.get("SUMMIT_SENDER_NAME", "", optional_line),
        timezone=reader.get("SUMMIT_TIMEZONE", "Etc/UTC", zone),
        digest_hour=int(reader.get("SUMMIT_DIGEST_HOUR", "8", hour)),
        trusted_proxies=tuple(reader.networks("SUMMIT_TRUSTED_PROXIES")),
        log_format=reader.get("SUMMIT_LOG_FORMAT", "text", _one_of("text", "json")),
        log_level=reader.get("SUMMIT_LOG_LEVEL", "info", _one_of("info", "warning", "error")),
        mailer=reader.get("SUMMIT_MAILER", "inside", _one_of("inside", "off")),
        is_demo=reader.get("SUMMIT_DEMO", "no", _one_of("yes", "no")) == "yes",
        signing_key_file=Path(key_file)
        if (key_file := reader.get("SUMMIT_SIGNING_KEY_FILE", "", str))
        else None,
        bounce_address=reader.get("SUMMIT_BOUNCE_ADDRESS", "", bounce_address) or None,
        bounce_listen=reader.get("SUMMIT_BOUNCE_LISTEN", "", bounce_listen) or None,
        bounce_maildir=reader.path("SUMMIT_BOUNCE_MAILDIR"),
        bounce_days=int(reader.get("SUMMIT_BOUNCE_DAYS", "180", bounce_days)),
        fonts_dir=reader.path("SUMMIT_FONTS_DIR"),
        tsa_url=reader.get("SUMMIT_TSA_URL", "", _tsa_url) or None,
        tsa_certificates=reader.path("SUMMIT_TSA_CERTIFICATES"),
        dkim_selector=reader.get("SUMMIT_DKIM_SELECTOR", "", dkim_label),
        dkim=reader.signer(mail_from),
        freeze_by_two=reader.get("SUMMIT_FREEZE_BY_TWO", "no", _one_of("yes", "no")) == "yes",
        fetch_http=reader.get("SUMMIT_FETCH_HTTP", "no", _one_of("yes", "no")) == "yes",
        fetch_local=reader.get("SUMMIT_FETCH_LOCAL", "no", _one_of("yes", "no")) == "yes",
    )
    reader.faults += _bounce_faults(settings)
    if settings.fetch_local and settings.host not in {"127.0.0.1", "localhost", "::1"}:
        reader.faults.append(
            "SUMMIT_FETCH_LOCAL: it is for trials on one machine alone; others reach this service at SUMMIT_BASE_URL."
        )
    if settings.tsa_url and settings.tsa_certificates is None:
        reader.faults.append(
            "SUMMIT_TSA_CERTIFICATES: name the file with the authority's root certificate (PEM)."
        )
    if reader.faults:
        raise SettingsError(reader.faults)
    return settings


@cache
def current() -> Settings:
    """The settings of this process: the environment, read once, and above it what `override` was given."""
    _kept.environment = _kept.again or from_environment(os.environ)
    _kept.again = None
    return replace(_kept.environment, **_kept.overridden)


def defaults() -> Settings:
    """The settings as the environment has them."""
    current()
    return _kept.environment or from_environment(os.environ)


def override(values: Mapping[str, Any]) -> None:
    """From now on these fields of `current()` have these values in this process; the environment is not read again."""
    if values == _kept.overridden:
        return
    _kept.again = defaults()
    _kept.overridden = dict(values)
    current.cache_clear()


def forget() -> None:
    """Begin anew, as a process does that has just started; for tests."""
    _kept.environment, _kept.again, _kept.overridden = None, None, {}
    current.cache_clear()


@dataclass(slots=True)
class _Kept:
    environment: Settings | None = None
    again: Settings | None = None
    overridden: dict[str, Any] = field(default_factory=dict)


_kept = _Kept()


class _Reader:
    """Collects the faults, so that all are told at once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.faults: list[str] = []

    def get(self, name: str, default: str, check: Callable[[str], str]) -> str:
        value = self.values.get(name, "").strip() or default
        try:
            return check(value)
        except ValueError as fault:
            self.faults.append(f"{name}: {fault}")
            return default

    def path(self, name: str) -> Path | None:
        value = self.values.get(name, "").strip()
        return Path(value) if value else None

    def signer(self, mail_from: str) -> Signer | None:
        """Who signs; nobody where no key is named."""
        path, sender = self.path("SUMMIT_DKIM_KEY_FILE"), mail_from.rpartition("@")[2]
        selector = self.values.get("SUMMIT_DKIM_SELECTOR", "").strip()
        domain = self.values.get("SUMMIT_DKIM_DOMAIN", "").strip().lower() or sender
        if path is None:
            return None
        if not selector:
            self.faults.append("SUMMIT_DKIM_SELECTOR: it is missing; DNS has the key under that name.")
        if sender != domain and not sender.endswith(f".{domain}"):
            self.faults.append(
                f"SUMMIT_DKIM_DOMAIN: {domain} is not the domain of SUMMIT_MAIL_FROM or above it."
            )
        try:
            return dkim.load(path, domain=domain, selector=selector)
        except ValueError as fault:
            self.faults.append(f"SUMMIT_DKIM_KEY_FILE: {fault}")
            return None

    def networks(self, name: str) -> list[Network]:
        found: list[Network] = []
        for part in filter(None, (item.strip() for item in self.values.get(name, "").split(","))):
            try:
                found.append(ip_network(part))
            except ValueError:
                self.faults.append(f"{name}: “{part}” is not an IP address or network such as 10.0.0.0/8.")
        return found


def _read_env_file(path: str | None) -> dict[str, str]:
    if not path:
        return {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as fault:
        raise SettingsError([f"SUMMIT_ENV_FILE: {path} cannot be read ({fault.strerror})."]) from fault
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip().removeprefix("export "): value.strip().strip("\"'") for name, value in pairs}


def _kept_secret_key(var_dir: Path) -> str:
    """A key made at the first start and kept beside the data, so that nobody has to invent one."""
    path = var_dir / "secret_key"
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    except OSError as fault:
        raise SettingsError([f"SUMMIT_VAR_DIR: {var_dir} cannot be written ({fault.strerror})."]) from fault
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key


def _database_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "sqlite" and parts.path.strip("/"):
        return value
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        return value
    raise ValueError("it must be sqlite:///FILE or postgres://USER@HOST/DATABASE.")


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("it must be the address people type, such as https://summit.example.org.")
    typed = value.rstrip("/")
    if len(typed) > LONGEST_BASE_URL:
        raise ValueError(f"it has more than {LONGEST_BASE_URL} characters; mail programs break long links.")
    return typed


def _tsa_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("it must be the http(s) address of a timestamp authority (RFC 3161).")
    return value


def _smtp_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname):
        raise ValueError("it must be smtp://, smtp+starttls:// or smtps:// with USER:PASSWORD@HOST:PORT.")
    return value


def _secret_key(value: str) -> str:
    if value and len(value) < 32:
        raise ValueError("it must have at least 32 characters; leave it out and one is made.")
    return value


def _bounce_faults(found: Settings) -> list[str]:
    if found.bounce_address is None and (found.bounce_listen or found.bounce_maildir):
        return ["SUMMIT_BOUNCE_ADDRESS: it is missing; without it nothing comes back to where you listen."]
    return []


def _one_of(*choices: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}.")
        return value

    return check
