"""Settings: where they come from, what wins, and what is refused with a sentence."""

from pathlib import Path

import pytest

from wiring.settings import DEFAULTS, SettingError, read_settings

SERIOUS = {"DEMO": "no"}


def test_a_checkout_without_settings_is_a_demo_on_this_machine(tmp_path: Path) -> None:
    read = read_settings({}, tmp_path / "no.env")
    assert read.demo and read.host == "127.0.0.1" and read.base_url == "http://127.0.0.1:8000"


def test_a_file_of_settings_ends_the_demo_unless_it_asks_for_one(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=8123\nHOST=\n")
    read = read_settings({}, file)
    assert (read.port, read.demo, read.host) == (8123, False, "127.0.0.1")
    file.write_text("PORT=8123\nDEMO=yes\n")
    assert read_settings({}, file).demo


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=8123\n")
    assert read_settings({"PORT": "9000"}, file).port == 9000


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_setting_means_its_default(empty: str | None) -> None:
    given = {name: empty for name in DEFAULTS if empty is not None} | SERIOUS
    read = read_settings(given, None)
    assert (read.port, read.rasa_port, read.actions_port, read.quiet_minutes, read.demo) == (8000, 5005, 5055, 30, False)
    assert all(place.exists() for place in read.playbook) and read.faq.exists()


@pytest.mark.parametrize("name", [name for name, value in DEFAULTS.items() if value and value.isdigit()])
@pytest.mark.parametrize("value", ["many", "-1", "1.5", "1 000"])
def test_a_number_that_is_none_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"Setting {name}: expected a whole number, found '{value}'"):
        read_settings(SERIOUS | {name: value}, None)


def test_a_demo_is_never_open_to_others() -> None:
    with pytest.raises(SettingError, match=r"expected 127\.0\.0\.1 in demo mode, found 0\.0\.0\.0"):
        read_settings({"DEMO": "yes", "HOST": "0.0.0.0"}, None)


def test_origins_are_a_list_and_addresses_have_no_slash_at_the_end() -> None:
    read = read_settings(SERIOUS | {"ALLOWED_ORIGINS": " https://a.example ,,https://b.example", "BASE_URL": "https://chat.example/"}, None)
    assert read.allowed_origins == ("https://a.example", "https://b.example") and read.base_url == "https://chat.example"
    assert read_settings(SERIOUS, None).allowed_origins == ()


def test_rasa_and_the_actions_are_always_on_this_machine() -> None:
    read = read_settings(SERIOUS | {"HOST": "0.0.0.0", "RASA_PORT": "5105", "ACTIONS_PORT": "5155"}, None)
    assert (read.rasa_url, read.actions_url) == ("http://127.0.0.1:5105", "http://127.0.0.1:5155/webhook")


OIDC = {"OIDC_ISSUER": "https://login.example", "OIDC_CLIENT_ID": "leadtriage", "OIDC_CLIENT_SECRET": "s"}


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID is missing"), ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET is missing"),
    ({"OIDC_ISSUER": "http://login.example"}, "OIDC_ISSUER: expected an https address"), ({"OIDC_ISSUER": "login.example"}, "OIDC_ISSUER: expected an https"),
    ({"OIDC_DEFAULT_ROLE": "admin", "OIDC_ALLOWED_DOMAINS": "x.example"}, "Administrators are made by hand"), ({"OIDC_DEFAULT_ROLE": "rep"}, "OIDC_ALLOWED_DOMAINS is missing"),
])  # fmt: skip
def test_settings_of_a_sign_in_service_that_let_in_too_many_or_do_not_work_are_refused(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        read_settings(SERIOUS | OIDC | changes, None)


def test_a_sign_in_service_is_read_with_its_domains() -> None:
    read = read_settings(SERIOUS | OIDC | {"OIDC_ALLOWED_DOMAINS": " Vendor.example, @other.example ,", "OIDC_DEFAULT_ROLE": "rep"}, None)
    assert (read.oidc_issuer, read.oidc_allowed_domains, read.oidc_default_role) == ("https://login.example", ("vendor.example", "other.example"), "rep")
    assert read_settings(SERIOUS, None).oidc_issuer is None
