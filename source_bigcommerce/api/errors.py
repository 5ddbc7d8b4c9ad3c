"""What each bad answer means: what is done about it and the sentence that the user reads.

`ANSWERS` is the whole of it, as data; nothing else in the package writes prose about HTTP. The meaning of the
status codes: docs/start/about/status-codes of BigCommerce's developer documentation.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import urlsplit

import requests
from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor
from airbyte_cdk.sources.streams.http.error_handlers import ErrorHandler, ErrorResolution, ResponseAction
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException, RateLimitBackoffException
from airbyte_cdk.utils import AirbyteTracedException
from urllib3.exceptions import ReadTimeoutError

from source_bigcommerce.api.body import UndecodableBody, decode
from source_bigcommerce.api.explanation import explanation_of, is_html, names_missing_scope, request_of, shown
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.transport import BodyTooLarge, limits_of_request


class BigCommerceError(AirbyteTracedException):
    """A failure whose message says it all: cause and remedy. It is shown without a stack trace."""

    def __init__(self, message: str, failure_type: FailureType = FailureType.config_error) -> None:
        super().__init__(internal_message=message, message=message, failure_type=failure_type)

    def as_airbyte_message(self, stream_descriptor: StreamDescriptor | None = None) -> AirbyteMessage:
        trace = super().as_airbyte_message(stream_descriptor)
        if trace.trace and trace.trace.error:
            trace.trace.error.stack_trace = None
        return trace


class NotFound(BigCommerceError):
    """The address does not exist; for a child's address, perhaps because its parent was deleted meanwhile."""


class Forbidden(BigCommerceError):
    """The store does not let the API account read this."""


class MissingScope(Forbidden):
    """The API account lacks the scope for this."""


class Refused(BigCommerceError):
    """The store does not accept the request: it does not know a parameter or does not accept a value.

    `explanation` is the store's own, uncut.
    """

    explanation = ""


class PageTooHeavy(BigCommerceError):
    """The store does not serve a page of this size. `cause` is how the request failed."""

    def __init__(self, message: str, failure_type: FailureType, cause: str, is_refused: bool = False) -> None:
        super().__init__(message, failure_type)
        self.cause = cause
        self.is_refused = is_refused  # for its size alone (413)

    def at_size(self, stream: str, size: int, resumption: str) -> PageTooHeavy:
        """The error of a page that cannot be made smaller."""
        page = "a single record" if size == 1 else f"a page of {size} records"
        passing = _PASSING.format(resumption=resumption)
        return PageTooHeavy(
            f"BigCommerce cannot serve the list of '{stream}': even the request for {page} fails again and again "
            f"({self.cause}). {passing} If that fails too, contact BigCommerce's support.",
            self.failure_type or FailureType.transient_error,
            self.cause,
        )


class Action(Enum):
    """What is done about an answer."""

    RETRY = "ask again, a few times, with growing pauses"
    WAIT = "pause every worker until the store's quota is refilled"
    FAIL = "fail this stream; the others go on"
    STOP = "fail everything: no request can succeed any more"


@dataclass(frozen=True)
class Answer:
    """One row of the table. `sentence` may use {stream}, {scope}, {status} and {detail}."""

    action: Action
    failure_type: FailureType
    sentence: str


RESUMES = "the next sync resumes from the last saved state."
STARTS_OVER = "the next sync reads the stream from its start."
STARTS_OVER_UNLESS_SAVED = (
    "the next sync reads the stream from its start, or from the last state that this one still saves."
)
_START_AGAIN = "start the sync again."  # for requests that belong to no stream
_PASSING = "Nothing is lost: {resumption}"
_ACCOUNT = "the control panel under Settings > Store-level API accounts"

