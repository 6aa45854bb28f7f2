"""Is this installation sound?"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from sqlalchemy import text

from cli.demo import demo_login
from store.database import migrate
from wiring.build import Application, build
from wiring.faq import read_faq
from wiring.playbook_files import check_playbooks
from wiring.settings import ROOT, Settings, read_settings
from wiring.vocabularies import check_vocabularies


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    good: bool
    said: str


def examine() -> list[Finding]:
    """Look at everything a start needs, and at the running processes if there are any."""
    findings = []
    try:
        settings = read_settings()
    except ValueError as error:
        return [Finding("settings", False, str(error))]
    findings.append(Finding("settings", True, "demo mode" if settings.demo else "from the environment and .env"))
    application = build(settings)
    looks: list[tuple[str, Callable[[Application], str]]] = [
        ("playbook", _playbook), ("faq", lambda app: f"{len(read_faq(app.settings.faq))} topics"), ("vocabularies", _vocabularies),
        ("database", _database),
        ("redaction", _redaction), ("rasa environment", _rasa), ("nlu model", _model),
    ]
    for what, look in looks:
        try:
            findings.append(Finding(what, True, look(application)))
        except Exception as error:  # the edge of this command: each part is reported, none stops the others
            findings.append(Finding(what, False, str(error) or type(error).__name__))
    findings.append(_running(settings))
    return findings


def _playbook(app: Application) -> str:
    problems = check_playbooks(app.settings.playbook)
    if problems:
        raise ValueError("; ".join(str(problem) for problem in problems[:5]))
    return f"{', '.join(f'{playbook.name} {playbook.version}' for playbook in app.playbooks.current())}, no problems"


def _vocabularies(app: Application) -> str:
    problems = check_vocabularies()
    if problems:
        raise ValueError("; ".join(str(problem) for problem in problems[:5]))
    return "no word stands under two values"


def _database(app: Application) -> str:
    migrate(app.engine)
    with app.engine.connect() as connection:
        connection.execute(text("select 1"))
    return f"{app.engine.dialect.name}, tables up to date"


def _redaction(app: Application) -> str:
    if "123-45-6789" in app.redactor.redact("SSN 123-45-6789").text:
        raise ValueError("a social security number was not recognised; run `make install` again")
    return f"{app.settings.names_model} loaded"


def _rasa(app: Application) -> str:
    code = "import rasa.version; print(rasa.version.__version__)"
    ran = subprocess.run([str(app.settings.rasa_python), "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    if ran.returncode:
        raise ValueError(f"Rasa cannot be imported by {app.settings.rasa_python}; run `make install`")
    return f"Rasa {ran.stdout.strip()}"


def _model(app: Application) -> str:
    if not app.settings.rasa_model.exists():
        raise ValueError(f"{app.settings.rasa_model} is missing; run `make train`")
    return f"{app.settings.rasa_model.name}, {app.settings.rasa_model.stat().st_size / 1e6:.0f} MB"


def _running(settings: Settings) -> Finding:
    addresses = _addresses(settings)
    for address in addresses:
        try:
            checks = httpx.get(f"{address}/readyz", timeout=5).json()
        except (httpx.HTTPError, ValueError):  # nobody there, or something else
            continue
        lacking = [name for name, good in checks.get("checks", {}).items() if not good]
        said = "ready" if not lacking else f"running, but not ready: {', '.join(lacking)}"
        return Finding("running", not lacking, f"{said} ({address})")
    return Finding("running", True, f"not running at {' nor at '.join(addresses)}")


def _addresses(settings: Settings) -> list[str]:
    """Return where to look: at the port of the settings, and where a demo was started, whose ports this terminal may not have."""
    demo = demo_login() if settings.demo else None
    return list(dict.fromkeys([f"http://{settings.host}:{settings.port}", *([demo.url] if demo else [])]))
