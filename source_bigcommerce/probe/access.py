"""Refusals without a token, and the rate-limit headers."""

from __future__ import annotations

from source_bigcommerce.probe.answer import MIXED, Answer, Undecided, counted
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession

_NO_STORE = "0"  # a store hash that no store has


def _catalog_refusal(probe: ProbeSession) -> Answer:
    response = probe.get_without_token("v3/catalog/products?limit=1")
    if response.status_code not in (401, 403):
        raise Undecided(f"a request without a token has status {response.status_code}")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    word = {"application/json": "json", "application/problem+json": "json", "text/plain": "text", "text/html": "html"}
    return Answer(word.get(kind, "other"), f"a request without a token: status {response.status_code}")


def _unknown_store(probe: ProbeSession) -> Answer:
    status = probe.get_without_token("v2/time", _NO_STORE).status_code
    own = probe.get_without_token("v2/time").status_code
    if status in (403, 404) and status != own:
        evidence = f"a request without a token: status {status} for a store that does not exist, {own} for this one"
        return Answer(status, evidence)
    raise Undecided(
        f"a request without a token for a store that does not exist has status {status}, which may be about the token; "
        "the probe sends the token to no other store"
    )


def _rate_limit_headers(probe: ProbeSession) -> Answer:
    having, lacking = probe.with_rate_limit, probe.without_rate_limit
    if not having + lacking:
        raise Undecided("no request succeeded")
    evidence = (
        f"{counted(having, 'response')} with quota, requests left and reset; "
        f"{counted(lacking, 'response')} without one of them"
    )
    return Answer(MIXED if having and lacking else bool(having), evidence)


QUESTIONS = (
    Question(
        "catalog_refusal_format",
        "In which format does the catalog refuse a request without a token: json, text or html?",
        _catalog_refusal,
    ),
    Question("unknown_store_status", "Which status has a request for a store that does not exist?", _unknown_store),
)
LATE_QUESTIONS = (
    Question(
        "rate_limit_headers",
        "Do responses report the quota, the requests left and the reset of the rate limit?",
        _rate_limit_headers,
    ),
)