SUSPENDED = Answer(
    Action.STOP,
    FailureType.config_error,
    "The store is suspended ({detail}). Once the merchant has settled this with BigCommerce, start the sync again.",
)
REDIRECTED = Answer(
    Action.STOP,
    FailureType.config_error,
    "The store answered with a redirect to another address, which is not followed because the access token would "
    "travel with it. Check the store hash and the API address.",
)
UNREACHABLE = Answer(
    Action.RETRY,
    FailureType.transient_error,
    f"BigCommerce could not be reached while '{{stream}}' was read ({{detail}}). {_PASSING}",
)
UNTRUSTED = Answer(
    Action.STOP,
    FailureType.config_error,
    "The TLS certificate of the API host could not be verified, so nothing was sent. Check the proxy or the "
    "certificates of the machine that runs the connector.",
)
UNSENDABLE = Answer(
    Action.STOP,
    FailureType.config_error,
    "The request could not be sent ({detail}), and no other can. Check the API address, and the proxy that the "
    "environment names.",
)
PROXY_REFUSED = Answer(
    Action.STOP,
    FailureType.config_error,
    "The proxy that the environment names (HTTPS_PROXY or ALL_PROXY) refused the connection to the API host "
    "({detail}). Check the user name and password in its address, and that it lets the connector reach the host.",
)
UNDECODABLE = Answer(
    Action.RETRY,
    FailureType.transient_error,
    f"BigCommerce answered the request for '{{stream}}' with something that is not whole JSON ({{detail}}). {_PASSING}",
)
OVERSIZED = Answer(
    Action.FAIL,
    FailureType.system_error,
    "BigCommerce answered the request for '{stream}' with {detail}, which is not read. Please report this line.",
)
NOT_MODIFIED = Answer(
    Action.RETRY,
    FailureType.config_error,
    "The request for '{stream}' was answered with \"not modified\" (304), which BigCommerce never returns here: a "
    "cache or proxy in between seems to have answered. Have it pass the connector's requests on.",
)
REFUSED = Answer(
    Action.FAIL,
    FailureType.system_error,
    "BigCommerce refused the request for '{stream}' ({status}: {detail}). Start the sync again; if this stays, ask "
    "BigCommerce's support with this line, or deselect the stream.",
)
MISTAKEN = Answer(
    Action.FAIL,
    FailureType.system_error,
    "BigCommerce does not accept the kind of request for '{stream}' ({status}: {detail}). This is a defect of the "
    "connector: please report it with this line.",
)
UNAUTHORIZED_HERE = Answer(
    Action.RETRY,
    FailureType.transient_error,
    "BigCommerce refused the access token for '{stream}' several times (401: {detail}), though it did not refuse it at "
    f"/v2/time. {_PASSING} If this stays, ask BigCommerce's support with this line.",
)
BLOCKED = Answer(
    Action.FAIL,
    FailureType.config_error,
    "The request for '{stream}' was refused with {detail} ({status}), not by BigCommerce's API: a firewall or proxy "
    "seems to block the connector. Have it let the connector's address through; if BigCommerce's own firewall is the "
    "cause, ask its support with this line.",
)
FORBIDDEN = Answer(
    Action.FAIL,
    FailureType.config_error,
    "The stream '{stream}' cannot be read: BigCommerce refuses access to it ({status}: {detail}). If the store's plan "
    "or settings do not include it, deselect the stream; if they do, ask BigCommerce's support with this line.",
)
FORBIDDEN_WITHOUT_EXPLANATION = Answer(
    Action.FAIL,
    FailureType.config_error,
    "The stream '{stream}' cannot be read: BigCommerce refuses access to it and does not say why ({status}). Check "
    f"that the API account has the OAuth scope {{scope}} (read-only) in {_ACCOUNT}, or deselect the stream.",
)
PASSING_FAULT = Answer(
    Action.RETRY,
    FailureType.transient_error,
    f"BigCommerce answered the request for '{{stream}}' with a passing fault ({{status}}). {_PASSING}",
)
RATE_LIMITED = Answer(
    Action.WAIT,
    FailureType.transient_error,
    f"The store's request quota stayed used up while '{{stream}}' was read, by this sync or by other apps. {_PASSING}",
)

