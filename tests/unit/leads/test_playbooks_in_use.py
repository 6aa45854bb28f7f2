"""Which playbook a conversation or a lead goes by, and when a publication is seen."""

import logging
from datetime import UTC, datetime

import pytest

from leads import conversations
from leads.playbooks_in_use import SEEN_AFTER_SECONDS, PlaybooksInUse
from leads.publishing import publish
from leads.records import Publication, StoredPlaybook
from scoring.playbook import Playbook, parse_playbook
from scoring.problems import PlaybookError
from tests.unit.leads.chatting import FAQ, NINE, Chat, reading
from tests.unit.leads.fake_unit import FakeUnit
from tests.unit.scoring.test_serving import BILLING, REST, SMALL, playbook

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def newer(version: str, name: str = "rest") -> Playbook:
    return parse_playbook(SMALL.replace("name: small", f"name: {name}").replace('version: "1"', f'version: "{version}"'), f"{name}.yml")


class Desk:
    """A shelf over a unit, with a clock that is set by hand."""

    def __init__(self, *files: Playbook) -> None:
        self.unit, self.seconds, self.read = FakeUnit(), 0.0, 0
        self.files = files or (BILLING, REST)
        self.playbooks = PlaybooksInUse(self.files, self._reading, FAQ, clock=lambda: self.seconds)

    def _reading(self) -> FakeUnit:
        self.read += 1
        return self.unit

    def publish(self, new: Playbook) -> None:
        with self.unit as unit:
            publish(unit, new, files=self.files, by="Ana", note="better", at=NOW)
            unit.commit()


def test_without_publications_the_files_are_in_use() -> None:
    desk = Desk()
    assert desk.playbooks.current() == (BILLING, REST) and desk.playbooks.choose() is REST
    assert desk.playbooks.choose(page="https://example.com/billing") is BILLING


def test_without_a_database_the_files_are_in_use() -> None:
    playbooks = PlaybooksInUse((REST,), lambda: None)
    assert playbooks.choose() is REST and playbooks.by_digest("gone") is None


def test_a_publication_is_seen_after_seconds_and_until_then_nobody_asks_the_store() -> None:
    desk = Desk()
    assert desk.playbooks.choose() is REST
    desk.publish(newer("2"))
    assert desk.playbooks.choose() is REST and desk.read == 1
    desk.seconds = SEEN_AFTER_SECONDS
    assert desk.playbooks.choose().version == "2" and desk.playbooks.choose().version == "2" and desk.read == 2


def test_what_was_only_published_stands_beside_the_files() -> None:
    desk = Desk(REST)
    desk.publish(BILLING)
    assert [each.name for each in desk.playbooks.current()] == ["rest", "billing"]
    assert desk.playbooks.choose(page="https://example.com/billing").name == "billing"


def test_a_conversation_goes_by_the_text_it_began_with_also_in_a_process_that_started_later() -> None:
    desk = Desk()
    desk.publish(newer("2"))
    with desk.unit as unit:
        conversation, _ = conversations.open_conversation(
            unit, now=NINE, playbook=desk.playbooks.choose(), channel="website", page={}, utm={}, visitor=None, prefill={}, reference_date=None,
            consent=True,
        )
        unit.commit()
    desk.publish(newer("3"))
    later = PlaybooksInUse(desk.files, lambda: desk.unit, FAQ)
    assert later.choose().version == "3" and later.of(conversation).playbook.version == "2"
    assert later.of(conversation) is later.of(conversation), "compiled once"


def test_where_the_text_was_not_kept_the_version_in_use_of_that_name_serves() -> None:
    desk = Desk()
    chat = Chat()
    chat.conversation.playbook, chat.conversation.playbook_digest = "billing", "feedfacecafe"
    assert desk.playbooks.of_conversation(chat.conversation) is BILLING
    chat.conversation.playbook = "renamed since"
    assert desk.playbooks.of_conversation(chat.conversation) is REST


def test_a_lead_keeps_its_text_while_its_interview_runs_and_then_goes_by_the_version_in_use() -> None:
    desk = Desk()
    chat = Chat()
    chat.say(reading(org_type="hospital"))
    chat.lead.playbook = {"name": "rest", "version": "1", "digest": REST.digest}
    desk.publish(newer("2"))
    assert chat.lead.status == "open" and desk.playbooks.of_lead(chat.lead) is REST
    chat.lead.status = "completed"
    assert desk.playbooks.of_lead(chat.lead).version == "2"
    assert desk.playbooks.of_lead(None).version == "2"


def test_a_text_that_cannot_be_used_any_more_leaves_the_last_good_set_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    assert desk.playbooks.choose() is REST
    broken = StoredPlaybook(
        digest="b" * 12, name="rest", version="9", text="name: rest\n", file="rest.yml", published_by="ana", note="x", published_at=NOW
    )
    desk.unit.playbooks.keep(broken)
    desk.unit.playbooks.publish(Publication(name="rest", digest="b" * 12, by="ana", note="x", at=NOW))
    desk.seconds = SEEN_AFTER_SECONDS
    with caplog.at_level(logging.ERROR):
        assert desk.playbooks.choose() is REST
    assert "rest.yml:1:1" in caplog.text
    assert desk.playbooks.by_digest("b" * 12) is None
    with pytest.raises(PlaybookError):
        PlaybooksInUse(desk.files, lambda: desk.unit).current()


def test_files_that_cannot_stand_side_by_side_are_refused_at_the_first_use() -> None:
    with pytest.raises(PlaybookError, match="only one playbook can serve everything else"):
        PlaybooksInUse((REST, playbook("more", everything=True)), lambda: None).current()


def test_while_one_looks_the_others_go_on_with_what_is_known() -> None:
    desk = Desk()
    assert desk.playbooks.choose() is REST
    desk.seconds = SEEN_AFTER_SECONDS
    with desk.playbooks._lock:
        assert desk.playbooks.choose() is REST and desk.read == 1
    assert desk.playbooks.choose() is REST and desk.read == 2


def test_a_text_that_is_not_there_is_looked_for_once() -> None:
    desk = Desk()
    for _ in range(3):
        assert desk.playbooks.by_digest("feedfacecafe") is None
    assert desk.read == 1
