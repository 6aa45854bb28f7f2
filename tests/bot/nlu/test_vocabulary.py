"""Words that name a value: whole words, plurals, negation, and the longest term wins."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.vocabulary import Vocabularies

ORGANISATIONS = """
version: 1
fact: org_type
values:
  hospital:
    strong: [hospital, critical access hospital]
    asked: [er]
  specialty_group:
    strong: [specialty hospital, eye-clinic]
"""
SECURITY = """
version: 1
fact: security_needs
values:
  sso: {strong: [sso, single sign-on]}
  baa: {strong: [baa], asked: [agreement]}
"""


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Vocabularies:
    folder = tmp_path_factory.mktemp("vocabularies")
    (folder / "organisations.yml").write_text(ORGANISATIONS)
    (folder / "security.yml").write_text(SECURITY)
    return Vocabularies(folder)


def found(words: Vocabularies, text: str) -> list:
    return [(term.value, text[term.start : term.end], term.negated) for term in words.find(text)]


@pytest.mark.parametrize(("text", "terms"), [
    ("We are a HOSPITAL.", [("hospital", "HOSPITAL", False)]),
    ("three hospitals in Ohio", [("hospital", "hospitals", False)]),
    ("an eye clinic, two eye-clinics", [("specialty_group", "eye clinic", False), ("specialty_group", "eye-clinics", False)]),
    ("a critical-access hospital, single sign on", [("hospital", "critical-access hospital", False), ("sso", "single sign on", False)]),
    ("hospitality is our thing", []),
    ("we need sso and a baa", [("sso", "sso", False), ("baa", "baa", False)]),
])  # fmt: skip
def test_whole_words_are_found_in_any_letters_also_in_the_plural(words: Vocabularies, text: str, terms: list) -> None:
    assert found(words, text) == terms


@pytest.mark.parametrize(("text", "negated"), [
    ("not a hospital", True), ("we aren't really a hospital", True), ("isn't a hospital", True), ("no sso", True), ("without any sso", True),
    ("not a payer, a hospital", False), ("not sure but a hospital", False), ("no. hospital", False), ("no one at our big old hospital", False),
    ("a hospital, not a payer", False),
])  # fmt: skip
def test_a_word_after_a_not_is_negated_until_the_clause_ends(words: Vocabularies, text: str, negated: bool) -> None:
    (term,) = words.find(text)
    assert term.negated is negated


def test_of_overlapping_terms_of_one_fact_the_longest_is_meant(words: Vocabularies) -> None:
    assert found(words, "a specialty hospital") == [("specialty_group", "specialty hospital", False)]
    assert found(words, "a critical access hospital") == [("hospital", "critical access hospital", False)]


def test_a_term_knows_whether_it_counts_unasked(words: Vocabularies) -> None:
    assert [(term.value, term.strong) for term in words.find("the er wants an agreement with the hospital")] == [
        ("hospital", False), ("baa", False), ("hospital", True),
    ]


@settings(deadline=None)
@given(st.text(alphabet="abers hospitl,.-'\n", max_size=60))
def test_whatever_is_typed_terms_stand_where_they_say_and_do_not_overlap(words: Vocabularies, text: str) -> None:
    ends: dict = {}
    for term in words.find(text):
        assert 0 <= term.start < term.end <= len(text)
        assert term.start >= ends.get(term.fact, 0)
        ends[term.fact] = term.end


@pytest.mark.parametrize("content", ["version: 1\nvalues: {}\n", "just words\n", "- a list\n"])
def test_a_file_of_another_form_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.yml").write_text(content)
    with pytest.raises(ValueError, match=r"odd\.yml: expected the keys version, fact and values"):
        Vocabularies(tmp_path)


def test_the_shipped_vocabularies_can_be_read_and_find_something() -> None:
    shipped = Vocabularies(Path(__file__).resolve().parents[3] / "data/vocabularies")
    assert {"integrations", "org_type"} <= {term.fact for term in shipped.find("our nursing home is on meditech")}
