"""The action for each failed response, and the message for the user."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.sources.streams.http.exceptions import RateLimitBackoffException
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets

from source_bigcommerce.api.error_handler import BigCommerceErrorHandler
from source_bigcommerce.api.errors import (
    ERROR_RULES,
    STORE_ERROR_RULES,
    Action,
    BadRequest,
    BigCommerceError,
    Breaker,
    Forbidden,
    MissingScope,
    NotFound,
)
from source_bigcommerce.api.json_body import UndecodableBody, decode
from source_bigcommerce.api.scopes import Scope
from unit_tests.support import (
    STORE_URL,
    TOKEN,
    is_a_sentence,
    opened,
    response,
)

pytestmark = pytest.mark.usefixtures("naps")

FAIL, STOP, RETRY, WAIT = Action.FAIL, Action.STOP, Action.RETRY, Action.WAIT

# What is to be done about each status, written down a second time on purpose: by hand, from the API's documentation.
EXPECTED: dict[int, tuple[Action, FailureType]] = {
    301: (STOP, FailureType.config_error),
    304: (RETRY, FailureType.config_error),
    400: (FAIL, FailureType.system_error),
    401: (STOP, FailureType.config_error),
    402: (FAIL, FailureType.config_error),
    403: (FAIL, FailureType.config_error),
    404: (FAIL, FailureType.config_error),
    405: (FAIL, FailureType.system_error),
    406: (FAIL, FailureType.system_error),
    408: (RETRY, FailureType.transient_error),
    409: (FAIL, FailureType.system_error),
    413: (FAIL, FailureType.system_error),
    415: (FAIL, FailureType.system_error),
    422: (FAIL, FailureType.system_error),
    423: (RETRY, FailureType.transient_error),
    429: (WAIT, FailureType.transient_error),
    499: (RETRY, FailureType.transient_error),
    500: (RETRY, FailureType.transient_error),
    502: (RETRY, FailureType.transient_error),
    503: (RETRY, FailureType.transient_error),
    504: (RETRY, FailureType.transient_error),
    507: (RETRY, FailureType.transient_error),
    509: (WAIT, FailureType.transient_error),
    520: (RETRY, FailureType.transient_error),
}
BODIES = {
    "V2 array": json.dumps([{"status": 0, "message": "The field 'x' {y} is not supported."}]).encode(),
    "V2 with details": json.dumps([{"status": 0, "message": "No.", "details": {"conflict": "x"}}]).encode(),
    "V3 object": json.dumps({"status": 0, "title": "Data is missing", "errors": {"a": {"b": "c"}}}).encode(),
    "V3 with empty title": json.dumps({"title": "", "detail": "Not allowed", "errors": {}}).encode(),
    "price lists": json.dumps({"error": {"code": "SERVICE_DEGRADED", "message": "m", "details": None}}).encode(),
    "odd list": b"[[], 1]",
    "empty list": b"[]",
    "number": b"7",
    "null": b"null",
    "text": b"Unauthorized",
    "HTML": b"<html><body><h1>502 Bad Gateway</h1></body></html>",
    "not UTF-8": b"\xff\xfe\x00",
    "empty": b"",
}


def table(scope: Scope | None = Scope.ORDERS, breaker: Breaker | None = None) -> BigCommerceErrorHandler:
    return BigCommerceErrorHandler("orders", scope, breaker or Breaker())


def judged(reply: Any, scope: Scope | None = Scope.ORDERS) -> tuple[Action, FailureType | None, str]:
    """The result of the error rules for a response: the action, the kind of failure and the message."""
    breaker = Breaker()
    try:
        resolution = table(scope, breaker).interpret_response(reply)
    except BigCommerceError as error:
        return STOP if opened(breaker) is error else FAIL, error.failure_type, str(error.message)
    except RateLimitBackoffException as error:
        return WAIT, error.failure_type, str(error)
    assert resolution.response_action is ResponseAction.RETRY
    return RETRY, resolution.failure_type, str(resolution.error_message)


def test_every_status_in_the_tables_is_tested_here() -> None:
    """A status that is added must be thought about twice."""
    assert set(ERROR_RULES) <= set(EXPECTED)
    assert set(STORE_ERROR_RULES) <= set(EXPECTED)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("status", EXPECTED)
def test_each_status_with_any_body_has_an_action_and_a_sentence(status: int, body: bytes) -> None:
    """Error bodies come in two dialects, as text, as HTML and not at all; none may hide what went wrong."""
    action, failure_type, sentence = judged(response(status, body))
    assert (action, failure_type) == EXPECTED[status]
    assert is_a_sentence(sentence)
    assert not [left for left in ("{stream}", "{scope}", "{status}", "{detail}", "{{", "()") if left in sentence]
    assert "\n" not in sentence and len(sentence) < 700


@pytest.mark.parametrize(
    ("status", "expected"), [(403, STOP), (404, STOP), (401, STOP), (500, RETRY), (429, WAIT), (509, WAIT)]
)
def test_a_response_to_a_request_without_scope_speaks_of_the_store(status: int, expected: Action) -> None:
    """The clock needs no scope: a refusal there cannot be about a missing one."""
    action, _, sentence = judged(response(status), scope=None)
    assert action is expected
    assert is_a_sentence(sentence)
    assert "scope" not in sentence


@pytest.mark.parametrize("status", [200, 201, 206])
@pytest.mark.parametrize("body", [b"[]", b"{}", b'[{"id": 1}]'])
def test_good_json_is_a_good_response(status: int, body: bytes) -> None:
    """The table sees every response, not only the bad ones."""
    assert table().interpret_response(response(status, body)).response_action is ResponseAction.SUCCESS


def test_a_response_without_content_is_a_good_one() -> None:
    """V2 says so when nothing matches."""
    assert table().interpret_response(response(204)).response_action is ResponseAction.SUCCESS


@pytest.mark.parametrize("body", [b"", b"<html></html>", b'[{"id": 1}, {"i', b"[1] [2]", b"\xff", b"NaN"])
def test_a_good_status_with_a_broken_body_is_requested_again(body: bytes) -> None:
    """A page cut short on its way, or a proxy's greeting, taken for an empty list would lose a page."""
    action, failure_type, sentence = judged(response(200, body, {"Content-Type": "text/html"}))
    assert (action, failure_type) == (RETRY, FailureType.transient_error)
    assert is_a_sentence(sentence)
    assert f"{len(body)} bytes of text/html" in sentence


