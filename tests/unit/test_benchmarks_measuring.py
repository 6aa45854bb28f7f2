"""Loads, rounds and figures of the benchmarks, against a small bot of the test's own."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks import long_chats, throughput
from benchmarks.conversations import Line
from benchmarks.figures import Spread, percentile
from benchmarks.load import LoadFailed, play
from benchmarks.long_chats import EARLY, LATE, measure_long_chats
from benchmarks.system import LONG_TURNS, System
from benchmarks.throughput import alternate, measure_round
from benchmarks.visitors import RasaVisitor, Visitor


class SmallBot(ThreadingHTTPServer):
    """Says "you said ..." to everything, in chunks if the text asks for it; nothing at all to "silence", no JSON to "garbage"."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.heard: list[dict[str, Any]] = []
        self.talking = self.most_talking = 0
        self.lock = threading.Lock()


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SmallBot

    def do_POST(self) -> None:
        with self.server.lock:
            self.server.talking += 1
            self.server.most_talking = max(self.server.most_talking, self.server.talking)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append(body)
        said = [] if body["message"] == "silence" else [{"text": f"you said {body['message']}"}]
        content = b"<html>Bad gateway</html>" if body["message"] == "garbage" else json.dumps(said).encode()
        # Counted before the answer is out, since the next request may come as soon as it is.
        with self.server.lock:
            self.server.talking -= 1
        self.send_response(200)
        if body["message"] == "chunks":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (content[:7], content[7:]):
                self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def bot() -> Iterator[SmallBot]:
    with SmallBot() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Trees:
    """CPU that grows with the messages heard: so many seconds each, and one part more than the other."""

    def __init__(self, bot: SmallBot, seconds: Sequence[float]) -> None:
        self._bot, self._seconds = bot, seconds

    def cpu_seconds(self) -> dict[str, float]:
        spent = sum(self._seconds[: len(self._bot.heard)])
        return {"rasa": 10 + spent * 0.75, "actions": spent * 0.25}


class SmallSystem(System):
    name = "small bot"

    def __init__(self, bot: SmallBot, seconds: Sequence[float], *, lines: Sequence[Line], wrong: Sequence[str] = ()) -> None:
        super().__init__(Path("nowhere"))
        self.port = bot.server_address[1]
        self.trees = Trees(bot, seconds)  # type: ignore[assignment]
        self._lines, self._wrong = lines, list(wrong)

    def launch(self) -> None:
        raise NotImplementedError

    def is_ready(self) -> bool:
        return True

    def parts(self) -> dict[str, int]:
        return {}

    def visitors(self, count: int) -> list[RasaVisitor]:
        return [RasaVisitor(self._lines) for _ in range(count)]

    long_talkers = visitors

    def wrongly_stored(self, visitors: Sequence[Visitor]) -> list[str]:
        return self._wrong


def lines(*texts: str) -> list[Line]:
    return [Line(text, f"you said {text}") for text in texts]


# -- loads -------------------------------------------------------------------------------------------------------------


def test_every_conversation_is_played_to_its_end_in_order_and_not_more_at_a_time_than_asked(bot: SmallBot) -> None:
    visitors = [RasaVisitor(lines("a", "chunks", "c")) for _ in range(7)]
    load = asyncio.run(play(bot.server_address[1], visitors, at_a_time=3))
    assert load.turns == 21 and load.openings_ms == [] and load.seconds > 0
    assert sorted(turn for turn, _ in load.turns_ms) == [1] * 7 + [2] * 7 + [3] * 7
    assert bot.most_talking <= 3
    by_sender: dict[str, list[str]] = {}
    for body in bot.heard:
        by_sender.setdefault(body["sender"], []).append(body["message"])
    assert list(by_sender.values()) == [["a", "chunks", "c"]] * 7


def test_one_wrong_reply_among_many_fails_the_load(bot: SmallBot) -> None:
    visitors = [RasaVisitor(lines("a", "b")) for _ in range(5)] + [RasaVisitor([Line("a", "you said a"), Line("silence", r"\S")])]
    with pytest.raises(LoadFailed, match=r"1 conversations went wrong(.|\n)*'silence'"):
        asyncio.run(play(bot.server_address[1], visitors, at_a_time=2))


def test_an_answer_that_is_no_json_fails_the_load(bot: SmallBot) -> None:
    with pytest.raises(LoadFailed, match=r"another shape.*Bad gateway"):
        asyncio.run(play(bot.server_address[1], [RasaVisitor([Line("garbage", r"\S")])], at_a_time=1))


