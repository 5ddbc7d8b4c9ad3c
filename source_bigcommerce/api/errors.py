"""Errors of the API, and one rule for each failed response: the action and the message for the user.

`ERROR_RULES` maps each status to its rule. Source of the status codes: docs/start/about/status-codes of BigCommerce's
developer documentation.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from enum import Enum

from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.utils import AirbyteTracedException


class BigCommerceError(AirbyteTracedException):
    """An error whose message contains cause and remedy. It is shown without a stack trace.

    `explanation` is the full text of the store, where a refused request has one.
    """

    explanation = ""

    def __init__(self, message: str, failure_type: FailureType = FailureType.config_error) -> None:
        super().__init__(internal_message=message, message=message, failure_type=failure_type)

    def as_airbyte_message(self, stream_descriptor: StreamDescriptor | None = None) -> AirbyteMessage:
        trace = super().as_airbyte_message(stream_descriptor)
        if trace.trace and trace.trace.error:
            trace.trace.error.stack_trace = None
        return trace


class NotFound(BigCommerceError):
    """The address does not exist. For a child's address, the parent may have been deleted during the sync."""


class Forbidden(BigCommerceError):
    """The API account may not read this."""


class MissingScope(Forbidden):
    """The API account lacks the OAuth scope."""


class BadRequest(BigCommerceError):
    """The store does not know a parameter, or does not accept its value."""


class PageTooHeavy(BigCommerceError):
    """The store does not return a page of this size. `cause` is the status or the error of the request, `advice` a
    sentence for the user in addition to the usual ones."""

    def __init__(
        self, message: str, failure_type: FailureType, cause: str, is_refused: bool = False, advice: str = ""
    ) -> None:
        super().__init__(message, failure_type)
        self.cause = cause
        self.is_refused = is_refused  # because of its size alone (413)
        self.advice = advice

    def at_size(self, stream: str, size: int, resumption: str) -> PageTooHeavy:
        """Returns the error for a page that cannot be smaller."""
        page = "a single record" if size == 1 else f"a page of {size} records"
        resumes = _RESUMPTION.format(resumption=resumption)
        return PageTooHeavy(
            f"BigCommerce cannot serve the list of '{stream}': even the request for {page} fails again and again "
            f"({self.cause}). {resumes} {self.advice}If that fails too, contact BigCommerce's support.",
            self.failure_type or FailureType.transient_error,
            self.cause,
        )


class Action(Enum):
    """The reaction to a failed response."""

    RETRY = "repeat the request a few times, with growing pauses"
    WAIT = "pause all workers until the rate limit resets"
    FAIL = "fail this stream and continue with the others"
    STOP = "fail the sync: no further request can succeed"


@dataclass(frozen=True)
class ErrorRule:
    """Action and message for a failed response.

    `message` may contain {stream}, {scope}, {status}, {detail} and {resumption}.
    """

    action: Action
    failure_type: FailureType
    message: str


RESUMES = "the next sync resumes from the last saved state."
STARTS_OVER = "the next sync reads the stream from its start."
STARTS_OVER_UNLESS_SAVED = (
    "the next sync reads the stream from its start, or from the last state that this one still saves."
)
RECONCILED_LATER = "the next reconciliation reads it again."
START_AGAIN = "start the sync again."  # for requests that belong to no stream
_RESUMPTION = "Nothing is lost: {resumption}"
_ACCOUNT = "the control panel under Settings > Store-level API accounts"

