"""Going on with a chat: on another device by a signed link, and changing an answer in the recap."""

from datetime import UTC, datetime

import pytest
from itsdangerous import URLSafeTimedSerializer

from leads.ports import StorageFailed
from tests.unit.web.conftest import Office
from tests.unit.web.fake_engine import parse
from tests.unit.web.test_chat_api import problem
from web.resume_links import VALID_FOR, ResumeLinks

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LINKS = ResumeLinks("k" * 43, base_url="https://chat.example")


def test_a_link_opens_its_own_conversation_and_no_other() -> None:
    token = LINKS.make("c1", "https://meridian.example/a", now=NOW)["url"].partition("#lead-chat=c1.")[2]
    assert LINKS.opens(token, "c1") and not LINKS.opens(token, "c2")
    assert not ResumeLinks("j" * 43, base_url="").opens(token, "c1"), "signed with another key"
    assert not LINKS.opens(token[:-2] + "xx", "c1") and not LINKS.opens("", "c1")


def test_a_link_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda self: int(NOW.timestamp()))
    made = LINKS.make("c1", None, now=NOW)
    assert datetime.fromisoformat(made["expires_at"]) == NOW + VALID_FOR
    token = made["url"].partition("#lead-chat=c1.")[2]
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda self: int((NOW + VALID_FOR).timestamp()))
    assert LINKS.opens(token, "c1")
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda self: int((NOW + VALID_FOR).timestamp()) + 1)
    assert not LINKS.opens(token, "c1")


@pytest.mark.parametrize("page", [None, "", "javascript:alert(1)", "about:blank", "/pricing"])
def test_a_chat_of_no_page_goes_on_at_our_own(page: str | None) -> None:
    assert LINKS.make("c1", page, now=NOW)["url"].startswith("https://chat.example/#lead-chat=c1.")


def test_the_link_shows_and_continues_the_conversation_on_another_device(office: Office) -> None:
    office.engine.means["a hospital"] = parse(org_type="hospital")
    talk = office.open()
    talk.say("a hospital")
    answer = office.client.post(f"/api/chat/conversations/{talk.id}/link", headers={"Authorization": f"Bearer {talk.token}"})
    assert answer.status_code == 200
    url = answer.json()["url"]
    assert url.startswith(f"https://meridian.example/#lead-chat={talk.id}.") and talk.token not in url
    talk.token = url.partition(f"={talk.id}.")[2]
    assert [m["text"] for m in talk.shown()["messages"] if m["from"] == "visitor"] == ["a hospital"]
    talk.choose("scheduling_reminders")
    assert talk.lead()["facts"]["use_case"]["value"] == "scheduling_reminders"


def test_a_link_is_made_for_its_visitor_only(office: Office) -> None:
    talk, other = office.open(), office.open()
    for token, status in ((other.token, 401), ("x", 401)):
        answer = office.client.post(f"/api/chat/conversations/{talk.id}/link", headers={"Authorization": f"Bearer {token}"})
        problem(answer, status)
    problem(office.client.post(f"/api/chat/conversations/{talk.id}/link"), 401)
    forged = URLSafeTimedSerializer("guess", salt="resume a conversation").dumps(talk.id)
    problem(office.client.get(f"/api/chat/conversations/{talk.id}", headers={"Authorization": f"Bearer {forged}"}), 401)


def test_the_recap_tells_what_was_said_and_changes_it(office: Office) -> None:
    office.engine.means |= {"a hospital": parse(org_type="hospital")}
    talk = office.open()
    assert talk.shown()["recap"] == []
    talk.say("a hospital")
    assert talk.shown()["recap"] == [{"field": "org_type", "label": "Organization type", "text": "Hospital"}]
    talk.choose("change:org_type", key="k1")
    assert talk.state["asking"] == "org_type" and talk.messages[-1]["quick_replies"]
    assert talk.shown()["messages"][-2]["text"] == "Change: organization type"
    talk.choose("payer")
    assert talk.lead()["facts"]["org_type"]["value"] == "payer"


def test_contact_is_changed_by_its_field_and_stays_out_of_the_transcript(office: Office) -> None:
    talk = office.open(prefill={"email": "ana@cedar.example"})
    talk.choose("change:email")
    talk.say("ruiz@cedar.example")
    assert talk.lead()["contact"]["email"] == "ruiz@cedar.example"
    assert "ruiz@" not in repr(talk.shown()["messages"]) and "ruiz@" in repr(talk.shown()["recap"])


@pytest.mark.parametrize("value", ["change:", "change:shoe_size", "change:consent", "change:org_type;drop"])
def test_what_cannot_be_changed_is_refused_in_words(office: Office, value: str) -> None:
    assert "in your own words" in problem(office.open().post({"quick_reply": value}), 422)


@pytest.mark.parametrize(("full", "status"), [(True, 507), (False, 503)])
def test_when_the_store_fails_the_visitor_is_told_that_nothing_was_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch, full: bool, status: int
) -> None:
    talk = office.open()

    def fail(*_: object, **__: object) -> None:
        raise StorageFailed(full=full)

    with monkeypatch.context() as broken:
        broken.setattr("leads.conversations.receive", fail)
        answer = talk.post({"text": "a hospital"}, key="k1")
    assert "could not be kept" in problem(answer, status) and int(answer.headers["Retry-After"]) > 0
    talk.say("a hospital", key="k1")
    assert [m["text"] for m in talk.shown()["messages"] if m["from"] == "visitor"] == ["a hospital"]


def test_when_only_the_answer_cannot_be_kept_the_retry_gets_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.engine.means["a hospital"] = parse(org_type="hospital")
    talk = office.open()

    def fail(*_: object, **__: object) -> None:
        raise StorageFailed(full=True)

    with monkeypatch.context() as broken:
        broken.setattr("leads.conversations.keep_answer", fail)
        assert "Your message is kept" in problem(talk.post({"text": "a hospital"}, key="k1"), 503)
    talk.say("a hospital", key="k1")
    assert talk.state["asking"] == "use_case" and [m["text"] for m in talk.shown()["messages"] if m["from"] == "visitor"] == ["a hospital"]
