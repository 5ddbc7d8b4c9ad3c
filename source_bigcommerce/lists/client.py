"""The requests of one list: repeated when a refusal may be a mistake, and sent without refused parameters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import requests
from airbyte_cdk.sources.streams.http.error_handlers import ErrorHandler
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api.client import Store, with_query
from source_bigcommerce.api.connection import Connection
from source_bigcommerce.api.errors import BadRequest, BigCommerceError, Forbidden, NotFound, unwrap_cdk_error
from source_bigcommerce.api.explanation import quoted
from source_bigcommerce.api.json_body import decode, repairs
from source_bigcommerce.api.pagination import Params
from source_bigcommerce.api.transport import REQUEST_KWARGS, PageLimits, apply_limits
from source_bigcommerce.lists.page_size import limits_of
from source_bigcommerce.lists.refused_parameters import RefusedParameters, kind_of, named_in

_PARENTS_IN_A_BODY = 8
# The parameters of later pages; the number of a page is one too.
_POSITIONS = frozenset({"after", "min_id", "id:greater", "id:min"})
# Refusals that are repeated once after the first page, as they may be mistakes of the store.
_LATER_PAGE_ERRORS = (BadRequest, Forbidden, NotFound)

logger = logging.getLogger("airbyte")


class FilterRefused(BadRequest):
    """A filter was refused after the first page: the list must be read again without it."""


class ListClient:
    """Sends the requests of one list during one sync, over the connection to its API. Safe to use from several
    threads.

    `separable` are the values of `include` that can be read from endpoints of their own. `note_repairs` is called with
    the repairs that a response needed, and its endpoint.
    """

    def __init__(
        self,
        name: str,
        store: Store,
        connection: Connection,
        error_handler: ErrorHandler,
        separable: Collection[str],
        note_repairs: Callable[[Iterable[str], str], None],
    ) -> None:
        self.name = name
        self.store = store
        self.refused = RefusedParameters()
        self.http = connection.client(name, error_handler)
        self._connection = connection
        self._separable = frozenset(separable)
        self._note_repairs = note_repairs
        self._read: set[Any] = set()  # lists, and kinds of endpoints, that have been read in this sync

    def fetch(self, endpoint: str, params: Params) -> Any:
        """The decoded body of any endpoint. Raises BigCommerceError."""
        return self._fetch(endpoint, params, None)

    def fetch_list(self, endpoint: str, params: Params) -> Any:
        """The same for a list. Raises PageTooHeavy early if fewer records, or fewer parents, can be requested."""
        many = 1 + sum(str(value).count(",") for name, value in params.items() if name.endswith(":in"))
        limits = limits_of(int(params.get("limit", many)), 1)
        if many == 1 and limits.largest_body:
            limits.largest_body *= _PARENTS_IN_A_BODY  # the children of one parent are in memory at once in any case
        return self._fetch(endpoint, params, limits if limits.allow_smaller else None)

    def send_page(
        self,
        endpoint: str,
        path: Callable[[], str],
        list_key: Any,
        filters: Sequence[str],
        is_later: bool,
        limits: PageLimits | None,
    ) -> requests.Response:
        """Returns the response for a page of the list with this key (None for a sample). `path` is called for each
        attempt.

        Raises FilterRefused if one of the `filters` is refused on a later page, and PageTooHeavy if the page is not
        served within the limits.
        """
        repeated = _LATER_PAGE_ERRORS if is_later or list_key in self._read else ()
        response = self._send_repeatedly(endpoint, path, repeated, filters, is_later, limits)
        if list_key is not None:
            self._read.add(list_key)
        return response

    def send(self, path: str, limits: PageLimits | None = None) -> requests.Response:
        """The response to one request. Raises BigCommerceError."""
        if limits is None:
            return self._send(path)
        with apply_limits(replace(limits)):
            return self._send(path)

    def _fetch(self, endpoint: str, params: Params, limits: PageLimits | None) -> Any:
        kind = kind_of(endpoint)
        repeated: tuple[type[BigCommerceError], ...] = (BadRequest, Forbidden) if kind in self._read else ()
        if not _POSITIONS.isdisjoint(params) or params.get("page", 1) != 1:
            repeated = _LATER_PAGE_ERRORS
        response = self._send_repeatedly(
            endpoint, lambda: with_query(endpoint, self.refused.without(endpoint, params)), repeated, (), False, limits
        )
        self._read.add(kind)
        return decode(response)

    def _send_repeatedly(
        self,
        endpoint: str,
        path: Callable[[], str],
        repeated: tuple[type[BigCommerceError], ...],
        filters: Sequence[str],
        is_later: bool,
        limits: PageLimits | None,
    ) -> requests.Response:
        """Returns the response to a request that is repeated once after one of the `repeated` errors, or a refusal that
        names an optional parameter. A parameter that is refused twice is omitted for the rest of the sync."""
        while True:
            attempt = path()
            try:
                return self.send(attempt, limits)
            except BigCommerceError as error:
                if not isinstance(error, repeated) and not _optional_names(error, attempt, filters):
                    raise
            try:
                return self.send(attempt, limits)
            except BadRequest as refusal:
                names = _optional_names(refusal, attempt, filters)
                if not names:
                    raise
                self._leave_out(endpoint, names, filters, refusal)
                if is_later and not set(names).isdisjoint(filters):
                    raise FilterRefused(str(refusal.message)) from None

    def _leave_out(self, endpoint: str, names: Sequence[str], filters: Sequence[str], refusal: BadRequest) -> None:
        """Omits parameters from the requests to an endpoint, and logs a warning for each once."""
        new = self.refused.add(endpoint, names)
        selecting = [name for name in new if name in filters]
        separable = [name for name in new if name in self._separable]
        others = [name for name in new if name not in {*selecting, *separable}]
        for names_left_out, consequence in (
            (selecting, "the connector reads the whole list and filters it, which takes more requests"),
            (separable, "that part is read from its own endpoint, which takes more requests"),
            (others, "these fields stay empty"),
        ):
            if names_left_out:
                logger.warning(
                    f"BigCommerce refuses {', '.join(names_left_out)} in requests to {kind_of(endpoint)} for "
                    f"'{self.name}' ({quoted(refusal.explanation)}): in this sync, {consequence}."
                )

    def _send(self, path: str) -> requests.Response:
        endpoint = path.partition("?")[0]
        with self._connection.governor.slot(endpoint):
            try:
                response = self.http.send_request("GET", self._connection.url_of(path), REQUEST_KWARGS)[1]
            except AirbyteTracedException as error:
                raise unwrap_cdk_error(error) from None
        self._note_repairs(repairs(response), endpoint)
        return response


def _optional_names(error: BigCommerceError, path: str, filters: Sequence[str]) -> list[str]:
    """The optional parameters of a request that its refusal names."""
    return named_in(error.explanation, path, filters) if isinstance(error, BadRequest) else []