ANSWERS: dict[int, Answer] = {
    401: Answer(
        Action.STOP,
        FailureType.config_error,
        "The access token was refused: it is wrong, was revoked, or belongs to another store. Create an API account "
        f"in {_ACCOUNT} and enter its access token and store hash.",
    ),
    402: Answer(
        Action.FAIL,
        FailureType.config_error,
        "The stream '{stream}' cannot be read: the store's BigCommerce plan does not include it ({detail}). Deselect "
        "it.",
    ),
    403: Answer(
        Action.FAIL,
        FailureType.config_error,
        "The stream '{stream}' cannot be read: the API account lacks the OAuth scope {scope} (read-only). Grant it to "
        f"the account in {_ACCOUNT}, or deselect the stream.",
    ),
    404: Answer(
        Action.FAIL,
        FailureType.config_error,
        "The stream '{stream}' cannot be read: the store answered that an address does not exist (404). Check the "
        "store hash; if other streams can be read, please report this line.",
    ),
    405: MISTAKEN,
    406: MISTAKEN,
    408: PASSING_FAULT,
    415: MISTAKEN,
    423: PASSING_FAULT,
    429: RATE_LIMITED,
    500: PASSING_FAULT,
    499: PASSING_FAULT,  # the gateway gave up on the store
    502: PASSING_FAULT,
    503: PASSING_FAULT,
    504: PASSING_FAULT,
    507: PASSING_FAULT,
    509: RATE_LIMITED,  # the legacy hourly limit
}


_UNKNOWN_STORE = Answer(
    Action.STOP,
    FailureType.config_error,
    "No store answers to this access token under this store hash ({status}: {detail}). Check the store hash, and that "
    "the API account belongs to this store.",
)
_BLOCKED_STORE = replace(BLOCKED, action=Action.STOP)
# For requests that need no scope: there, a refusal speaks of the store.
STORE_ANSWERS = {**ANSWERS, 403: _UNKNOWN_STORE, 404: _UNKNOWN_STORE}


_PROXY_REFUSAL = re.compile("Tunnel connection failed: (40[37])")


class Breaker:
    """Opened by the first failure after which no request can succeed; from then on none is sent."""

    def __init__(self) -> None:
        self._error: BigCommerceError | None = None
        self._lock = threading.Lock()

    def open(self, error: BigCommerceError) -> None:
        with self._lock:
            self._error = self._error or error

    def check(self) -> None:
        """Raises the failure that opened the breaker, if one did."""
        if self._error:
            raise self._error


_REFUSALS = frozenset({401, 403, 404})
_MISUNDERSTOOD = frozenset({400, 422})  # a store that does not know a parameter says so with one of these
_JITTER = 1.0  # seconds: the CDK's pauses are the same for all workers, which would come back all at once