SUSPENDED = ErrorRule(
    Action.STOP,
    FailureType.config_error,
    "The store is suspended ({detail}). Once the merchant has settled this with BigCommerce, start the sync again.",
)
REDIRECTED = ErrorRule(
    Action.STOP,
    FailureType.config_error,
    "The store returned a redirect to another address, which is not followed because the access token would be "
    "sent there. Check the store hash and the API address.",
)
UNREACHABLE = ErrorRule(
    Action.RETRY,
    FailureType.transient_error,
    f"BigCommerce could not be reached while '{{stream}}' was read ({{detail}}). {_RESUMPTION}",
)
UNTRUSTED = ErrorRule(
    Action.STOP,
    FailureType.config_error,
    "The TLS certificate of the API host could not be verified, so nothing was sent. Check the proxy or the "
    "certificates of the machine that runs the connector.",
)
UNSENDABLE = ErrorRule(
    Action.STOP,
    FailureType.config_error,
    "The request could not be sent ({detail}), and no other can. Check the API address, and the proxy that the "
    "environment names.",
)
PROXY_REFUSED = ErrorRule(
    Action.STOP,
    FailureType.config_error,
    "The proxy that the environment names (HTTPS_PROXY or ALL_PROXY) refused the connection to the API host "
    "({detail}). Check the user name and password in its address, and that it allows connections to the host.",
)
UNDECODABLE = ErrorRule(
    Action.RETRY,
    FailureType.transient_error,
    f"BigCommerce returned invalid or incomplete JSON for '{{stream}}' ({{detail}}). {_RESUMPTION}",
)
OVERSIZED = ErrorRule(
    Action.FAIL,
    FailureType.system_error,
    "The response to the request for '{stream}' has {detail}, which is not read. Please report this line.",
)
NOT_MODIFIED = ErrorRule(
    Action.RETRY,
    FailureType.config_error,
    "The response to the request for '{stream}' has the status \"not modified\" (304), which BigCommerce never "
    "returns here: a cache or proxy seems to have sent it. Configure it to forward the connector's requests.",
)
REFUSED = ErrorRule(
    Action.FAIL,
    FailureType.system_error,
    "BigCommerce refused the request for '{stream}' ({status}: {detail}). Start the sync again; if this persists, "
    "contact BigCommerce's support with this line, or deselect the stream.",
)
MISTAKEN = ErrorRule(
    Action.FAIL,
    FailureType.system_error,
    "BigCommerce does not accept the kind of request for '{stream}' ({status}: {detail}). This is a defect of the "
    "connector: please report it with this line.",
)
UNAUTHORIZED_HERE = ErrorRule(
    Action.RETRY,
    FailureType.transient_error,
    "BigCommerce refused the access token for '{stream}' several times (401: {detail}), although /v2/time accepts "
    f"it. {_RESUMPTION} If this persists, contact BigCommerce's support with this line.",
)
BLOCKED = ErrorRule(
    Action.FAIL,
    FailureType.config_error,
    "The request for '{stream}' was refused with {detail} ({status}), not by BigCommerce's API: a firewall or proxy "
    "seems to block the connector. Allow the connector's address there; if BigCommerce's own firewall is the cause, "
    "contact its support with this line.",
)
FORBIDDEN = ErrorRule(
    Action.FAIL,
    FailureType.config_error,
    "The stream '{stream}' cannot be read: BigCommerce refuses access to it ({status}: {detail}). If the store's plan "
    "or settings do not include it, deselect the stream; if they do, contact BigCommerce's support with this line.",
)
FORBIDDEN_WITHOUT_EXPLANATION = ErrorRule(
    Action.FAIL,
    FailureType.config_error,
    "The stream '{stream}' cannot be read: BigCommerce refuses access to it and does not say why ({status}). Check "
    f"that the API account has the OAuth scope {{scope}} (read-only) in {_ACCOUNT}, or deselect the stream.",
)
TEMPORARY_ERROR = ErrorRule(
    Action.RETRY,
    FailureType.transient_error,
    f"BigCommerce returned a temporary error ({{status}}) for '{{stream}}'. {_RESUMPTION}",
)
RATE_LIMITED = ErrorRule(
    Action.WAIT,
    FailureType.transient_error,
    "The store's rate limit stayed exhausted while '{stream}' was read, by this sync or by other apps. " + _RESUMPTION,
)

ERROR_RULES: dict[int, ErrorRule] = {
    401: ErrorRule(
        Action.STOP,
        FailureType.config_error,
        "The access token was refused: it is wrong, was revoked, or belongs to another store. Create an API account "
        f"in {_ACCOUNT} and enter its access token and store hash.",
    ),
    402: ErrorRule(
        Action.FAIL,
        FailureType.config_error,
        "The stream '{stream}' cannot be read: the store's BigCommerce plan does not include it ({detail}). Deselect "
        "it.",
    ),
    403: ErrorRule(
        Action.FAIL,
        FailureType.config_error,
        "The stream '{stream}' cannot be read: the API account lacks the OAuth scope {scope} (read-only). Grant it to "
        f"the account in {_ACCOUNT}, or deselect the stream.",
    ),
    404: ErrorRule(
        Action.FAIL,
        FailureType.config_error,
        "The stream '{stream}' cannot be read: the store reports that an address does not exist (404). Check the "
        "store hash; if other streams can be read, please report this line.",
    ),
    405: MISTAKEN,
    406: MISTAKEN,
    408: TEMPORARY_ERROR,
    415: MISTAKEN,
    423: TEMPORARY_ERROR,
    429: RATE_LIMITED,
    500: TEMPORARY_ERROR,
    499: TEMPORARY_ERROR,  # the gateway gave up on the store
    502: TEMPORARY_ERROR,
    503: TEMPORARY_ERROR,
    504: TEMPORARY_ERROR,
    507: TEMPORARY_ERROR,
    509: RATE_LIMITED,  # the legacy hourly limit
}


