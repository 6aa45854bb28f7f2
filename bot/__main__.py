"""Rasa's command line with this project's folders: `python -m bot train | run | validate`.

A split domain needs `--domain domain` on each command, the server must listen on loopback only, the model must be the file
that was named (Rasa silently serves the newest in a folder), and telemetry stays off: all of it is said here once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODEL = Path(os.environ.get("RASA_MODEL", ROOT / "var/models/leadtriage.tar.gz"))

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")


def cache_of_this_code() -> Path:
    """Return the folder of Rasa's cache for our code and our encoder as they are, and remove those of other versions.

    Rasa notices changed data and settings, and changes in a component's own class, but not in the modules and files it uses; parts
    trained by other code must not be taken for fresh.
    """
    digest = hashlib.sha256()
    for source in [*sorted((ROOT / "bot").rglob("*.py")), *(ROOT / "var/encoder").glob("encoder.onnx")]:
        digest.update(source.read_bytes())
    caches = ROOT / ".rasa"
    ours = caches / f"cache-{digest.hexdigest()[:12]}"
    for other in caches.glob("cache*"):
        if other != ours:
            shutil.rmtree(other, ignore_errors=True)
    return ours


def train() -> list[str]:
    """Arguments of `rasa train`: one named file, unchanged parts from Rasa's cache."""
    os.environ["RASA_CACHE_DIRECTORY"] = str(cache_of_this_code())
    return ["train", "--domain", "domain", "--data", "data/nlu", "data/rules", "--config", "config.yml",
            "--skip-validation", "--out", str(MODEL.parent), "--fixed-model-name", MODEL.name.replace(".tar.gz", "")]


def run() -> list[str]:
    """Arguments of `rasa run`: loopback, our channel, the named model."""
    if not MODEL.exists():
        sys.exit(f"{MODEL}: the NLU model is missing. Run `make train` to build it.")
    return ["run", "-i", "127.0.0.1", "-p", os.environ.get("RASA_PORT", "5005"), "--model", str(MODEL),
            "--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"]


def validate() -> list[str]:
    """Arguments of `rasa data validate`."""
    return ["data", "validate", "--domain", "domain", "--data", "data/nlu", "data/rules", "--config", "config.yml"]


def main() -> None:
    """Hand over to Rasa's own command line."""
    commands = {"train": train, "run": run, "validate": validate}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit("Usage: python -m bot train | run | validate [more options of rasa]")
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    sys.argv = ["rasa", *commands[sys.argv[1]](), *sys.argv[2:]]
    from bot import patches

    patches.apply()
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main()