def test_a_good_status_with_null_for_a_body_is_requested_again() -> None:
    """Only 204 says that there is nothing: null taken for an empty list would lose a page."""
    with pytest.raises(UndecodableBody, match="null"):
        decode(response(200, b"null"))
    assert decode(response(204, b"null")) is None
    action, failure_type, sentence = judged(response(200, b"null"))
    assert (action, failure_type) == (RETRY, FailureType.transient_error)
    assert is_a_sentence(sentence) and "(null)" in sentence


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectTimeout("x"),
        requests.exceptions.ReadTimeout("x"),
        requests.exceptions.ConnectionError("x"),
        requests.exceptions.ChunkedEncodingError("x"),
        requests.exceptions.ContentDecodingError("x"),
        requests.exceptions.ProxyError("x"),
        requests.exceptions.SSLError("EOF occurred in violation of protocol (_ssl.c:1007)"),
        None,
    ],
)
def test_a_request_that_got_no_response_is_made_again(error: Any) -> None:
    """Connections break in every sync of some length."""
    action, failure_type, sentence = judged(error)
    assert (action, failure_type) == (RETRY, FailureType.transient_error)
    assert is_a_sentence(sentence)


def test_a_certificate_that_cannot_be_verified_stops_everything() -> None:
    """The other end is not known to be BigCommerce."""
    error = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1007)"
    action, failure_type, sentence = judged(requests.exceptions.SSLError(error))
    assert (action, failure_type) == (STOP, FailureType.config_error)
    assert is_a_sentence(sentence)


def test_an_error_of_the_network_does_not_leak_its_address_or_its_cause() -> None:
    """Exceptions of the HTTP library quote whatever they were given."""
    assert TOKEN not in judged(requests.exceptions.ConnectionError(f"headers: {TOKEN}"))[2]


NO_SCOPE = "You don't have a required scope to access the endpoint"