_B2B_MISSING = ErrorRule(
    Action.FAIL,
    FailureType.config_error,
    "The stream '{stream}' cannot be read, because the store has no B2B Edition or the API account lacks the OAuth "
    f"scope {{scope}} (modify, the only form there is): grant it in {_ACCOUNT}, or deselect the stream or turn off the "
    "setting B2B Edition ({status}: {detail}).",
)
B2B_RECORD_MISSING = ErrorRule(
    Action.FAIL,
    FailureType.config_error,
    "B2B Edition does not return a record of '{stream}' that its list contains ({status}: {detail}). Start the sync "
    "again; if this persists, contact BigCommerce's support with this line, or deselect the stream.",
)
B2B_ADVICE = "Check the store hash as well, as B2B Edition returns server errors for a missing or wrong one. "
_B2B_TEMPORARY_ERROR = replace(TEMPORARY_ERROR, message=f"{TEMPORARY_ERROR.message} {B2B_ADVICE.strip()}")
# For B2B Edition, where a 404 for a single record has the rule above: it is no error if the record was deleted.
B2B_ERROR_RULES = {
    **ERROR_RULES,
    **{status: _B2B_TEMPORARY_ERROR for status, rule in ERROR_RULES.items() if rule is TEMPORARY_ERROR},
    403: _B2B_MISSING,
    404: _B2B_MISSING,
}
_B2B_HOST = "The stream '{stream}' cannot be read from api-b2b.bigcommerce.com, the host of B2B Edition: "
_B2B_OTHERS = " The other streams are not affected; deselect those of B2B Edition if it cannot be reached."


def _of_b2b_host(reason: str) -> ErrorRule:
    return ErrorRule(Action.FAIL, FailureType.config_error, f"{_B2B_HOST}{reason}{_B2B_OTHERS}")


# Failures of the host itself, which stop the whole sync where they are those of the store's own API.
B2B_HOST_RULES = {
    REDIRECTED: _of_b2b_host(
        "it returned a redirect to another address, which is not followed because the access token would be sent there."
    ),
    UNTRUSTED: _of_b2b_host(
        "its TLS certificate could not be verified, so nothing was sent. Check the proxy or the certificates of the "
        "machine that runs the connector."
    ),
    UNSENDABLE: _of_b2b_host("the request could not be sent ({detail}). Check the proxy that the environment names."),
    PROXY_REFUSED: _of_b2b_host(
        "the proxy that the environment names (HTTPS_PROXY or ALL_PROXY) refused the connection ({detail}). Check that "
        "it allows connections to this host."
    ),
}
_UNKNOWN_STORE = ErrorRule(
    Action.STOP,
    FailureType.config_error,
    "No store was found for this access token and store hash ({status}: {detail}). Check the store hash, and that "
    "the API account belongs to this store.",
)
BLOCKED_STORE = replace(BLOCKED, action=Action.STOP)
# For requests that need no scope: a refusal concerns the whole store.
STORE_ERROR_RULES = {**ERROR_RULES, 403: _UNKNOWN_STORE, 404: _UNKNOWN_STORE}


class Breaker:
    """Stops all requests after the first failure that no request can survive. Safe to use from several threads.

    `outer` is the breaker of more requests than these, which are stopped together with them.
    """

    def __init__(self, outer: Breaker | None = None) -> None:
        self._outer = outer
        self._error: BigCommerceError | None = None
        self._lock = threading.Lock()

    def open(self, error: BigCommerceError) -> None:
        with self._lock:
            self._error = self._error or error

    def check(self) -> None:
        """Raises the error that opened the breaker or the outer one, if one of them is open."""
        if self._outer:
            self._outer.check()
        if self._error:
            raise self._error


def unwrap_cdk_error(error: AirbyteTracedException) -> BigCommerceError:
    """Returns the CDK's "attempts exhausted" error as a BigCommerceError with the message of the last response."""
    if isinstance(error, BigCommerceError):
        return error
    last = error._exception
    message = str(last) if isinstance(last, BaseBackoffException) else error.message or str(error)
    return BigCommerceError(message, error.failure_type)


def with_request(error: BigCommerceError, request: str) -> BigCommerceError:
    """Returns the same error, with the sentence that names its request added to its message."""
    error.message = error.internal_message = f"{error.message}{request}"
    return error
