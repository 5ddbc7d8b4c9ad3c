"""The CDK's error handlers: each response is looked up in `ERROR_RULES`, and the rule is applied."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ErrorHandler, ErrorResolution, ResponseAction
from airbyte_cdk.sources.streams.http.exceptions import RateLimitBackoffException
from urllib3.exceptions import ReadTimeoutError

from source_bigcommerce.api.errors import (
    B2B_ADVICE,
    B2B_ERROR_RULES,
    B2B_HOST_RULES,
    B2B_RECORD_MISSING,
    BLOCKED,
    BLOCKED_STORE,
    ERROR_RULES,
    FORBIDDEN,
    FORBIDDEN_WITHOUT_EXPLANATION,
    NOT_MODIFIED,
    OVERSIZED,
    PROXY_REFUSED,
    REDIRECTED,
    REFUSED,
    START_AGAIN,
    STORE_ERROR_RULES,
    SUSPENDED,
    TEMPORARY_ERROR,
    UNAUTHORIZED_HERE,
    UNDECODABLE,
    UNREACHABLE,
    UNSENDABLE,
    UNTRUSTED,
    Action,
    BadRequest,
    BigCommerceError,
    Breaker,
    ErrorRule,
    Forbidden,
    MissingScope,
    NotFound,
    PageTooHeavy,
)
from source_bigcommerce.api.explanation import describe_request, explanation_of, is_html, names_missing_scope, quoted
from source_bigcommerce.api.json_body import UndecodableBody, decode
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.transport import BodyTooLarge, limits_of_request

_ID_IN_PATH = re.compile(r"/\d+(?=/|$)")
_PROXY_REFUSAL = re.compile("Tunnel connection failed: (40[37])")
_REFUSALS = frozenset({401, 403, 404})
_INVALID_REQUEST = frozenset({400, 422})  # for an unknown parameter or an invalid value
_JITTER = 1.0  # seconds: the CDK pauses all workers for the same time, so they would all return at once
_LIMIT_TOO_LARGE = 413  # documented for a `limit` above the maximum of an endpoint
_GATEWAY_GAVE_UP = frozenset({408, 499})
_TIMEOUT_WEIGHT = 3  # attempts: each takes two minutes, and the CDK gives up after `max_time`


class BigCommerceErrorHandler(ErrorHandler):
    """Handles the responses to the requests of one stream. `scope` is None for requests that belong to the store."""

    rules: Mapping[int, ErrorRule] = ERROR_RULES
    host_rules: Mapping[ErrorRule, ErrorRule] = {}  # in place of others, for a host of its own
    unauthorized_here: ErrorRule = UNAUTHORIZED_HERE  # for a 401 although the store accepts the token
    advice = ""  # for the user, if even the smallest page is not served
    max_retries = 6  # with pauses of 1, 2, 4, ... seconds and a random part of one more: a little over a minute
    max_time = 600  # seconds

    def __init__(
        self,
        stream: str,
        scope: Scope | None,
        breaker: Breaker,
        token_is_refused: Callable[[], bool] | None = None,
        resumption: Callable[[], str] = lambda: START_AGAIN,
    ) -> None:
        self._stream = stream
        self._scope = scope
        self._breaker = breaker
        self._token_is_refused = token_is_refused
        self._resumption = resumption

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        """Returns what the CDK must do next.

        Raises BigCommerceError where the request has failed, and RateLimitBackoffException where it must wait.
        """
        found = _look_up(response, self.rules if self._scope else STORE_ERROR_RULES)
        if found is None:
            return ErrorResolution(ResponseAction.SUCCESS)
        rule, status, detail = self.host_rules.get(found[0], found[0]), *found[1:]
        if status == 401 and self._token_is_refused and not self._token_is_refused():
            rule = self.unauthorized_here
        if status == 403 and self._scope is not None:
            rule = self.forbidden(response, rule)
        if status == 404:
            rule = self.not_found(response, rule)
        message = rule.message.format(
            stream=self._stream,
            scope=self._scope.value if self._scope else "",
            status=status,
            detail=detail,
            resumption=self._resumption(),
        )
        message += describe_request(response)
        if rule.action in (Action.RETRY, Action.FAIL) and (self.refuses_limit(response) or _is_too_heavy(response)):
            cause, is_refused = (
                str(status) if status else detail,
                status == _LIMIT_TOO_LARGE or status in _INVALID_REQUEST,
            )
            raise PageTooHeavy(message, rule.failure_type, cause, is_refused, self.advice)
        if rule.action is Action.RETRY:
            time.sleep(random.uniform(0, _JITTER))
            return ErrorResolution(ResponseAction.RETRY, rule.failure_type, message)
        if rule.action is Action.WAIT:
            # For ResponseAction.RATE_LIMITED the CDK would do the same, after printing a status of its own: past the
            # output queue, for one of the waiting streams, and without the reset. The governor waits and reports it.
            assert isinstance(response, requests.Response)
            raise RateLimitBackoffException(response.request, response, message, rule.failure_type)
        error = self.kind_of(status, rule)(message, rule.failure_type)
        if isinstance(error, (BadRequest, Forbidden)) and isinstance(response, requests.Response):
            error.explanation = explanation_of(response)
        if rule.action is Action.STOP:
            self._breaker.open(error)
        raise error

    def refuses_limit(self, response: requests.Response | Exception | None) -> bool:
        """Returns True for a refusal of the page size that is not a 413, if a smaller page can be requested."""
        return False

    def forbidden(self, response: requests.Response | Exception | None, missing_scope: ErrorRule) -> ErrorRule:
        """Returns the rule for a 403, which BigCommerce uses for a missing scope and for other reasons."""
        if not isinstance(response, requests.Response) or is_html(response):
            return BLOCKED
        explanation = explanation_of(response)
        if self._scope is not Scope.NONE and names_missing_scope(explanation):
            return missing_scope
        return FORBIDDEN if explanation or self._scope is Scope.NONE else FORBIDDEN_WITHOUT_EXPLANATION

    def not_found(self, response: requests.Response | Exception | None, rule: ErrorRule) -> ErrorRule:
        """Returns the rule for a 404."""
        return rule

    def kind_of(self, status: int, rule: ErrorRule) -> type[BigCommerceError]:
        """Returns the class of the error for a status that was handled by this rule."""
        if status in _INVALID_REQUEST:
            return BadRequest
        if self._scope is None:
            return BigCommerceError  # it concerns the whole store
        if rule is ERROR_RULES[403]:
            return MissingScope
        return {403: Forbidden, 404: NotFound}.get(status, BigCommerceError)


class StoreErrorHandler(BigCommerceErrorHandler):
    """Handles the responses to one request that needs no scope.

    There, a refusal stops the whole sync, so the request is repeated once before it is accepted.
    """

    _was_refused = False

    def __init__(self, purpose: str, breaker: Breaker) -> None:
        super().__init__(purpose, None, breaker)

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response, requests.Response) and response.status_code in _REFUSALS and not self._was_refused:
            self._was_refused = True
            return ErrorResolution(
                ResponseAction.RETRY,
                FailureType.transient_error,
                f"BigCommerce refused the request for '{self._stream}' ({response.status_code}). It is repeated once.",
            )
        return super().interpret_response(response)


class B2BErrorHandler(BigCommerceErrorHandler):
    """Handles the responses of B2B Edition, which a store may lack.

    Its responses to a store without it, and to a missing scope, are not documented: 401, 403 and 404 are taken for it.
    Failures of its host concern its own streams alone.
    """

    rules = B2B_ERROR_RULES
    host_rules = B2B_HOST_RULES
    unauthorized_here = B2B_ERROR_RULES[403]
    advice = B2B_ADVICE

    def refuses_limit(self, response: requests.Response | Exception | None) -> bool:
        """Returns True for a 400 or 422 whose explanation names no parameter but the limit: the maximum is not
        documented everywhere, and neither is the refusal of a larger limit."""
        limits = limits_of_request()
        if limits is None or not limits.allow_smaller or _status_of(response) not in _INVALID_REQUEST:
            return False
        assert isinstance(response, requests.Response)
        explanation = explanation_of(response).lower()
        sent = {name.lower().removesuffix("[]") for name, _ in parse_qsl(urlsplit(response.request.url or "").query)}
        return not any(name in explanation for name in sent - {"limit", "offset"})

    def forbidden(self, response: requests.Response | Exception | None, missing_scope: ErrorRule) -> ErrorRule:
        is_blocked = not isinstance(response, requests.Response) or is_html(response)
        return BLOCKED if is_blocked else missing_scope

    def not_found(self, response: requests.Response | Exception | None, rule: ErrorRule) -> ErrorRule:
        path = urlsplit((isinstance(response, requests.Response) and response.request.url) or "").path
        return B2B_RECORD_MISSING if _ID_IN_PATH.search(path) else rule

    def kind_of(self, status: int, rule: ErrorRule) -> type[BigCommerceError]:
        return Forbidden if status in (401, 403) else super().kind_of(status, rule)


class ParentScopeErrorHandler(BigCommerceErrorHandler):
    """Handles the requests of a stream whose parents need another scope than its own records."""

    def __init__(
        self,
        stream: str,
        scope: Scope,
        breaker: Breaker,
        list_endpoint: str,
        list_scope: Scope,
        token_is_refused: Callable[[], bool] | None = None,
        resumption: Callable[[], str] = lambda: START_AGAIN,
    ) -> None:
        super().__init__(stream, scope, breaker, token_is_refused, resumption)
        self._list = BigCommerceErrorHandler(stream, list_scope, breaker, token_is_refused, resumption)
        self._list_endpoint = f"/{list_endpoint}"

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response, requests.Response) and self._is_of_the_list(response):
            return self._list.interpret_response(response)
        return super().interpret_response(response)

    def _is_of_the_list(self, response: requests.Response) -> bool:
        return urlsplit(response.request.url or "").path.endswith(self._list_endpoint)


def _is_too_heavy(response: requests.Response | Exception | None) -> bool:
    """True if a smaller page should be requested. Uses up one of the attempts that the request's limits allow."""
    limits = limits_of_request()
    if limits is None:
        return False
    status, timed_out = _status_of(response), _is_read_timeout(response)
    if isinstance(response, BodyTooLarge) or status == _LIMIT_TOO_LARGE:
        return limits.allow_smaller
    if timed_out and limits.allow_smaller:
        return True  # each attempt takes minutes
    if status < 500 and status not in _GATEWAY_GAVE_UP and not timed_out:
        return False
    limits.attempts -= _TIMEOUT_WEIGHT if timed_out else 1
    return limits.attempts <= 0


