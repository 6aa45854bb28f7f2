"""The secret an installation makes for itself."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wiring.secret_key import kept_secret


def test_it_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret.key"
    first = kept_secret(path)
    assert len(first) == 43 and kept_secret(path) == first and path.stat().st_mode & 0o077 == 0


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    assert kept_secret(tmp_path / "a") != kept_secret(tmp_path / "b")


def test_processes_that_start_at_the_same_moment_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: kept_secret(tmp_path / "secret.key"), range(40)))) == 1
