"""The public pages and the contact form without scripts."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.e2e.fake_services import FakeServices, make_app

FILLED = {"email": "cy@orthowest.example", "text": "We have 6 ortho clinics and too many open slots.", "consent": "yes"}


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def client(services: FakeServices) -> TestClient:
    return TestClient(
        make_app(services, base_url="https://chat.meridian.example/"),
        base_url="https://chat.meridian.example",
        follow_redirects=False,
    )


@pytest.mark.parametrize("path", ["/", "/contact", "/contact/thanks", "/privacy"])
def test_every_page_is_marked_as_a_demo_and_allows_no_inline_script(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Demo." in answer.text
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert " style=" not in answer.text and " onclick=" not in answer.text


def test_outside_the_demo_no_page_says_demo(services: FakeServices) -> None:
    client = TestClient(make_app(services, demo=False))
    for path in ("/", "/contact", "/privacy", "/console/sign-in"):
        page = client.get(path).text
        assert (
            "Demo." not in page
            and '<lead-chat api="/" title="Meridian" demo' not in page
            and "var/demo.json" not in page
        )


def test_the_snippet_on_the_page_names_the_address_of_this_server(client: TestClient) -> None:
    page = client.get("/").text
    assert '&lt;script type="module" src="https://chat.meridian.example/widget/define.js"' in page
    assert '&lt;lead-chat api="https://chat.meridian.example/"' in page


def test_a_filled_form_becomes_a_lead_and_a_reload_sends_nothing_twice(
    client: TestClient, services: FakeServices
) -> None:
    answer = client.post("/contact", data=FILLED | {"name": " Cy Ruiz ", "company": "OrthoWest"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/contact/thanks")
    (form,) = services.forms
    assert form == {
        "name": "Cy Ruiz", "email": FILLED["email"], "phone": "", "company": "OrthoWest", "title": "", "text": FILLED["text"], "consent": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "cy at orthowest"}, "Please give an e-mail address we can answer to"),
        ({"text": "   "}, "Please say in a sentence or two"),
        ({"text": "y" * 4100}, "shorten this to 4,000 characters; it has 4,100 now"),
        ({"consent": ""}, "Please tick the box"),
        ({"company": "z" * 300}, "Please keep this under 200 characters"),
    ],
)
def test_a_mistake_is_named_and_everything_typed_is_kept(
    client: TestClient, services: FakeServices, change: dict[str, Any], sentence: str
) -> None:
    answer = client.post("/contact", data=FILLED | {"phone": "520 555 0123"} | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "520 555 0123" in answer.text
    assert services.forms == []


def test_what_was_typed_comes_back_as_text_not_as_markup(client: TestClient) -> None:
    answer = client.post("/contact", data={"text": "</textarea><script>alert(1)</script>", "name": '"><b>'})
    assert "<script>alert" not in answer.text
    assert '"><b>' not in answer.text


def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_not_stored(
    client: TestClient, services: FakeServices
) -> None:
    answer = client.post("/contact", data=FILLED | {"website": "https://buy.example"})
    assert answer.headers["location"] == "/contact/thanks"
    assert services.forms == []


def test_a_form_the_desk_refuses_comes_back_with_its_sentence() -> None:
    class FullDesk(FakeServices):
        def contact_form(self, fields: dict[str, Any]) -> None:
            raise ValueError("We got many messages from you just now. Please try again in an hour.")

    answer = TestClient(make_app(FullDesk())).post("/contact", data=FILLED)
    assert answer.status_code == 422
    assert "Please try again in an hour." in answer.text
    assert FILLED["text"] in answer.text