def _status_of(response: requests.Response | Exception | None) -> int:
    return response.status_code if isinstance(response, requests.Response) else 0


def _is_read_timeout(error: requests.Response | Exception | None) -> bool:
    """True for a read timeout, including one inside the body, which `requests` reports as a ConnectionError."""
    if isinstance(error, requests.exceptions.ReadTimeout):
        return True
    cause = error.args[0] if isinstance(error, requests.exceptions.ConnectionError) and error.args else None
    return isinstance(cause, ReadTimeoutError)


def _look_up(
    response: requests.Response | Exception | None, rules: Mapping[int, ErrorRule]
) -> tuple[ErrorRule, int, str] | None:
    """Returns the rule, the status and a detail for the message; None for a successful response."""
    if isinstance(response, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(response):
        return UNTRUSTED, 0, ""  # other TLS errors are temporary
    if isinstance(response, BodyTooLarge):
        return OVERSIZED, 0, str(response)
    if not isinstance(response, requests.Response):
        return _look_up_exception(response)
    status = response.status_code
    if status == 204:
        return None
    if 200 <= status < 300:
        try:
            decode(response)
        except UndecodableBody as error:
            return UNDECODABLE, status, str(error)
        return None
    if 300 <= status < 400:
        return NOT_MODIFIED if status == 304 else REDIRECTED, status, ""
    return _look_up_error(response, rules)


def _look_up_error(response: requests.Response, rules: Mapping[int, ErrorRule]) -> tuple[ErrorRule, int, str]:
    """Returns the same for a status of 400 or more."""
    status = response.status_code
    explanation = explanation_of(response)
    detail = quoted(explanation, response.reason)
    if status in (403, 404) and rules is STORE_ERROR_RULES and is_html(response):
        return BLOCKED_STORE, status, detail
    if status == 503 and "suspended" in explanation.lower():
        return SUSPENDED, status, detail
    return rules.get(status, TEMPORARY_ERROR if status >= 500 else REFUSED), status, detail


def _look_up_exception(error: Exception | None) -> tuple[ErrorRule, int, str]:
    """Returns the same for a request without a response; most such errors are temporary."""
    name = type(error).__name__
    # On Airbyte Cloud, the CDK reports a failed name resolution, a temporary error, as an invalid address.
    if isinstance(error, ValueError) and not isinstance(error.__context__, OSError):
        return UNSENDABLE, 0, name
    if isinstance(error, requests.exceptions.ProxyError) and (refusal := _PROXY_REFUSAL.search(str(error))):
        return PROXY_REFUSED, 0, refusal[1]
    return UNREACHABLE, 0, name
