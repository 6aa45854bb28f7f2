"""Runs one process of LeadTriage with clocks around named functions: `python -m benchmarks.timed_process PART FILE -m MODULE ...`.

For benchmarks/turn_profile.py only. The functions are wrapped from outside, so the product has no clocks of its own. For each call of a
part's outermost function a line of JSON is added to FILE: {"at": Unix time, "total_ms", "self_ms": {step: ms without the steps inside it}}.
Runs in both environments, so it keeps to Python 3.10.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import runpy
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

# part -> (module, function, step). Modules that others import from come first; the last is the outermost. (Sanic compiles its own request
# handler anew when it starts, so HTTP of rasa and actions has no clock; it counts to the way between the processes.)
STEPS: dict[str, list[tuple[str, str, str]]] = {
    "web": [
        ("sqlalchemy.engine.default", "DefaultDialect.do_commit", "store: commit to disk"),
        ("sqlalchemy.engine.default", "DefaultDialect.do_execute", "store: statements"),
        ("privacy.redaction", "Redactor.redact", "redact"),
        ("store.unit_of_work", "SqlUnitOfWork.commit", "store: write"),
        ("web.dialogue_engine", "DialogueEngine.message", "wait for rasa"),
        ("web.chat", "_receive", "store: look up, keep the message"),
        ("web.chat", "_keep", "store: keep the reply"),
        ("fastapi", "FastAPI.__call__", "HTTP, routing, JSON"),
    ],
    "rasa": [
        ("bot.nlu.sentence_encoder", "SentenceEncoder.process", "read: sentence encoder"),
        ("bot.nlu.act_classifier", "ActClassifier.process", "read: act"),
        ("bot.nlu.fact_extractor", "FactExtractor.process", "read: facts"),
        ("bot.nlu.faq_matcher", "FaqMatcher.process", "read: FAQ"),
        ("rasa.core.policies.rule_policy", "RulePolicy.predict_action_probabilities", "policy: rules"),
        ("rasa.utils.endpoints", "EndpointConfig.request", "wait for actions"),
        ("rasa.core.actions.action", "RemoteAction.run", "call actions: build, check"),
        ("bot.tracker_store", "RecentTurns.save", "tracker store"),
        ("bot.tracker_store", "RecentTurns.retrieve", "tracker store"),
        ("rasa.core.processor", "MessageProcessor.parse_message", "read: Rasa's graph"),
        ("rasa.core.processor", "MessageProcessor.handle_message", "dialogue: events, slots, form, replies"),
    ],
    "actions": [
        ("sqlalchemy.engine.default", "DefaultDialect.do_commit", "store: commit to disk"),
        ("sqlalchemy.engine.default", "DefaultDialect.do_execute", "store: statements"),
        ("scoring.next_question", "next_question", "next question"),
        ("scoring.next_question", "estimate_remaining", "next question"),
        ("leads.qualification", "requalify", "score"),
        ("leads.qualification", "settle", "score"),
        ("leads.reading", "read", "sort the reading"),
        ("store.unit_of_work", "SqlUnitOfWork.commit", "store: write"),
        ("leads.dialogue.turn", "take_turn", "take the turn: load, record, word"),
        ("actions.qualification_form", "ValidateQualificationForm.run", "action: events, slots"),
        ("rasa_sdk.executor", "ActionExecutor.run", "action: tracker, checks"),
    ],
}


class Span:
    """One timed call: `inside_ms` is what the timed calls within it took, `self_ms` the result, shared by all of one outermost call."""

    def __init__(self, outer: Span | None) -> None:
        self.outer, self.inside_ms = outer, 0.0
        self.self_ms: dict[str, float] = outer.self_ms if outer else {}


_open: ContextVar[Span | None] = ContextVar("_open", default=None)


class Clocks:
    """Wraps functions and adds a line to a file when an outermost one ends."""

    def __init__(self, file: str) -> None:
        self._file = open(file, "a", buffering=1)  # noqa: SIM115 - open as long as the process

    def wrap(self, function: Callable[..., Any], step: str) -> Callable[..., Any]:
        """Return the function with a clock around it; what it returns and raises stays the same."""
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def timed(*args: Any, **kwargs: Any) -> Any:
                with _Timing(self, step):
                    return await function(*args, **kwargs)
        else:

            @functools.wraps(function)
            def timed(*args: Any, **kwargs: Any) -> Any:
                with _Timing(self, step):
                    return function(*args, **kwargs)

        return timed

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def write(self, at: float, total_ms: float, self_ms: dict[str, float]) -> None:
        """Keep the times of one outermost call."""
        self._file.write(json.dumps({"at": at, "total_ms": total_ms, "self_ms": self_ms}) + "\n")


class _Timing:
    def __init__(self, clocks: Clocks, step: str) -> None:
        self._clocks, self._step = clocks, step

    def __enter__(self) -> None:
        self._span = Span(_open.get())
        self._token = _open.set(self._span)
        self._at, self._started = time.time(), time.perf_counter()

    def __exit__(self, *_: Any) -> None:
        total_ms = (time.perf_counter() - self._started) * 1000
        _open.reset(self._token)
        span = self._span
        span.self_ms[self._step] = span.self_ms.get(self._step, 0.0) + total_ms - span.inside_ms
        if span.outer is None:
            self._clocks.write(self._at, total_ms, span.self_ms)
        else:
            span.outer.inside_ms += total_ms


class NoSuchFunction(RuntimeError):
    """STEPS names a function that the code does not have (any more)."""


def find(module: str, name: str) -> tuple[Any, str]:
    """Return the owner and the attribute of a function that STEPS names; importing its module.

    Raises:
        NoSuchFunction: with what to correct.
    """
    owner: Any = importlib.import_module(module)
    *classes, attribute = name.split(".")
    for each in classes:
        owner = getattr(owner, each, None)
    if not hasattr(owner, attribute):
        raise NoSuchFunction(f"benchmarks/timed_process.py: STEPS names {module}.{name}, which is not there. Name what does this step now.")
    return owner, attribute


def main() -> None:
    """Put the clocks on, then run the module as `python -m` would."""
    part, file, _, module, *arguments = sys.argv[1:]
    clocks = Clocks(file)
    for owner_module, name, step in STEPS[part]:
        owner, attribute = find(owner_module, name)
        setattr(owner, attribute, clocks.wrap(getattr(owner, attribute), step))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