def explained(status: int, explanation: Any, headers: dict[str, str] | None = None) -> requests.Response:
    return response(status, json.dumps(explanation).encode(), headers)


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.NONE])
@pytest.mark.parametrize(
    "body",
    [
        [{"status": 403, "message": NO_SCOPE}],
        {"status": 403, "title": NO_SCOPE, "errors": {}},
        {"error": "You are authorized but your scope does not include this resource."},
    ],
    ids=str,
)
def test_a_missing_scope_is_named_together_with_the_stream(scope: Scope, body: Any) -> None:
    """That is all the user needs to know in order to grant it."""
    with pytest.raises(MissingScope) as failure:
        table(scope).interpret_response(explained(403, body))
    sentence = str(failure.value.message)
    assert f"lacks the OAuth scope {scope.value} (read-only)" in sentence and "'orders'" in sentence


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        (
            {"title": "This feature is not available on your plan."},
            "(403: This feature is not available on your plan.)",
        ),
        ([{"message": "Multi-storefront is disabled for this store"}], "(403: Multi-storefront is disabled for this"),
        ({"title": "Forbidden", "detail": "Feature is out of scope"}, "(403: Forbidden; Feature is out of scope)"),
    ],
    ids=str,
)
def test_a_refusal_for_another_reason_than_a_missing_scope_is_quoted(body: Any, reported: str) -> None:
    """A scope that the account has already cannot be granted: the reason is the store's plan or a disabled feature."""
    with pytest.raises(Forbidden) as failure:
        table().interpret_response(explained(403, body))
    sentence = str(failure.value.message)
    assert reported in sentence and "OAuth" not in sentence and is_a_sentence(sentence)
    assert not isinstance(failure.value, MissingScope)


def test_a_refusal_without_a_reason_names_the_scope_as_what_to_check() -> None:
    """A missing scope is the usual reason, and nothing says otherwise."""
    sentence = judged(response(403))[2]
    assert "does not say why" in sentence and "Check that the API account has the OAuth scope Orders" in sentence
    assert "OAuth" not in judged(response(403), Scope.NONE)[2]


FIREWALL = b"<!DOCTYPE html>\n<html><head><title>Attention\n Required! &amp; Blocked</title></head></html>"


@pytest.mark.parametrize(("scope", "status"), [(Scope.ORDERS, 403), (None, 403), (None, 404)])
def test_an_html_page_instead_of_a_refusal_is_reported_as_one(scope: Scope | None, status: int) -> None:
    """A firewall on the way responded: neither a scope nor the store hash is wrong."""
    action, failure_type, sentence = judged(response(status, FIREWALL, {"Content-Type": "text/html"}), scope)
    assert action is (FAIL if scope else STOP)
    assert failure_type is FailureType.config_error
    assert 'an HTML page titled "Attention Required! & Blocked"' in sentence and "firewall" in sentence
    assert "scope" not in sentence and "store hash" not in sentence


@pytest.mark.parametrize(
    ("status", "body", "reported"),
    [
        (
            422,
            {"title": "Invalid", "errors": {"date_modified:min": "is not valid"}},
            "Invalid; date_modified:min: is not",
        ),
        (422, {"title": "Invalid", "errors": {"a": ["is long", {"b": 7}]}}, "(422: Invalid; a: is long; a.b: 7)"),
        (400, {"title": "Bad Request", "detail": "limit is too large"}, "(400: Bad Request; limit is too large)"),
        (400, [{"message": "No.", "details": {"reason": "x"}}, {"message": "Nor this."}], "(400: No.; reason: x; Nor"),
        (400, {"error": {"code": "X", "message": "m", "details": None}}, "(400: m)"),
    ],
    ids=str,
)
def test_all_parts_of_an_explanation_are_shown(status: int, body: Any, reported: str) -> None:
    """The title of a V3 error says the least: "JSON data is missing or invalid"."""
    assert reported in judged(explained(status, body))[2]


def test_plain_text_is_an_explanation_too() -> None:
    """The catalog returns 401 so (documented)."""
    assert "(422: Too many ids)" in judged(response(422, b"Too many\nids", {"Content-Type": "text/plain"}))[2]


@pytest.mark.parametrize("status", sorted(set(EXPECTED) - {400, 405, 406, 415}))
def test_what_the_store_refuses_is_not_called_a_defect_of_the_connector(status: int) -> None:
    """It is one where BigCommerce does not accept the kind of request (405, 406, 415)."""
    assert "defect" not in judged(explained(status, {"title": "The limit is above the maximum"}))[2]


@pytest.mark.parametrize("status", [status for status in EXPECTED if status >= 400])
def test_the_request_and_its_id_are_named(status: int) -> None:
    """BigCommerce's support needs the id; the path shows which page or which parent it was."""
    reply = response(status, b"", {"X-Request-ID": "8f3c-77"})
    url = f"{STORE_URL}v2/orders/17/taxes?limit=250&sort=id:asc&min_id=300&include=fees&token={TOKEN}"
    reply.request = requests.Request("GET", url).prepare()
    add_to_secrets(TOKEN)
    sentence = judged(reply)[2]
    assert sentence.endswith(" The request was v2/orders/17/taxes?min_id=300&token=**** (X-Request-ID 8f3c-77).")


