"""What leaves a text, what becomes a token, and what has to survive."""

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.redaction import Redaction, RedactionModelMissing, Redactor

FRAGMENTS = [
    "Ana Ruiz", "bob", "Dr. Chen", "my name is", "this is", "patient", "MRN 4471-20", "SSN 401 22 9183", "dob 2/9/1958",
    "at", "ana@tri.example", "918-555-0144", "12 Elm Street", "Mercy Hospital", "Epic", "\n", ", ", "40k members",
    "[name]", "[SSN removed]", "call me", "Thanks,\nDana", "é😀", "Will", "St.", "Zanthra Quill", "loop in my boss",
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "we touch PHI of about 55k patients",
        "19 clinics in OH and two in KY",
        "Medicare Advantage and duals, 310k lives",
        "72k is approved, live by May 1 2027",
        "SOC 2 type 2 and a BAA, then SSO",
        "Q2 FY29",
        "Will the CFO have to sign?",
        "Mark it as requested",
        "Jan or April, not May",
        "Epic at the hospitals, Cerner at two clinics, Phreesia at the desk",
        "We left Luma for Klara, then Weave",
        "athena",
        "PCC",
        "I'm with John Muir Health",
        "We're Mary Greeley Medical Center",
        "Cleveland Clinic and Mount Sinai do it already",
        "St. Luke's is our neighbour",
        "Ortiz, Keller and Boyd are our lawyers",
        "the Dr signs off and ms teams rings",
        "Grant money, 90000 to 110000",
        "call 1200-1500 patients a week",
        "contract ends 06/30/2027",
        "version 10.2.1 of the interface",
        "Somos una clínica con 12 sedes en Texas",
        "<b>Epic</b> &amp; nothing else",
        "👍",
        "   ",
        "",
    ],
)
@pytest.mark.parametrize("asked", [None, "integrations"])
def test_business_talk_comes_through_unchanged(redactor: Redactor, text: str, asked: str | None) -> None:
    assert redactor.redact(text, asked=asked) == Redaction(text)


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("pt's ssn is 401-22-9183", "9183", "ssn"),
        ("social security number 401 22 9183", "9183", "ssn"),
        ("SSN 401229183 on file", "401229183", "ssn"),
        ("MRN: KD-447120", "447120", "mrn"),
        ("her chart # 0047712", "0047712", "mrn"),
        ("member id WZX5520931", "5520931", "member_id"),
        ("policy no. 88-4410", "4410", "member_id"),
        ("Medicare 1EG4-TE5-MK73", "TE5", "member_id"),
        ("DOB 02/09/1958", "1958", "date_of_birth"),
        ("she was born on February 9th, 1958", "1958", "date_of_birth"),
        ("patient Maria Gonzalez was here", "Gonzalez", "patient_name"),
        ("pt jane doe", "jane", "patient_name"),
        ("my wife Linda was seen there", "Linda", "patient_name"),
        ("our CIO Dan Holt signs", "Holt", "person_name"),
        ("Talk to Dr. Okonkwo first", "Okonkwo", "person_name"),
        ("ask dr okafor about it", "okafor", "person_name"),
        ("she lives at 14 Juniper Lane, Dayton, OH 45402", "Juniper", "street_address"),
        ("ship to P.O. Box 8810", "8810", "street_address"),
        ("card 4111 1111 1111 1111", "1111", "card_number"),
        ("our server is 10.20.30.40", "10.20", "ip_address"),
        ("IBAN GB82WEST12345698765432", "WEST", "bank_account"),
        ("His phone number is 415-555-0133", "0133", "phone"),
    ],
)
def test_what_identifies_somebody_else_is_dropped_for_good(
    redactor: Redactor, text: str, secret: str, kind: str
) -> None:
    result = redactor.redact(text)
    assert secret not in result.text
    assert kind in result.removed
    assert secret not in " ".join(result.contact.values())


def test_the_role_of_a_third_party_stays(redactor: Redactor) -> None:
    assert redactor.redact("our CIO Dan Holt signs").text == "our CIO [name removed] signs"


@pytest.mark.parametrize(
    ("text", "redacted", "contact"),
    [
        ("This is Ana Ruiz, COO at Cedar Hollow Clinics", "This is [name], COO at Cedar Hollow Clinics",
         {"name": "Ana Ruiz", "title": "COO", "company": "Cedar Hollow Clinics"}),
        ("I'm Noelle Stonecrow", "I'm [name]", {"name": "Noelle Stonecrow"}),
        ("hi im bob from tri county", "hi im [name] from tri county", {"name": "Bob"}),
        ("mail ana@tri.example or call 918-555-0144", "mail [email] or call [phone]",
         {"email": "ana@tri.example", "phone": "918-555-0144"}),
        ("Thanks,\nSol Abrams\nCEO\n918-555-0144", "Thanks,\n[name]\nCEO\n[phone]",
         {"name": "Sol Abrams", "phone": "918-555-0144"}),
    ],
)  # fmt: skip
def test_what_the_writer_says_of_himself_becomes_a_token(
    redactor: Redactor, text: str, redacted: str, contact: dict[str, str]
) -> None:
    result = redactor.redact(text)
    assert (result.text, result.contact, result.removed) == (redacted, contact, ())


def test_an_address_of_the_boss_is_not_the_writers(redactor: Redactor) -> None:
    result = redactor.redact("cc my boss at jim@tri.example, I'm at ana@tri.example")
    assert result.contact == {"email": "ana@tri.example"}
    assert result.text == "cc my boss at [email removed], I'm at [email]"


def test_a_known_name_is_the_same_token_in_a_later_message(redactor: Redactor) -> None:
    assert redactor.redact("Ruiz again, any news?", known={"name": "Ana Ruiz"}).text == "[name] again, any news?"


def test_a_known_name_that_is_an_everyday_word_does_not_eat_the_word(redactor: Redactor) -> None:
    text = "Will the board sign, and will IT?"
    assert redactor.redact(text, known={"name": "Will Jones"}).text == text


@settings(max_examples=60, deadline=None)
@given(text=st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join) | st.text(max_size=80))
def test_redacting_twice_changes_nothing(redactor: Redactor, text: str) -> None:
    once = redactor.redact(text).text
    assert redactor.redact(once).text == once


@settings(max_examples=40, deadline=None)
@given(
    around=st.lists(st.sampled_from(FRAGMENTS), max_size=6).map(" ".join),
    area=st.integers(100, 899),
    serial=st.integers(1000, 9999),
)
def test_a_dashed_social_security_number_never_survives(
    redactor: Redactor, around: str, area: int, serial: int
) -> None:
    number = f"{area}-45-{serial}"
    assert number not in redactor.redact(f"{around} {number} {around}").text


@pytest.mark.parametrize(
    "unit", ["1-", "my name is ", "a.", "\n> ", "12 Elm ", "x@x.", "::", "Ana Ruiz and ", "é", "\x00\x07"]
)
def test_a_long_hostile_text_is_read_in_time(redactor: Redactor, unit: str) -> None:
    started = perf_counter()
    redactor.redact((unit * 4200)[:4200])
    assert perf_counter() - started < 3


def test_threads_share_one_redactor(redactor: Redactor) -> None:
    texts = [f"our CFO Dan Holt, MRN 77{i:05}, uses Epic and Zanthra" for i in range(40)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(redactor.redact, texts))
    assert together == [redactor.redact(text) for text in texts]


def test_a_missing_model_is_named_and_not_downloaded() -> None:
    with pytest.raises(RedactionModelMissing, match="no_such_model"):
        Redactor("no_such_model")
