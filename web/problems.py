"""Errors as RFC 9457 problem details: one sentence that says what happened and what to do."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from leads.ports import StorageFailed
from leads.rights import Forbidden

logger = logging.getLogger(__name__)
# Long enough for someone to make room, short enough that a visitor's open chat sends by itself what it holds.
STORAGE_RETRY_SECONDS = 15
MEDIA_TYPE = "application/problem+json"


class Refusal(Exception):
    """A request that cannot be served: status, a sentence for a person, and seconds after which a retry may help."""

    def __init__(self, status: int, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.retry_after = status, detail, retry_after


def problem(status: int, detail: str, *, retry_after: int | None = None) -> JSONResponse:
    """Return a problem response."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every refusal of the API as a problem."""

    @app.exception_handler(Refusal)
    def refused(request: Request, error: Refusal) -> JSONResponse:
        return problem(error.status, error.detail, retry_after=error.retry_after)

    @app.exception_handler(Forbidden)
    def forbidden(request: Request, error: Forbidden) -> JSONResponse:
        return problem(403, str(error))

    @app.exception_handler(StorageFailed)
    def not_stored(request: Request, error: StorageFailed) -> JSONResponse:
        logger.error("%s %s: %s", request.method, getattr(request.scope.get("route"), "path", "?"), error)
        status, cause = (507, "our storage is full") if error.full else (503, "our storage does not answer")
        detail = f"This could not be kept, because {cause}. Nothing was changed; please try again in a minute."
        return problem(status, detail, retry_after=STORAGE_RETRY_SECONDS)

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> JSONResponse:
        detail = "There is nothing at this address." if error.status_code == 404 else str(error.detail)
        return problem(error.status_code, detail)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # Never the input itself: it may hold a visitor's words.
        mistakes = "; ".join(f"{'.'.join(str(part) for part in found['loc'][1:]) or 'body'}: {found['msg']}" for found in error.errors())
        return problem(422, f"The request is not as expected: {mistakes}.")
