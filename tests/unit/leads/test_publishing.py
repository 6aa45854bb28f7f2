"""Publishing is an act with an author and a note; a version is one text for ever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leads.playbooks_in_use import keep_files
from leads.publishing import CannotPublish, history, kept_before, publish
from scoring.playbook import Playbook, parse_playbook
from scoring.problems import PlaybookError
from tests.unit.leads.fake_unit import FakeUnit
from tests.unit.leads.test_playbooks_in_use import newer
from tests.unit.scoring.test_serving import BILLING, REST, playbook

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
FILES = (BILLING, REST)


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def act(unit: FakeUnit, new: Playbook, **how: Any) -> None:
    publish(unit, new, **({"files": FILES, "by": "Ana Ruiz", "note": "clinics count less", "at": NOW} | how))


def edited(book: Playbook) -> Playbook:
    """The same version with another text."""
    return parse_playbook(book.source.text + "# edited\n", book.file)


def test_the_text_the_author_and_the_note_are_kept(unit: FakeUnit) -> None:
    act(unit, newer("2"))
    (line,) = history(unit, files=FILES)
    assert (line.name, line.version, line.by, line.note, line.at, line.in_use) == ("rest", "2", "Ana Ruiz", "clinics count less", NOW, True)
    kept = unit.playbooks.text(line.digest)
    assert kept is not None and kept.text == newer("2").source.text and kept.file == "rest.yml"


def test_the_history_shows_files_and_publications_and_what_is_in_use(unit: FakeUnit) -> None:
    keep_files(unit, FILES, at=NOW)
    assert [(line.name, line.by, line.in_use) for line in history(unit, files=FILES)] == [("billing", "file", True), ("rest", "file", True)]
    act(unit, newer("2"), at=NOW + timedelta(days=1))
    act(unit, newer("3"), at=NOW + timedelta(days=2))
    found = [(line.version, line.by, line.in_use) for line in history(unit, files=FILES) if line.name == "rest"]
    assert found == [("1", "file", False), ("2", "Ana Ruiz", False), ("3", "Ana Ruiz", True)]


def test_going_back_is_publishing_an_older_text_again(unit: FakeUnit) -> None:
    act(unit, newer("2"))
    act(unit, newer("3"))
    kept = kept_before(unit, "2")
    act(unit, parse_playbook(kept.text, kept.file), note="three was wrong", again=True)
    assert [(line.version, line.in_use) for line in history(unit, files=FILES)] == [("2", False), ("3", False), ("2", True)]


def test_what_is_in_use_is_not_published_again(unit: FakeUnit) -> None:
    act(unit, newer("2"))
    with pytest.raises(CannotPublish, match="in use already"):
        act(unit, newer("2"))


def test_a_version_that_was_published_with_another_text_is_refused_with_what_to_do(unit: FakeUnit) -> None:
    act(unit, newer("2"))
    with pytest.raises(CannotPublish, match=rf"rest.yml:3: version 2 of rest was published .* another text.*--again {newer('2').digest}"):
        act(unit, edited(newer("2")))
    assert len(unit.playbooks.publications()) == 1


def test_a_version_that_was_used_as_a_file_is_refused_too_but_not_the_file_itself(unit: FakeUnit) -> None:
    keep_files(unit, FILES, at=NOW)
    with pytest.raises(CannotPublish, match="was used as a file"):
        act(unit, edited(REST))
    act(unit, REST)
    assert history(unit, files=FILES)[-1].in_use


def test_a_file_that_was_edited_again_and_again_before_it_is_published_is_no_mistake(unit: FakeUnit) -> None:
    keep_files(unit, (BILLING, REST), at=NOW)
    keep_files(unit, (BILLING, edited(REST)), at=NOW)
    act(unit, edited(REST))
    assert history(unit, files=FILES)[-1].digest == edited(REST).digest


@pytest.mark.parametrize(("how", "said"), [
    ({"by": " "}, "author: expected a few words that say who"), ({"note": ""}, "note: expected a few words that say why"),
    ({"note": "x" * 501}, "at most 500 characters, found 501"),
])  # fmt: skip
def test_an_author_and_a_note_are_asked_for(unit: FakeUnit, how: dict[str, str], said: str) -> None:
    with pytest.raises(CannotPublish, match=said):
        act(unit, newer("2"), **how)


def test_what_cannot_stand_beside_the_others_is_not_published(unit: FakeUnit) -> None:
    with pytest.raises(PlaybookError, match="only one playbook can serve everything else"):
        act(unit, playbook("more", everything=True))
    act(unit, playbook("more", pages='"https://example.com/more/*"'))
    with pytest.raises(PlaybookError, match="matches all of it and comes first"):
        act(unit, playbook("yet_more", pages='"https://example.com/more/x"'))


def test_an_older_text_is_found_by_version_or_the_beginning_of_its_digest(unit: FakeUnit) -> None:
    keep_files(unit, FILES, at=NOW)
    assert kept_before(unit, REST.digest[:6]).name == "rest" and kept_before(unit, "1", name="billing").name == "billing"
    with pytest.raises(CannotPublish, match=f"'1' may mean several texts: .*rest {REST.digest}"):
        kept_before(unit, "1")
    with pytest.raises(CannotPublish, match=r"no stored version or digest '7'.*history"):
        kept_before(unit, "7")
