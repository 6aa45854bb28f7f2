"""What the benchmarks tell: ratios and bars point the right way, the steps of a turn add up, the command line is understood."""

import ast
import asyncio
import importlib.util
import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command_line
from benchmarks import timed_process
from benchmarks.__main__ import FULL, QUICK, read_plan
from benchmarks.load import LoadFailed
from benchmarks.results import OURS, TEXTBOOK, Results, as_markdown
from benchmarks.run import PARTS, Plan
from benchmarks.textbook import BOT, TAUGHT, model_of_these_files
from benchmarks.timed_process import STEPS, Clocks, NoSuchFunction, find
from benchmarks.turn_profile import steps_of
from wiring.settings import ROOT


def results(**ours: float) -> Results:
    found = Results({"at": "2026-11-24"})
    for name, value in ours.items():
        part, _, figure = name.rpartition("__")
        found.add(OURS, part.replace("_", "."), {figure: [value]})
    return found


# -- bars and tables ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("speed", "met"), [(30.0, True), (29.9, False)])
def test_the_throughput_bar_is_three_times_the_textbook_bot(speed: float, met: bool) -> None:
    found = results(throughput_50__turns_a_second=speed)
    found.add(TEXTBOOK, "throughput.50", {"turns_a_second": [9.0, 10.0, 11.0]})
    assert found.ratio("throughput.50.turns_a_second") == pytest.approx(speed / 10)
    assert [bar.met for bar in found.bars()] == [met]


@pytest.mark.parametrize(
    ("figure", "at_the_bar", "beyond"),
    [("throughput_1__p50_ms", 60, 60.1), ("boot__ready_seconds", 20, 20.1), ("boot__memory_mb", 1300, 1301), ("long__latency_growth", 1.8, 1.81)],
)
def test_a_bar_is_met_up_to_its_value_and_missed_beyond(figure: str, at_the_bar: float, beyond: float) -> None:
    assert [bar.met for bar in results(**{figure: at_the_bar}).bars()] == [True]
    assert [bar.met for bar in results(**{figure: beyond}).bars()] == [False]


def test_memory_is_held_against_its_bar_at_its_highest() -> None:
    found = results(boot__memory_mb=1000, throughput__memory_mb=1400)
    assert [(bar.found, bar.met) for bar in found.bars()] == [(1400, False)]


def test_what_was_not_measured_has_no_bar_no_ratio_and_no_row() -> None:
    found = results(boot__ready_seconds=9.0)
    assert found.ratio("boot.ready_seconds") is None
    assert [bar.name for bar in found.bars()] == ["start to ready"]
    assert "p50" not in as_markdown(found)


def test_the_table_shows_median_range_and_ratio() -> None:
    found = Results({})
    found.add(OURS, "throughput.1", {"p50_ms": [41.0, 40.0, 45.5], "cpu_ms.rasa": [20.0], "cpu_ms.web": [30.0]})
    found.add(TEXTBOOK, "throughput.1", {"p50_ms": [82.0]})
    table = as_markdown(found)
    assert "| one chat: p50 | 41.0 ms (40.0–45.5) | 82.0 ms (82.0–82.0) | 0.50 |" in table
    assert "| LeadTriage, 1 at a time | web 30.0, rasa 20.0 |" in table


def test_the_data_hold_every_figure_with_its_range() -> None:
    found = results(throughput_1__p50_ms=41.0)
    found.steps = [("web", "redact", 1.25)]
    data = json.loads(json.dumps(found.as_json()))
    assert data["figures"][OURS]["throughput.1.p50_ms"] == {"median": 41.0, "lowest": 41.0, "highest": 41.0}
    assert data["steps"] == [{"part": "web", "step": "redact", "ms": 1.25}]
    assert data["bars"][0]["met"] is True


# -- where the milliseconds go -----------------------------------------------------------------------------------------


def test_steps_add_up_to_the_latency_and_calls_outside_messages_do_not_count() -> None:
    calls = {
        "web": [
            {"at": 100.01, "total_ms": 30, "self_ms": {"redact": 4.0, "wait for rasa": 20.0, "HTTP, routing, JSON": 6.0}},
            {"at": 105.0, "total_ms": 900, "self_ms": {"redact": 900.0}},  # between the two messages
            {"at": 110.01, "total_ms": 50, "self_ms": {"redact": 6.0, "wait for rasa": 40.0, "HTTP, routing, JSON": 4.0}},
        ],
        "rasa": [{"at": at, "total_ms": 18, "self_ms": {"read: act": 8.0, "wait for actions": 10.0}} for at in (100.02, 110.02)],
        "actions": [{"at": at, "total_ms": 7, "self_ms": {"score": 7.0}} for at in (100.03, 110.03)],
    }
    steps = steps_of(calls, [(100.0, 100.04), (110.0, 110.06)], latency_ms=50.0)
    assert sum(step.ms for step in steps) == pytest.approx(50.0)
    by_name = {(step.part, step.name): step.ms for step in steps}
    assert by_name["web", "redact"] == 5.0 and by_name["actions", "score"] == 7.0
    assert by_name["client ↔ web", "HTTP, JSON, waiting"] == 10.0  # 50 seen outside, 40 inside
    assert by_name["web ↔ rasa", "HTTP, JSON, waiting"] == 12.0  # 30 waited, 18 there
    assert by_name["rasa ↔ actions", "HTTP, JSON, waiting"] == 3.0
    assert not any(name.startswith("wait for") for _, name in by_name)


