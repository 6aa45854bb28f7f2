"""The textbook bot: plain `rasa run` with its action server and a SQL tracker store, trained on first use."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path

import httpx

from benchmarks.conversations import FOLDER, read_long_talks, read_scripts
from benchmarks.system import LONG_TURNS, LOOK_EVERY_SECONDS, System
from benchmarks.visitors import RasaVisitor
from wiring.settings import BUILT, read_settings

BOT = Path(__file__).parent / "textbook_bot"
MODELS = BUILT / "benchmarks/textbook_models"
BEGINS = re.compile(r"Starting to train component '(\w+)'")  # in Rasa's output
TAUGHT = ("config.yml", "domain.yml", "data/nlu.yml", "data/rules.yml", "data/stories.yml")


class TrainingFailed(RuntimeError):
    """Rasa could not train the textbook bot."""


def model_of_these_files() -> Path:
    """Return where the model belongs that is trained on the bot's files as they are."""
    digest = hashlib.sha256()
    for name in TAUGHT:
        digest.update((BOT / name).read_bytes())
    return MODELS / f"textbook-{digest.hexdigest()[:12]}.tar.gz"


class TextbookBot(System):
    """What a Rasa tutorial leads to: DIET, TED, UnexpecTED, and a form that an action server validates."""

    name = "textbook Rasa bot"

    def __init__(self, folder: Path, *, port: int, actions_port: int, database_url: str | None) -> None:
        super().__init__(folder)
        self.port, self._actions_port = port, actions_port
        self._python = str(read_settings().rasa_python)
        # Its action server closes a connection that stays silent for five seconds. Under load Rasa needs longer between opening one and
        # writing to it, and would lose the message then: so it is told to wait.
        self._settings = {
            "RASA_TELEMETRY_ENABLED": "false", "PYENV_VERSION": "", "SANIC_HOST": "127.0.0.1", "SANIC_KEEP_ALIVE_TIMEOUT": "600",
            "TEXTBOOK_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
            "TEXTBOOK_DATABASE_URL": database_url or f"sqlite:///{folder}/tracker.db",
        }

    def is_trained(self) -> bool:
        """Is the model of these files there?"""
        return model_of_these_files().exists()

    def train(self, told: Callable[[str], None]) -> None:
        """Train it.

        Args:
            told: called with the name of each component and policy when its training begins.
        Raises:
            TrainingFailed: with the end of Rasa's output.
        """
        model = model_of_these_files()
        MODELS.mkdir(parents=True, exist_ok=True)
        log, seen = MODELS / "training.txt", 0
        command = [self._python, "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml", "--data", "data",
                   "--out", str(MODELS), "--fixed-model-name", model.name.removesuffix(".tar.gz")]
        environment = {**os.environ, **self._settings, "RASA_MAX_CACHE_SIZE": "0"}
        with log.open("wb") as output, subprocess.Popen(command, cwd=BOT, stdout=output, stderr=subprocess.STDOUT, env=environment) as rasa:
            try:
                while rasa.poll() is None:
                    time.sleep(LOOK_EVERY_SECONDS)
                    begun = BEGINS.findall(log.read_text(errors="replace"))
                    for name in begun[seen:]:
                        told(name)
                    seen = len(begun)
            except BaseException:
                rasa.terminate()
                raise
        if rasa.returncode or not model.exists():
            last = log.read_text(errors="replace").splitlines()[-12:]
            raise TrainingFailed(f"The textbook bot could not be trained ({log}):\n" + "\n".join(last))

    def launch(self) -> None:
        """Start the action server and Rasa."""
        self._actions = self._start_process(
            [self._python, "-m", "rasa", "run", "actions", "--actions", "actions", "-p", str(self._actions_port)],
            output="actions.txt", cwd=BOT, **self._settings,
        )
        self._rasa = self._start_process(
            [self._python, "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(self.port), "--model",
             str(model_of_these_files()), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"],
            output="rasa.txt", cwd=BOT, **self._settings,
        )

    def is_ready(self) -> bool:
        """Rasa names the model it has loaded (it answers before, and drops messages then); the action server is alive."""
        try:
            loaded = httpx.get(f"http://127.0.0.1:{self.port}/status", timeout=5).json().get("model_file")
            return loaded == model_of_these_files().name and httpx.get(
                f"http://127.0.0.1:{self._actions_port}/health", timeout=5
            ).is_success
        except (httpx.HTTPError, ValueError):
            return False

    def parts(self) -> Mapping[str, int]:
        """Rasa and its action server."""
        return {"rasa": self._rasa.pid, "actions": self._actions.pid}

    def visitors(self, count: int) -> Sequence[RasaVisitor]:
        """Visitors who fill in the form."""
        return [RasaVisitor(lines) for lines in islice(cycle(read_scripts(FOLDER / "textbook.yml")), count)]

    def long_talkers(self, count: int) -> Sequence[RasaVisitor]:
        """Visitors who ask and chat in the middle of the form."""
        scripts = read_long_talks(FOLDER / "textbook_long.yml", turns=LONG_TURNS).values()
        return [RasaVisitor(lines) for lines in islice(cycle(scripts), count)]
