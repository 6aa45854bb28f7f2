"""The running product, started once for all tests that need it and stopped at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.running.product import Product
from wiring.settings import read_settings


def missing_parts() -> str | None:
    """Say what keeps the product from running here, None if nothing does."""
    settings = read_settings({**os.environ, "DEMO": "yes"})
    if not settings.rasa_python.exists():
        return f"the Rasa environment is missing ({settings.rasa_python}); `make install` builds it"
    if not settings.rasa_model.exists():
        return f"the NLU model is missing ({settings.rasa_model}); `make train` builds it"
    return None


@pytest.fixture(scope="session")
def built() -> None:
    """Everything is built that the product needs to run. On a CI machine a missing part is a failure, elsewhere a skip."""
    missing = missing_parts()
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def product(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, ready; afterwards SIGTERM must end it in good order with all its processes."""
    running = Product.start(tmp_path_factory.mktemp("product"))
    yield running
    code = running.end()
    assert code == 0, running.output()
    assert running.left_over() == set(), "processes outlived leadtriage run"
