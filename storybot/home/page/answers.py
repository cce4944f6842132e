"""Answers to HTTP requests that are for this browser alone, and for this moment."""

from __future__ import annotations

import json
from typing import Any

from microdot.microdot import Response

PRIVATE = {"Cache-Control": "no-store"}


def refused(status: int, code: str, sentence: str = "") -> Response:
    """Why a request was not carried out."""
    return as_json({"code": code, "error": sentence}, status)


def as_json(found: dict[str, Any], status: int) -> Response:
    """An object of JSON."""
    kind = {"Content-Type": "application/json; charset=UTF-8"}
    return Response(json.dumps(found, ensure_ascii=False), status, PRIVATE | kind)
