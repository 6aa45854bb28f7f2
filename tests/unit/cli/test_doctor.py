"""The doctor looks at every part, and one sick part does not hide the others."""

import sys
from pathlib import Path

import pytest

from cli import doctor
from cli.doctor import examine
from tests.unit.cli.test_supervisor import free_port

PARTS = ["settings", "playbook", "faq", "database", "redaction", "rasa environment", "nlu model", "running"]


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
    return tmp_path


def test_every_part_is_looked_at_and_a_missing_rasa_is_told_with_what_to_do(installation: Path) -> None:
    findings = {finding.what: finding for finding in examine()}
    assert list(findings) == PARTS
    bad = [what for what, finding in findings.items() if not finding.good]
    assert bad == ["rasa environment"], "this Python has no Rasa"
    assert "make install" in findings["rasa environment"].said and findings["running"].said == "not running"


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
