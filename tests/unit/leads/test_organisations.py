"""Which organisation an address belongs to, and the list of free-mail providers."""

from pathlib import Path

import pytest

from leads.organisations import FREE_MAIL_FILE, account_domain, free_mail, read_free_mail
from scoring.problems import PlaybookError


@pytest.mark.parametrize(("address", "domain"), [
    ("ana@clinic.org", "clinic.org"), ("ana@mail.Clinic.org ", "clinic.org"), ("it.clinic.org", "clinic.org"), ("a@ward.nhs.uk", "ward.nhs.uk"),
    ("a@x.ward.nhs.uk", "ward.nhs.uk"), ("a@clinic.com.au", "clinic.com.au"), ("a@clinic.github.io", "clinic.github.io"), ("a@cedar.example", "cedar.example"),
    ("a@praxis.münchen.de", "münchen.de"), ("a@gmail.com", None), ("a@GoogleMail.com", None), ("a@x.yahoo.com", None), ("a@yahoo.co.uk", None), ("a@proton.me", None),
    ("a@nhs.uk", None), ("a@localhost", None), ("a@.", None), ("a@", None), ("", None), (None, None),
])  # fmt: skip
def test_an_account_is_what_somebody_registered_and_free_mail_is_nobodys(address: str | None, domain: str | None) -> None:
    assert account_domain(address) == domain


def test_the_list_is_read_and_names_where_it_is_from() -> None:
    assert {"gmail.com", "outlook.com", "yahoo.com", "icloud.com", "proton.me", "163.com"} <= free_mail()
    assert read_free_mail(FREE_MAIL_FILE) == free_mail()


@pytest.mark.parametrize(("text", "mistake"), [
    ("version: 1\n", "expected a list under 'providers'"),
    ("version: 1\nproviders:\n  - {name: x, domains: [a.com]}\n", ":3:5: expected name, since, source and a list of domains"),
    ("version: 1\nproviders:\n  - {name: x, since: 2026-11-24, source: y, domains: [a.com, Me@a.com]}\n", "expected a domain in small letters, found 'Me@a.com'"),
])  # fmt: skip
def test_a_mistake_in_the_list_is_named_with_its_place(tmp_path: Path, text: str, mistake: str) -> None:
    (tmp_path / "free_mail.yml").write_text(text)
    with pytest.raises(PlaybookError) as told:
        read_free_mail(tmp_path / "free_mail.yml")
    assert mistake in str(told.value)
