"""How answers about oneself are read."""

import pytest

from privacy.redaction import Redactor


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("it's pierre fontaine-webb", "Pierre Fontaine-Webb"),
        ("noelle stonecrow here", "Noelle Stonecrow"),
        ("My name is Bob.", "Bob"),
        ("denise k", "Denise K"),
        ("t. marlowe", "T. Marlowe"),
        ("O'Brien, Pat", "Pat O'Brien"),
        ("will jones", "Will Jones"),
        ("Dr. Sarah Chen", "Sarah Chen"),
        ("NGUYEN VAN ANH", "Nguyen Van Anh"),
        ("María José de la Cruz", "María José de la Cruz"),
        ("xiomara", "Xiomara"),
        ("李雷", "李雷"),
    ],
)
def test_the_answer_to_the_name_question_is_a_name(redactor: Redactor, answer: str, name: str) -> None:
    result = redactor.redact(answer, asked="name")
    assert result.contact == {"name": name}
    assert "[name]" in result.text


@pytest.mark.parametrize(
    "answer",
    [
        "skip",
        "no thanks",
        "why?",
        "i'd rather not",
        "i'm not sure",
        "pass",
        "just browsing",
        "the boss",
        "not yet",
        "we have 9 clinics",
    ],
)
def test_a_refusal_is_no_name(redactor: Redactor, answer: str) -> None:
    result = redactor.redact(answer, asked="name")
    assert (result.text, result.contact) == (answer, {})


@pytest.mark.parametrize(
    ("answer", "phone"),
    [
        ("ext 0144 at 918 555 0144", "918 555 0144"),
        ("918.555.0144", "918.555.0144"),
        ("918-555-0144, mornings only", "918-555-0144"),
        ("9185550144", "9185550144"),
        ("it's 918-555-0144 ext. 22", "918-555-0144 ext 22"),
        ("pass", None),
        ("call 24/7", None),
    ],
)
def test_a_number_to_call_is_read_with_its_extension(redactor: Redactor, answer: str, phone: str | None) -> None:
    assert redactor.redact(answer, asked="phone").contact.get("phone") == phone


@pytest.mark.parametrize(
    ("answer", "email"),
    [
        ("here you go a.b@tri.example", "a.b@tri.example"),
        ("bob at zenith dot org", "bob@zenith.org"),
        ("bob(at)zenith.org", "bob@zenith.org"),
        ("no", None),
    ],
)
def test_an_address_is_read_written_or_spoken(redactor: Redactor, answer: str, email: str | None) -> None:
    assert redactor.redact(answer, asked="email").contact.get("email") == email


@pytest.mark.parametrize(
    ("answer", "company"),
    [
        ("we're cedar hollow clinics", "Cedar Hollow Clinics"),
        ("It's StepLedger.", "StepLedger"),
        ("acme llc", "Acme LLC"),
        ("St. Mary's Hospital", "St. Mary's Hospital"),
        ("i work at mercy and its great", "Mercy"),
        ("we have 9 clinics", None),
        ("why do you ask?", None),
        ("skip", None),
    ],
)
def test_a_company_is_taken_and_stays_in_the_text(redactor: Redactor, answer: str, company: str | None) -> None:
    result = redactor.redact(answer, asked="company")
    assert (result.text, result.contact.get("company")) == (answer, company)
