"""Is it alive, is it ready, and the numbers for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from wiring.build import Application
from wiring.queue import queue_answers

router = APIRouter(tags=["health"])


@router.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """Everything a chat needs is there: the store, the job queue, and the dialogue engine with the model that was named."""
    app: Application = request.app.state.application
    model = await request.app.state.dialogue.model_file()
    checks = {
        "store": await run_in_threadpool(_store_answers, app),
        "queue": await run_in_threadpool(queue_answers, app.settings),
        "dialogue_engine": model is not None and model.endswith(app.settings.rasa_model.name),
    }
    good = all(checks.values())
    return JSONResponse({"ready": good, "checks": checks, "model": model}, 200 if good else 503)


@router.get("/metrics")
def metrics() -> Response:
    """Counters and timings."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _store_answers(app: Application) -> bool:
    try:
        with app.engine.connect() as connection:
            connection.execute(text("select 1"))
        return True
    except SQLAlchemyError:
        return False