def test_a_system_that_does_not_listen_fails_the_load(bot: SmallBot) -> None:
    port = bot.server_address[1]
    bot.server_close()
    with pytest.raises(LoadFailed, match="no answer"):
        asyncio.run(play(port, [RasaVisitor(lines("a"))], at_a_time=1))


# -- rounds ------------------------------------------------------------------------------------------------------------


def test_systems_take_turns_so_that_neither_has_the_quiet_half_of_the_time() -> None:
    assert [system for _, system in alternate(["ours", "theirs"], 3)] == ["ours", "theirs"] * 3


def test_a_round_counts_messages_and_shares_cpu_among_them(bot: SmallBot) -> None:
    one = measure_round(SmallSystem(bot, [0.02] * 100, lines=lines("a", "b")), chats=4, at_a_time=2)
    assert one.turns == 8 and one.turns_a_second > 0
    assert one.cpu_ms_a_turn == {"rasa": pytest.approx(15.0), "actions": pytest.approx(5.0)}
    assert one.cpu_ms == pytest.approx(20.0)
    assert one.p50_ms <= one.p95_ms and one.others_cores >= 0


def test_a_round_whose_answers_were_not_stored_fails(bot: SmallBot) -> None:
    system = SmallSystem(bot, [0.0] * 100, lines=lines("a"), wrong=["Ana, timeline: expected 'now' to be stored, found None"])
    with pytest.raises(LoadFailed, match="timeline"):
        measure_round(system, chats=1, at_a_time=1)


def test_figures_of_rounds_keep_each_round_and_each_process() -> None:
    rounds = [
        throughput.Round(
            turns=8, turns_a_second=speed, p50_ms=1, p95_ms=2, cpu_ms_a_turn={"rasa": 4, "web": cpu}, opening_p50_ms=None, others_cores=0, client_cores=0
        )
        for speed, cpu in ((10, 1), (30, 3), (20, 2))
    ]
    found = throughput.figures_of(rounds)
    assert found["turns_a_second"] == [10, 30, 20]
    assert "opening_p50_ms" not in found  # no such call
    assert found["cpu_ms"] == [5, 7, 6] and found["cpu_ms.web"] == [1, 3, 2]


# -- long chats --------------------------------------------------------------------------------------------------------


def test_a_long_chat_compares_the_cpu_of_its_early_and_its_late_window_alone(bot: SmallBot) -> None:
    seconds = [0.5] * LONG_TURNS
    for window, each in ((EARLY, 0.010), (LATE, 0.030)):
        for turn in window:
            seconds[turn - 1] = each
    talk = lines(*(f"line {turn}" for turn in range(1, LONG_TURNS + 1)))
    # Two conversations one after another: the windows of both count.
    found = measure_long_chats(SmallSystem(bot, seconds * 2, lines=talk), chats=2)
    assert found.early_cpu_ms == pytest.approx(10.0)
    assert found.late_cpu_ms == pytest.approx(30.0)
    assert found.cpu_growth == pytest.approx(3.0)
    assert found.latency_growth == found.late_p50_ms / found.early_p50_ms


def test_figures_of_long_chats_hold_the_growth_of_each_round() -> None:
    rounds = [long_chats.LongChats(40, 60, 20, 40), long_chats.LongChats(50, 55, 20, 20)]
    assert long_chats.figures_of(rounds)["latency_growth"] == [1.5, 1.1]
    assert long_chats.figures_of(rounds)["cpu_growth"] == [2.0, 1.0]


# -- figures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [(range(1, 101), 95, 95), (range(1, 101), 50, 50), ([7], 95, 7), ([3, 1, 2], 50, 2), ([4, 1, 3, 2], 50, 2), ([1, 9], 100, 9), (range(1, 21), 95, 19)],
)
def test_a_percentile_is_a_value_that_was_measured(values: Sequence[float], percent: float, found: float) -> None:
    assert percentile(list(values), percent) == found


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1], 0), ([1], 101)])
def test_a_percentile_of_nothing_or_beyond_all_is_an_error(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)


def test_a_spread_is_the_median_with_the_extremes() -> None:
    assert Spread.of([5, 1, 100]) == Spread(5, 1, 100)
    assert Spread.of([1, 2]) == Spread(1.5, 1, 2)
    assert Spread.of([4]) == Spread(4, 4, 4)
