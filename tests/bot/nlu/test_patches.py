"""The three changes of Rasa: refused for any other version, and with the same results as Rasa's own code."""

import asyncio
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import rasa.version
from rasa.core.actions.action import RemoteAction
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.utils.endpoints import EndpointConfig

from bot import patches
from bot.patches import WRITTEN_FOR, UnknownRasaVersion

RASAS_RUN, RASAS_CHECK, RASAS_SESSION = DaskGraphRunner.run, RemoteAction._validate_action_result, EndpointConfig.session


@pytest.fixture
def patched():
    """Rasa as it runs here, put back afterwards."""
    patches.apply()
    yield
    DaskGraphRunner.run, RemoteAction._validate_action_result, EndpointConfig.session = RASAS_RUN, RASAS_CHECK, RASAS_SESSION


class Add(GraphComponent):
    """Adds what it is given; counts how often it runs."""

    runs = 0

    @classmethod
    def create(cls, config, model_storage, resource, execution_context):
        return cls()

    def add(self, first: int, second: int) -> int:
        Add.runs += 1
        return first + second

    def double(self, number: int) -> int:
        return 2 * number


def node(fn: str, **needs: str) -> SchemaNode:
    return SchemaNode(needs=needs, uses=Add, constructor_name="create", fn=fn, config={}, eager=True)


def runner(folder: Path) -> DaskGraphRunner:
    """A graph in which one node is needed twice, and one by nobody that is asked for."""
    schema = GraphSchema({
        "sum": node("add", first="left", second="right"), "twice": node("double", number="sum"),
        "both": node("add", first="sum", second="twice"), "aside": node("double", number="both"),
    })  # fmt: skip
    return DaskGraphRunner(schema, LocalModelStorage(folder), ExecutionContext(schema))


@pytest.mark.parametrize("targets", [["both"], ["twice", "both"], ["sum"], ["aside", "sum"]])
def test_a_planned_graph_gives_what_rasas_own_runner_gives(tmp_path: Path, patched: None, targets: list) -> None:
    graph, inputs = runner(tmp_path), {"left": 3, "right": 4}
    expected = RASAS_RUN(graph, inputs=inputs, targets=targets)
    assert graph.run(inputs=inputs, targets=targets) == expected
    assert graph.run(inputs={"left": 10, "right": 1}, targets=targets) == RASAS_RUN(graph, inputs={"left": 10, "right": 1}, targets=targets)


def test_a_node_that_is_needed_twice_runs_once_and_one_that_is_not_needed_never(tmp_path: Path, patched: None) -> None:
    graph = runner(tmp_path)
    Add.runs = 0
    assert graph.run(inputs={"left": 1, "right": 2}, targets=["both"]) == {"both": 9}
    assert Add.runs == 2


def test_two_graphs_keep_their_own_plans(tmp_path: Path, patched: None) -> None:
    first, second = runner(tmp_path), runner(tmp_path)
    first.run(inputs={"left": 1, "right": 2}, targets=["sum"])
    assert second.run(inputs={"left": 5, "right": 5}, targets=["sum"]) == {"sum": 10}


@pytest.mark.parametrize(("reply", "good"), [
    ({"events": [], "responses": []}, True), ({"events": [{"event": "slot", "name": "turn", "value": 1}], "responses": []}, True),
    ({"events": "none", "responses": []}, False), ({"events": [], "responses": {}}, False), ({"events": [{"name": "turn"}], "responses": []}, False),
    ({"events": [{"event": "dance"}], "responses": []}, False), ({"events": [{"event": "slot", "name": "turn"}], "responses": []}, False),
    ({"events": ["slot"], "responses": []}, False), ({"events": [{"event": "slot", "name": 7, "value": 1}], "responses": []}, False),
    ({"events": [{"event": "user", "text": 3}], "responses": []}, False), ({"events": [{"event": "bot", "text": "hi"}]}, True), ({}, True),
])  # fmt: skip
def test_replies_of_the_action_server_are_checked_as_rasa_does(patched: None, reply: dict, good: bool) -> None:
    action = RemoteAction("validate_qualification_form", None)
    for check in (RASAS_CHECK, RemoteAction._validate_action_result):
        try:
            assert check(action, reply) and good
        except jsonschema.ValidationError:
            assert not good


def test_calls_of_the_action_server_share_a_connection_and_a_closed_one_is_opened_again(patched: None) -> None:
    connections: list = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"events":[]}')
            await writer.drain()

    async def calls() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        endpoint = EndpointConfig(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhook")
        for _ in range(3):
            assert await endpoint.request("get") == {"events": []}
        assert len(connections) == 1
        connections[0].close()  # as when the action server is started again
        await asyncio.sleep(0.05)
        assert await endpoint.request("get") == {"events": []}
        assert len(connections) == 2
        async with endpoint.session() as session:
            kept = session
        await kept.close()
        server.close()

    asyncio.run(calls())


def test_another_rasa_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa.version, "__version__", "3.6.99")
    with pytest.raises(UnknownRasaVersion, match=rf"expected Rasa {WRITTEN_FOR}, found 3\.6\.99\. Install the locked version"):
        patches.apply()
    assert DaskGraphRunner.run is RASAS_RUN


def test_the_installed_rasa_is_the_one_they_were_written_for() -> None:
    assert rasa.version.__version__ == WRITTEN_FOR


@pytest.mark.parametrize("words", [[], ["dance"]])
def test_a_wrong_command_of_the_bot_says_how_it_is_used(words: list) -> None:
    root = Path(__file__).resolve().parents[3]
    ran = subprocess.run([sys.executable, "-m", "bot", *words], cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1 and "python -m bot train | run | validate" in ran.stderr