def test_clocks_give_each_step_its_own_time_and_leave_results_and_errors_alone(tmp_path: Path) -> None:
    clocks = Clocks(str(tmp_path / "spans.jsonl"))

    def inner(number: int) -> int:
        if number > 1:
            raise ValueError(number)
        return number + 1

    timed_inner = clocks.wrap(inner, "inner")

    async def outer(number: int) -> int:
        await asyncio.sleep(0.01)
        return int(await asyncio.to_thread(timed_inner, number)) * 10

    timed_outer = clocks.wrap(outer, "outer")
    assert asyncio.run(timed_outer(1)) == 20
    with pytest.raises(ValueError, match="2"):
        asyncio.run(timed_outer(2))
    assert timed_inner(0) == 1  # an outermost call itself
    written = [json.loads(line) for line in (tmp_path / "spans.jsonl").read_text().splitlines()]
    clocks.close()
    assert [set(call["self_ms"]) for call in written] == [{"inner", "outer"}, {"inner", "outer"}, {"inner"}]
    for call in written:
        assert sum(call["self_ms"].values()) == pytest.approx(call["total_ms"])
    assert written[0]["self_ms"]["outer"] >= 9


@pytest.mark.parametrize(("module", "name"), sorted({step[:2] for part in ("web", "actions") for step in STEPS[part]}))
def test_the_functions_of_web_and_actions_that_are_timed_exist(module: str, name: str) -> None:
    owner, attribute = find(module, name)
    assert callable(getattr(owner, attribute))


@pytest.mark.parametrize(("module", "name"), sorted({step[:2] for step in STEPS["rasa"] if step[0].startswith("bot.")}))
def test_the_functions_of_our_rasa_components_that_are_timed_exist(module: str, name: str) -> None:
    # Only Rasa's environment can import them.
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text())
    names = {f"{c.name}.{f.name}" for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for f in c.body if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in names


def test_a_step_whose_function_is_gone_says_what_to_correct() -> None:
    with pytest.raises(NoSuchFunction, match=r"STEPS names json.JSONDecoder.gone"):
        find("json", "JSONDecoder.gone")
    with pytest.raises(NoSuchFunction, match=r"json.Nobody.decode"):
        find("json", "Nobody.decode")


def test_the_timing_module_keeps_to_what_rasas_older_python_knows() -> None:
    source = Path(importlib.util.find_spec(timed_process.__name__).origin)  # type: ignore[union-attr, arg-type]
    ast.parse(source.read_text(), feature_version=(3, 10))


# -- the command line and the textbook bot -----------------------------------------------------------------------------


def test_a_quick_run_is_smaller_and_numbers_that_are_given_win() -> None:
    full, quick, own = (read_plan(words)[0] for words in ([], ["--quick"], ["--quick", "--rounds", "4", "--only", "long", "--system", "leadtriage"]))
    assert (full.rounds, full.chats, full.parts) == (FULL["rounds"], FULL["chats"], PARTS)
    assert (quick.rounds, quick.chats) == (QUICK["rounds"], QUICK["chats"])
    assert (own.rounds, own.chats, own.parts, own.systems) == (4, QUICK["chats"], ("long",), ("leadtriage",))


def test_one_wrong_reply_gives_no_figures_and_exit_code_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(plan: Plan) -> Results:
        raise LoadFailed("1 conversations went wrong. The first:\nturn 2 'a demo': expected 'name', found ''")

    monkeypatch.setattr(command_line, "run", fail)
    assert command_line.main(["--quick", "--json", str(tmp_path / "found.json")]) == 1
    assert "turn 2 'a demo'" in capsys.readouterr().err
    assert not (tmp_path / "found.json").exists()


def test_a_run_prints_its_tables_and_writes_them_where_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command_line, "run", lambda plan: results(boot__ready_seconds=9.0))
    assert command_line.main(["--json", str(tmp_path / "found.json"), "--markdown", str(tmp_path / "found.md")]) == 0
    table = (tmp_path / "found.md").read_text()
    assert "| start to ready | 9.0 s (9.0–9.0) |" in table and table in capsys.readouterr().out
    assert json.loads((tmp_path / "found.json").read_text())["bars"][0]["name"] == "start to ready"


@pytest.mark.parametrize("words", [["--rounds", "0"], ["--only", "speed"], ["--database-url", "mysql://x/y"], ["--chats", "many"], ["--chats", "49"]])
def test_a_command_line_that_makes_no_sense_ends_with_two(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_plan(words)
    assert ended.value.code == 2


def test_the_textbook_bot_is_trained_anew_when_any_of_its_files_changes() -> None:
    shipped = {str(path.relative_to(BOT)) for path in (*BOT.glob("data/*.yml"), BOT / "config.yml", BOT / "domain.yml")}
    assert set(TAUGHT) == shipped
    assert model_of_these_files() == model_of_these_files()