class ErrorTable(ErrorHandler):
    """Reads the answers to one stream, in the CDK's terms. `scope` is None for requests that need none."""

    max_retries = 6  # with pauses of 1, 2, 4, ... seconds and a random part of one more: a little over a minute
    max_time = 600  # seconds

    def __init__(
        self,
        stream: str,
        scope: Scope | None,
        breaker: Breaker,
        token_is_refused: Callable[[], bool] | None = None,
        resumption: Callable[[], str] = lambda: _START_AGAIN,
    ) -> None:
        self._stream = stream
        self._scope = scope
        self._breaker = breaker
        self._token_is_refused = token_is_refused
        self._resumption = resumption

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        """What the CDK shall do next. Raises BigCommerceError where there is no next, and RateLimitBackoffException
        for a response after which the request waits for its turn again."""
        found = _look_up(response, ANSWERS if self._scope else STORE_ANSWERS)
        if found is None:
            return ErrorResolution(ResponseAction.SUCCESS)
        answer, status, detail = found
        if status == 401 and self._token_is_refused and not self._token_is_refused():
            answer = UNAUTHORIZED_HERE
        if status == 403 and self._scope is not None:
            answer = self._forbidden(response, answer)
        sentence = answer.sentence.format(
            stream=self._stream,
            scope=self._scope.value if self._scope else "",
            status=status,
            detail=detail,
            resumption=self._resumption(),
        )
        sentence += request_of(response)
        if answer.action in (Action.RETRY, Action.FAIL) and _is_too_heavy(response):
            cause = str(status) if status else detail
            raise PageTooHeavy(sentence, answer.failure_type, cause, is_refused=status == _TOO_MANY_ASKED_FOR)
        if answer.action is Action.RETRY:
            time.sleep(random.uniform(0, _JITTER))
            return ErrorResolution(ResponseAction.RETRY, answer.failure_type, sentence)
        if answer.action is Action.WAIT:
            # For ResponseAction.RATE_LIMITED the CDK would do the same, after printing a status of its own: past the
            # output queue, for one stream of all that wait, and without the reset. The governor waits and reports it.
            assert isinstance(response, requests.Response)
            raise RateLimitBackoffException(response.request, response, sentence, answer.failure_type)
        error = self._kind_of(status, answer)(sentence, answer.failure_type)
        if isinstance(error, Refused) and isinstance(response, requests.Response):
            error.explanation = explanation_of(response)
        if answer.action is Action.STOP:
            self._breaker.open(error)
        raise error

    def _forbidden(self, response: requests.Response | Exception | None, missing_scope: Answer) -> Answer:
        """The row for a 403 of a stream: BigCommerce has one status for a missing scope and for other reasons."""
        if not isinstance(response, requests.Response) or is_html(response):
            return BLOCKED
        explanation = explanation_of(response)
        if self._scope is not Scope.NONE and names_missing_scope(explanation):
            return missing_scope
        return FORBIDDEN if explanation or self._scope is Scope.NONE else FORBIDDEN_WITHOUT_EXPLANATION

    def _kind_of(self, status: int, answer: Answer) -> type[BigCommerceError]:
        if status in _MISUNDERSTOOD:
            return Refused
        if self._scope is None:
            return BigCommerceError  # it speaks of the store
        if answer is ANSWERS[403]:
            return MissingScope
        return {403: Forbidden, 404: NotFound}.get(status, BigCommerceError)


class StoreErrorTable(ErrorTable):
    """Reads the answers to a request that needs no scope, where a refusal stops everything: it is asked once more
    before that is believed. For one request."""

    _was_refused = False

    def __init__(self, purpose: str, breaker: Breaker) -> None:
        super().__init__(purpose, None, breaker)

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response, requests.Response) and response.status_code in _REFUSALS and not self._was_refused:
            self._was_refused = True
            return ErrorResolution(
                ResponseAction.RETRY,
                FailureType.transient_error,
                f"BigCommerce refused the request for '{self._stream}' ({response.status_code}). It is sent once more.",
            )
        return super().interpret_response(response)


class TwoScopes(ErrorTable):
    """The list of parents needs another scope than what is below it, so a refusal names the one that is missing."""

    def __init__(
        self,
        stream: str,
        scope: Scope,
        breaker: Breaker,
        list_endpoint: str,
        list_scope: Scope,
        token_is_refused: Callable[[], bool] | None = None,
        resumption: Callable[[], str] = lambda: _START_AGAIN,
    ) -> None:
        super().__init__(stream, scope, breaker, token_is_refused, resumption)
        self._list = ErrorTable(stream, list_scope, breaker, token_is_refused, resumption)
        self._list_endpoint = f"/{list_endpoint}"

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response, requests.Response) and self._is_of_the_list(response):
            return self._list.interpret_response(response)
        return super().interpret_response(response)

    def _is_of_the_list(self, response: requests.Response) -> bool:
        return urlsplit(response.request.url or "").path.endswith(self._list_endpoint)


