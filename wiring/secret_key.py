"""A secret that an installation makes for itself."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def kept_secret(path: Path) -> str:
    """Return the secret in a file, made with the first call: 43 URL-safe characters, 256 bits, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and put in place whole: a process that starts at the same moment must not read half of it, nor make its own.
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix=path.name) as aside:
            aside.write(secrets.token_urlsafe(32))
            aside.flush()
            with suppress(FileExistsError):
                os.link(aside.name, path)
    return path.read_text(encoding="ascii")
