"""Three changes of Rasa at run time, each refused for any other version than the one it was written for.

1. Rasa re-validates the JSON schema itself with every reply of the action server (22 ms of a 58 ms turn of a textbook form
   bot); validators built once, and only that of an event's own kind, do the same check in 0.2 ms.
2. Rasa builds and sorts the same component graph on each turn (2 ms); the order of a trained model never changes, so it is
   computed once for each set of targets.
3. Rasa opens a new session and connection for each call of the action server (8 % of its
   time in a sampling profile, before this change); one is kept for the life of the process.

Beside them, jax is hidden from TensorFlow, which imports it if it is there and never uses it here: 1 s and 64 MB of every start.
"""

from __future__ import annotations

import copy
import sys
from typing import Any, Dict, List, Optional, Text, Tuple

WRITTEN_FOR = "3.6.21"


class UnknownRasaVersion(RuntimeError):
    """The installed Rasa is not the one the patches were written for."""


def apply() -> None:
    """Apply the patches to the imported Rasa.

    Raises:
        UnknownRasaVersion: Rasa is of another version; check the three places in its source before raising WRITTEN_FOR.
    """
    import rasa.version

    if rasa.version.__version__ != WRITTEN_FOR:
        raise UnknownRasaVersion(
            f"bot/patches.py: expected Rasa {WRITTEN_FOR}, found {rasa.version.__version__}. "
            "Install the locked version, or check the three patched functions and change WRITTEN_FOR."
        )
    sys.modules.setdefault("jax", None)  # type: ignore[arg-type]
    _validate_replies_with_one_validator()
    _plan_graph_once()
    _keep_connection_to_actions()


def _validate_replies_with_one_validator() -> None:
    from jsonschema import ValidationError, validators
    from rasa.core.actions.action import RemoteAction

    schema = copy.deepcopy(RemoteAction.action_response_format_spec())
    kind_of = validators.validator_for(schema)
    # An event matches at most the branch that names its kind, so the other 22 need not be tried.
    branches = {branch["properties"]["event"]["const"]: kind_of(branch) for branch in schema["properties"]["events"]["items"].pop("oneOf")}
    outer = kind_of(schema)

    def validate(self: RemoteAction, result: Dict[Text, Any]) -> bool:
        outer.validate(result)
        for event in result.get("events", []):
            if event["event"] not in branches:
                raise ValidationError(f"The action server sent an event of the unknown kind {event['event']!r}.")
            branches[event["event"]].validate(event)
        return True

    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]


def _plan_graph_once() -> None:
    from rasa.engine.runner.dask import DaskGraphRunner

    def plan(runner: DaskGraphRunner, targets: Tuple[Text, ...]) -> List[Tuple[Text, List[Text]]]:
        """The nodes that the targets need, each after those it needs itself."""
        schema = runner._graph_schema.minimal_graph_schema(list(targets))
        order: List[Tuple[Text, List[Text]]] = []
        seen = set()

        def visit(name: Text) -> None:
            if name in seen or name not in schema.nodes:
                return
            seen.add(name)
            needs = list(schema.nodes[name].needs.values())
            for need in needs:
                visit(need)
            order.append((name, needs))

        for target in targets:
            visit(target)
        return order

    def run(self: DaskGraphRunner, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None) -> Dict[Text, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        plans = self.__dict__.setdefault("_plans", {})
        if wanted not in plans:
            plans[wanted] = plan(self, wanted)
        # A node's result is (name, value), as in the runner this replaces.
        results: Dict[Text, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in plans[wanted]:
            results[name] = self._instantiated_nodes[name](*[results[need] for need in needs])
        return {name: results[name][1] for name in wanted}

    DaskGraphRunner.run = run  # type: ignore[method-assign]


def _keep_connection_to_actions() -> None:
    from rasa.utils.endpoints import EndpointConfig

    open_session = EndpointConfig.session

    class KeptSession:
        """Stands in for a new session: the same one each time, and leaving it closes nothing."""

        def __init__(self, endpoint: EndpointConfig) -> None:
            self._endpoint = endpoint

        async def __aenter__(self) -> Any:
            kept = self._endpoint.__dict__.get("_kept_session")
            if kept is None or kept.closed:
                kept = self._endpoint.__dict__["_kept_session"] = open_session(self._endpoint)
            return kept

        async def __aexit__(self, *_: Any) -> None:
            return None

    def session(self: EndpointConfig) -> KeptSession:
        return KeptSession(self)

    EndpointConfig.session = session  # type: ignore[method-assign,assignment]
