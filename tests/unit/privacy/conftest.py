"""One redactor for all tests: loading the language model takes longer than all of them."""

import pytest

from privacy.redaction import Redactor


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    return Redactor()
