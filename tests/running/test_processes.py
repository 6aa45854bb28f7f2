"""The four processes: what dies is named and started again, what is missing is said at the start, and a stop leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import httpx
import pytest

from cli import supervisor
from tests.running.product import COMMAND, PROCESSES, Product, environment, is_alive, wait_for
from wiring.settings import ROOT, read_settings

pytestmark = pytest.mark.running

BACK_SECONDS = 90
REFUSAL_SECONDS = 60


def kill(product: Product, name: str) -> int:
    """Kill a process as the machine would when it runs out of memory; return the id it had."""
    pid = product.children()[name]
    os.kill(pid, signal.SIGKILL)
    return pid


def is_back(product: Product, name: str, old: int) -> bool:
    """Runs there a new process of this name, and does a chat work again?"""
    if product.children().get(name, old) == old:
        return False
    try:
        if product.request("GET", "/readyz").status_code != 200:
            return False
        return product.request("POST", "/api/chat/conversations", json={"page": {"url": "https://meridian.example/"}, "consent": True}).status_code == 201
    except httpx.TransportError:
        return False


def wait_until_back(product: Product, name: str, old: int) -> None:
    wait_for(lambda: is_back(product, name, old), seconds=BACK_SECONDS, what=f"{name} back in:\n{product.output()}")


def test_four_processes_run_and_only_the_web_process_is_meant_for_visitors(product: Product) -> None:
    assert set(product.children()) == set(PROCESSES)
    demo = product.folder / "demo.json"
    assert demo.stat().st_mode & 0o077 == 0, "others can read the demo login"
    for port in ("RASA_PORT", "ACTIONS_PORT", "PORT"):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(product.environment[port]))) == 0
        listed = Path("/proc/net/tcp")
        if listed.exists():
            entry = f":{int(product.environment[port]):04X}"
            listening = [line.split()[1] for line in listed.read_text().splitlines()[1:] if line.split()[3] == "0A" and line.split()[1].endswith(entry)]
            assert listening == [f"0100007F{entry}"], "it listens beyond this machine"


@pytest.mark.parametrize("name", ["rasa", "actions"])
def test_while_the_dialogue_engine_is_away_a_message_is_kept_and_a_retry_is_answered_once(product: Product, name: str) -> None:
    chat = product.chat()
    chat.choose("hospital")
    key, words = uuid.uuid4().hex, f"zephyrbrook{name} fewer no-shows"
    old = kill(product, name)
    refused = chat.send({"text": words}, key=key)
    try:
        assert refused.status_code == 503, refused.text
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.headers["content-type"].startswith("application/problem+json") and "kept" in refused.json()["detail"]
        kept = [message["text"] for message in chat.history()["messages"]]
        assert kept[-1] == words, "what was typed is lost"
    finally:
        wait_until_back(product, name, old)
    assert f"The {name} process ended" in product.output()
    answered = chat.send({"text": words}, key=key)
    assert answered.status_code == 200, answered.text
    assert answered.json() == chat.send({"text": words}, key=key).json()
    assert [m["text"] for m in chat.history()["messages"] if m["from"] == "visitor"] == ["Hospital", words]
    assert chat.facts() == {"org_type": "hospital", "use_case": "scheduling_reminders"}
    chat.choose("year")
    assert chat.facts()["timeline"] == "year", "the conversation does not go on"
    logged = [place for place in product.places_of(f"zephyrbrook{name}") if ".db" not in place]
    assert logged == [], f"a failure wrote the visitor's words into {logged}"


def test_the_web_process_comes_back_with_every_conversation(product: Product) -> None:
    chat = product.chat()
    chat.choose("payer")
    before = chat.history()
    old = kill(product, "web")
    wait_until_back(product, "web", old)
    assert "The web process ended" in product.output()
    assert chat.history() == before
    chat.choose("member_engagement")
    assert chat.facts() == {"org_type": "payer", "use_case": "member_engagement"}


def test_the_worker_comes_back_and_nobody_notices(product: Product) -> None:
    chat = product.chat()
    old = kill(product, "worker")
    chat.choose("payer")
    wait_until_back(product, "worker", old)
    assert "The worker process ended" in product.output()
    assert is_alive(product.children()["worker"])


def run_refused(folder: Path, **settings: str) -> str:
    """Start it where it cannot start; return what it says. It must end by itself with exit code 1."""
    ran = subprocess.run(
        [str(COMMAND), "run"], env=environment(folder, **settings), capture_output=True, text=True, timeout=REFUSAL_SECONDS, check=False
    )
    assert ran.returncode == 1, (ran.returncode, ran.stdout, ran.stderr)
    assert "Traceback" not in ran.stderr and "Ready" not in ran.stdout
    return ran.stderr


@pytest.mark.parametrize("name", ["PORT", "RASA_PORT", "ACTIONS_PORT"])
def test_a_taken_port_is_refused_naming_port_and_setting(built: None, tmp_path: Path, name: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = run_refused(tmp_path, **{name: str(port)})
    assert f"Port {port}" in said and f"{name}=" in said
    others = {"PORT", "RASA_PORT", "ACTIONS_PORT"} - {name}
    assert not any(re.search(rf"\b{other}=", said) for other in others)


def test_a_broken_playbook_is_refused_with_file_line_and_column_of_every_mistake(built: None, tmp_path: Path) -> None:
    text = (ROOT / "scoring/playbooks/default.yml").read_text()
    broken = text.replace("patience: 15", "pateince: 15", 1).replace("bands: {medium: 30, high: 65}", "bands: {medium: 70, high: 65}", 1)
    assert broken != text
    playbook = tmp_path / "ours.yml"
    playbook.write_text(broken)
    said = run_refused(tmp_path / "var", PLAYBOOK=str(playbook))
    places = re.findall(r"ours\.yml:(\d+):(\d+): ", said)
    typo = next(number for number, line in enumerate(broken.splitlines(), 1) if "pateince" in line)
    assert str(typo) in {line for line, _ in places}, said
    assert "patience" in said


def test_a_broken_faq_is_refused_with_file_and_line(built: None, tmp_path: Path) -> None:
    faq = tmp_path / "answers.yml"
    faq.write_text("version: 1\nsince: 2026-11-01\ntopics:\n  - id: price\n    titel: Cost\n    answer: It depends.\n    questions: [what does it cost]\n")
    said = run_refused(tmp_path / "var", FAQ=str(faq))
    assert re.search(r"answers\.yml:5:\d+: ", said) and "title" in said


def test_a_missing_model_and_a_missing_rasa_are_both_named_in_one_run(built: None, tmp_path: Path) -> None:
    said = run_refused(tmp_path / "var", RASA_MODEL=str(tmp_path / "none.tar.gz"), RASA_PYTHON=str(tmp_path / "python"))
    assert "none.tar.gz" in said and "make train" in said
    assert str(tmp_path / "python") in said and "make install" in said


def test_a_model_that_cannot_be_loaded_is_refused(built: None, tmp_path: Path) -> None:
    model = tmp_path / "broken.tar.gz"
    model.write_bytes(b"this is no model")
    said = run_refused(tmp_path / "var", RASA_MODEL=str(model))
    assert "rasa process" in said and "broken.tar.gz" in said


def test_a_process_that_dies_again_and_again_ends_all_with_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOGS", tmp_path)
    said: list[str] = []
    watching = supervisor.Supervisor(read_settings({}, None), said.append)
    watching.processes = [
        supervisor.Process("worker", [sys.executable, "-c", "print('no queue here'); raise SystemExit(7)"]),
        supervisor.Process("web", [sys.executable, "-c", "import time; time.sleep(60)"]),
    ]
    for process in watching.processes:
        process.start()
    with pytest.raises(supervisor.CannotStart) as ended:
        watching.watch()
    watching.stop()
    assert len(said) == supervisor.MOST_RESTARTS and all("worker" in line and "code 7" in line for line in said)
    assert "worker" in str(ended.value) and "no queue here" in str(ended.value)
    assert all(process.running and process.running.wait(10) is not None for process in watching.processes)


def test_ctrl_c_stops_everything(built: None, tmp_path: Path) -> None:
    product = Product.launch(tmp_path / "var")
    try:
        wait_for(lambda: product.is_up() or set(product.children()) == set(PROCESSES), seconds=30, what="four processes")
        running = product.children()
        assert set(running) == set(PROCESSES)
    finally:
        code = product.end(signal.SIGINT)
    assert code == 0, product.output()
    wait_for(lambda: not product.left_over(), seconds=5, what="an end of all processes")
    assert "Traceback" not in product.output()