_TOO_MANY_ASKED_FOR = 413  # documented for a `limit` above the maximum of an endpoint
_GATEWAY_GAVE_UP = frozenset({408, 499})


_TIMEOUT_WEIGHT = 3  # attempts: each takes two minutes, and the CDK gives up after `max_time`


def _is_too_heavy(response: requests.Response | Exception | None) -> bool:
    """Whether the request for a page has failed so often, in a way that a smaller page may not."""
    limits = limits_of_request()
    if limits is None:
        return False
    status, timed_out = _status_of(response), _is_read_timeout(response)
    if isinstance(response, BodyTooLarge) or status == _TOO_MANY_ASKED_FOR:
        return limits.allow_smaller
    if timed_out and limits.allow_smaller:
        return True  # it took minutes
    if status < 500 and status not in _GATEWAY_GAVE_UP and not timed_out:
        return False
    limits.attempts -= _TIMEOUT_WEIGHT if timed_out else 1
    return limits.attempts <= 0


def _status_of(response: requests.Response | Exception | None) -> int:
    return response.status_code if isinstance(response, requests.Response) else 0


def _is_read_timeout(error: requests.Response | Exception | None) -> bool:
    """Also one in the middle of the body, which `requests` reports as a broken connection."""
    if isinstance(error, requests.exceptions.ReadTimeout):
        return True
    cause = error.args[0] if isinstance(error, requests.exceptions.ConnectionError) and error.args else None
    return isinstance(cause, ReadTimeoutError)


def in_plain_words(error: AirbyteTracedException) -> BigCommerceError:
    """The CDK's "attempts exhausted" error as the sentence of the answer that was last received."""
    if isinstance(error, BigCommerceError):
        return error
    last = error._exception
    sentence = str(last) if isinstance(last, BaseBackoffException) else error.message or str(error)
    return BigCommerceError(sentence, error.failure_type)


def located(error: BigCommerceError, request: str) -> BigCommerceError:
    """The same error with the sentence that names its request."""
    return type(error)(f"{error.message}{request}", error.failure_type or FailureType.system_error)


def _look_up(
    response: requests.Response | Exception | None, answers: Mapping[int, Answer]
) -> tuple[Answer, int, str] | None:
    """The row of the table, the status and a detail for the sentence; None for a good answer."""
    if isinstance(response, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(response):
        return UNTRUSTED, 0, ""  # other TLS errors are passing faults of the connection
    if isinstance(response, BodyTooLarge):
        return OVERSIZED, 0, str(response)
    if not isinstance(response, requests.Response):
        return _of_no_response(response)
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
    return _look_up_error(response, answers)


def _look_up_error(response: requests.Response, answers: Mapping[int, Answer]) -> tuple[Answer, int, str]:
    """The same for a status of 400 or more."""
    status = response.status_code
    explanation = explanation_of(response)
    detail = shown(explanation, response.reason)
    if status in (403, 404) and answers is STORE_ANSWERS and is_html(response):
        return _BLOCKED_STORE, status, detail
    if status == 503 and "suspended" in explanation.lower():
        return SUSPENDED, status, detail
    return answers.get(status, PASSING_FAULT if status >= 500 else REFUSED), status, detail


def _of_no_response(error: Exception | None) -> tuple[Answer, int, str]:
    """The row for a request that was not answered: most such faults pass."""
    name = type(error).__name__
    # On Airbyte Cloud, the CDK reports a name that cannot be resolved, which passes, as an invalid address.
    if isinstance(error, ValueError) and not isinstance(error.__context__, OSError):
        return UNSENDABLE, 0, name
    if isinstance(error, requests.exceptions.ProxyError) and (refusal := _PROXY_REFUSAL.search(str(error))):
        return PROXY_REFUSED, 0, refusal[1]
    return UNREACHABLE, 0, name