def test_an_id_that_is_none_is_not_shown() -> None:
    """A header may hold anything."""
    for id_ in ("", "two words", "x" * 200):
        assert "X-Request-ID" not in judged(response(422, b"", {"X-Request-ID": id_}))[2]
    assert judged(response(422, b"", {"X-Request-ID": "8f3c"}))[2].endswith(" The response has the X-Request-ID 8f3c.")


def test_not_modified_is_not_a_redirect() -> None:
    """Nothing leads elsewhere: a cache on the way believes that the connector has a copy."""
    action, failure_type, sentence = judged(response(304))
    assert (action, failure_type) == (RETRY, FailureType.config_error)
    assert "304" in sentence and "redirect" not in sentence and "token" not in sentence


@pytest.mark.parametrize("kind", ["V2", "V3"])
def test_a_suspended_store_stops_everything(kind: str) -> None:
    """A 503 that no number of attempts will mend: only the merchant can."""
    said = "The store is suspended. This may be due to an administrative action, or due to a billing issue."
    body = [{"status": 503, "message": said}] if kind == "V2" else {"status": 503, "title": said}
    action, failure_type, sentence = judged(response(503, json.dumps(body).encode()))
    assert (action, failure_type) == (STOP, FailureType.config_error)
    assert "suspended" in sentence and "merchant" in sentence and sentence.endswith(".")


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        (BODIES["V2 array"], "The field 'x' {y} is not supported."),
        (BODIES["V3 object"], "Data is missing; a.b: c"),
        (BODIES["V3 with empty title"], "Not allowed"),
        (b"<html>", "an HTML page without a title"),
        (b"", "no explanation"),
    ],
)
def test_what_the_store_says_for_itself_is_passed_on(body: bytes, reported: str) -> None:
    """A refusal can only be reported usefully with the store's own words."""
    assert f"(422: {reported})" in judged(response(422, body))[2]


@pytest.mark.parametrize("status", [402, 422, 503])
def test_what_the_store_says_is_passed_on_without_the_secrets_in_it(status: int) -> None:
    """A gateway may echo the request that it refuses, and the sentence ends up in the log."""
    add_to_secrets(TOKEN)
    body = json.dumps({"title": f"{'x' * 290} suspended: {TOKEN} is not in the plan"}).encode()
    assert TOKEN in body.decode()
    sentence = judged(response(status, body))[2]
    assert "xxx" in sentence
    assert not [part for part in (TOKEN, TOKEN[:4]) if part in sentence]
    short = judged(response(402, json.dumps([{"message": f"{TOKEN} has no plan"}]).encode()))[2]
    assert "(**** has no plan)" in short and TOKEN not in short


def test_a_long_explanation_is_cut() -> None:
    """Some error bodies echo a whole page."""
    assert len(judged(response(422, json.dumps({"title": "x" * 10_000}).encode()))[2]) < 600


@pytest.mark.parametrize("status", [s for s, (action, _) in EXPECTED.items() if action is FAIL])
def test_only_a_missing_address_of_a_stream_may_mean_a_deleted_parent(status: int) -> None:
    """NotFound is the one error that callers may forgive."""
    with pytest.raises(BigCommerceError) as failure:
        table().interpret_response(response(status))
    assert isinstance(failure.value, NotFound) == (status == 404)
    # A refusal of the question itself is another thing than a refusal by this store or for this account.
    assert isinstance(failure.value, BadRequest) == (status in (400, 422))


def test_a_missing_store_is_not_a_deleted_parent() -> None:
    """The breaker repeats its error to every request: forgiven there, it would skip children in silence."""
    with pytest.raises(BigCommerceError) as failure:
        table(scope=None).interpret_response(response(404))
    assert not isinstance(failure.value, NotFound)


def test_the_first_error_stays_in_the_breaker() -> None:
    """The first is the cause; those behind it are consequences."""
    breaker = Breaker()
    breaker.check()
    first = BigCommerceError("first")
    breaker.open(first)
    breaker.open(BigCommerceError("second"))
    with pytest.raises(BigCommerceError) as failure:
        breaker.check()
    assert failure.value is first


def test_an_error_reaches_the_platform_as_one_sentence() -> None:
    """A stack trace hides the sentence that it ends in."""
    error = BigCommerceError("Cause. Remedy.").as_airbyte_message().trace.error
    assert (error.message, error.internal_message, error.stack_trace) == ("Cause. Remedy.", "Cause. Remedy.", None)
