"""The chat in a terminal: the same API; a number picks a choice."""

from typing import Any

import pytest

from cli import terminal_chat
from cli.api_client import ApiError
from cli.terminal_chat import converse

OPENED = {
    "conversation_id": "c1", "token": "t1", "state": {},
    "messages": [{"text": "What kind?", "kind": "question", "quick_replies": [{"label": "Clinic", "value": "clinic_group"}, {"label": "Hospital", "value": "hospital"}]}],
}


class FakeApi:
    """Answers every call and remembers it; `refuse` refuses the next message."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any, str | None]] = []
        self.refuse = False

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None, url: str | None = None) -> Any:
        self.sent.append((path, body, token))
        if path == "/api/chat/conversations":
            return OPENED
        if self.refuse:
            self.refuse = False
            raise ApiError("Please try again.")
        return {"messages": [{"text": "[bold]Noted[/bold]", "kind": "notice", "quick_replies": []}], "state": {}}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    fake = FakeApi()
    monkeypatch.setattr(terminal_chat, "call", fake.call)
    monkeypatch.setattr(terminal_chat, "where", lambda: ("http://127.0.0.1:8000", "key"))
    return fake


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    left = list(lines)

    def typed(*words: Any, **how: Any) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    monkeypatch.setattr("builtins.input", typed)


def test_a_number_picks_a_choice_and_words_are_sent_as_typed(api: FakeApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typing(monkeypatch, "2", "  ", "2", "we have 4 sites")
    assert converse(None, channel="website") == 0
    assert [body for _, body, _ in api.sent[1:]] == [{"quick_reply": "hospital"}, {"text": "2"}, {"text": "we have 4 sites"}]
    assert {token for _, _, token in api.sent[1:]} == {"t1"}
    shown = capsys.readouterr().out
    assert "What kind?" in shown and "2) Hospital" in shown and "[bold]Noted[/bold]" in shown, "a text is never markup"


def test_a_refusal_is_shown_and_the_chat_goes_on(api: FakeApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typing(monkeypatch, "hello", "hello again")
    api.refuse = True
    assert converse(None, channel="website") == 0
    assert "Please try again." in capsys.readouterr().out and len(api.sent) == 3


def test_without_a_running_product_it_says_so_and_ends_with_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def nowhere() -> tuple[str, str]:
        raise ApiError("No running LeadTriage is known.")

    monkeypatch.setattr(terminal_chat, "where", nowhere)
    assert converse(None, channel="website") == 1
    assert "No running LeadTriage is known." in capsys.readouterr().out


def test_a_rep_talks_in_the_words_of_the_call_script(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch)
    converse(None, channel="rep")
    assert api.sent[0][1]["channel"] == "rep"
