"""The doctor looks at every part, and one sick part does not hide the others."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli import demo, doctor
from cli.doctor import examine
from scoring.problems import Problem
from tests.unit.cli.test_supervisor import free_port

PARTS = ["settings", "playbook", "faq", "vocabularies", "database", "redaction", "rasa environment", "nlu model", "running"]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation without Rasa; redaction has tests of its own."""
    (tmp_path / "model.tar.gz").write_bytes(b"x" * 1000)
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/doctor.db", "PORT": str(free_port()), "RASA_PYTHON": sys.executable,
        "RASA_MODEL": str(tmp_path / "model.tar.gz"),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(doctor, "_redaction", lambda app: "loaded")
    monkeypatch.setattr(demo, "DEMO_FILE", tmp_path / "demo.json")
    return tmp_path


def test_every_part_is_looked_at_and_a_missing_rasa_is_told_with_what_to_do(installation: Path) -> None:
    findings = {finding.what: finding for finding in examine()}
    assert list(findings) == PARTS
    bad = [what for what, finding in findings.items() if not finding.good]
    assert bad == ["rasa environment"], "this Python has no Rasa"
    assert "make install" in findings["rasa environment"].said and findings["running"].said == f"not running at http://127.0.0.1:{os.environ['PORT']}"


def test_several_sick_parts_are_all_told(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (installation / "playbook.yml").write_text("name: x\n")
    monkeypatch.setenv("PLAYBOOK", str(installation / "playbook.yml"))
    monkeypatch.setenv("RASA_MODEL", str(installation / "gone.tar.gz"))
    findings = {finding.what: finding for finding in examine()}
    assert not findings["playbook"].good and "playbook.yml:" in findings["playbook"].said
    assert not findings["nlu model"].good and "make train" in findings["nlu model"].said
    assert findings["database"].good and findings["faq"].good


def test_wrong_settings_are_told_alone_since_nothing_works_without_them(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    (finding,) = examine()
    assert not finding.good and "PORT" in finding.said


class Ready(BaseHTTPRequestHandler):
    """A product that runs, as far as the doctor looks."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"checks": {"database": true}}')

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def running() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Ready)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_demo_on_other_ports_is_found_where_it_was_started(installation: Path, running: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "yes")
    login = {"url": running, "email": "demo@leadtriage.example", "password": "x", "api_key": "y"}
    (installation / "demo.json").write_text(json.dumps(login))
    finding = examine()[-1]
    assert finding.good and finding.said == f"ready ({running})"


def test_an_installation_that_is_no_demo_is_looked_for_at_its_own_port_only(
    installation: Path, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO", "no")
    (installation / "demo.json").write_text(json.dumps({"url": running, "email": "a@b.example", "password": "x", "api_key": "y"}))
    assert examine()[-1].said == f"not running at http://127.0.0.1:{os.environ['PORT']}"


def test_a_word_under_two_values_is_told(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("use_case.yml", 7, 24, "'home monitoring' stands under telehealth and remote_monitoring")
    monkeypatch.setattr(doctor, "check_vocabularies", lambda: [problem])
    (finding,) = [each for each in examine() if each.what == "vocabularies"]
    assert not finding.good and "use_case.yml:7:24: 'home monitoring' stands under" in finding.said
