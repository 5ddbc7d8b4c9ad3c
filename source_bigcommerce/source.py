"""The source: the commands of the Airbyte protocol, built from config, streams and progress log."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConnectorSpecification,
    StreamDescriptor,
    SyncMode,
)
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.sources import AbstractSource
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.streams import Stream
from airbyte_cdk.sources.utils.casing import camel_to_snake
from airbyte_cdk.sources.utils.schema_helpers import split_config
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError, MissingScope
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.concurrency.read import read_concurrently
from source_bigcommerce.config import Config
from source_bigcommerce.input_files import one_per_stream, read_catalog, read_object, read_state, warn_of_unused
from source_bigcommerce.progress_log import ProgressReport
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.stream import DELETED_AT
from source_bigcommerce.streams.stream import Stream as BigCommerceStream

STREAM_NAMES = frozenset(vars(stream).get("name") or camel_to_snake(stream.__name__) for stream in ALL_STREAMS)
DOCUMENTATION = "https://docs.airbyte.com/integrations/sources/bigcommerce"

logger = logging.getLogger("airbyte")


class SourceBigcommerce(AbstractSource):
    """A BigCommerce store as an Airbyte source.

    `streams()` returns ordinary HTTP streams, each of which can be read on its own; `read()` runs their slices on
    parallel workers.
    """

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        return ConnectorSpecification(connectionSpecification=Config.spec(), documentationUrl=DOCUMENTATION)

    def check_connection(self, logger: logging.Logger, config: Mapping[str, Any]) -> tuple[bool, Any]:
        """Returns (True, None) if at least one scope is granted, and logs a warning for each that is missing.

        Raises BigCommerceError, whose message says what to correct, if nothing can be read.
        """
        # All scopes are checked at the same time.
        with Store(parse_config(config).model_copy(update={"num_workers": len(Scope)})) as store:
            self._check(store, logger)
        return True, None

    @staticmethod
    def _check(store: Store, logger: logging.Logger) -> None:
        for connection in store.connections:
            connection.governor.wait_once()  # a user is waiting for the result
        store.sync_started_at()
        # One stream represents all that need the same scope: the first of those that need the fewest other scopes.
        streams = _streams(store)
        representatives: dict[Scope, BigCommerceStream] = {}
        for stream in sorted(streams, key=lambda stream: len(stream.scopes())):
            if stream.scope is not Scope.NONE:
                representatives.setdefault(stream.scope, stream)
        with ThreadPoolExecutor(len(representatives)) as workers:
            found = workers.map(lambda stream: _access_failure(stream, streams), representatives.values())
            failures = [failure for failure in found if failure]
        store.breaker.check()  # an error that concerns all requests is not caused by a scope
        if len(failures) == len(representatives):
            raise BigCommerceError(
                "Nothing can be read from this store. " + " ".join(dict.fromkeys(str(f) for f in failures)),
                failures[0].failure_type,
            )
        for failure in failures:
            logger.warning(str(failure))

    def streams(self, config: Mapping[str, Any]) -> list[Stream]:
        """Returns all streams, as ordinary HTTP streams. Raises BigCommerceError if the config is not valid.

        The threads that they start end once none of them is referenced any more.
        """
        return list(_streams(Store(parse_config(config))))

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Yields the messages of one sync. Each stream is read to its end, even if others fail.

        Raises BigCommerceError at the end if a stream failed, as the platform evaluates the exit code.
        """
        with Store(parse_config(split_config(config)[0])) as store:
            yield from self._read(store, catalog, one_per_stream(state or []))

    def _read(
        self, store: Store, catalog: ConfiguredAirbyteCatalog, states: list[AirbyteStateMessage]
    ) -> Iterator[AirbyteMessage]:
        streams = {stream.name: stream for stream in _streams(store)}
        chosen = {configured.stream.name for configured in catalog.streams}
        warn_of_unused(states, chosen)
        failed: list[str] = []
        for configured in catalog.streams:
            if configured.stream.name not in streams:
                failed.append(configured.stream.name)
                yield status_message(configured.stream, AirbyteStreamStatus.INCOMPLETE)
                yield _unknown_stream(configured.stream.name, streams).as_airbyte_message(
                    StreamDescriptor(name=configured.stream.name)
                )
        governors = [connection.governor for connection in store.connections]
        report = ProgressReport([stream for name, stream in streams.items() if name in chosen], *governors)
        try:
            if report.streams:
                messages = read_concurrently(
                    report.streams,
                    ConnectorStateManager(states),
                    store.config.num_workers,
                    _full_refreshes(catalog),
                    _with_deletions(catalog),
                )
                yield from self._messages(report, messages)
        except AirbyteTracedException:
            if not report.failed:
                raise
        failed.extend(report.failed)
        if failed:
            raise BigCommerceError(
                f"{len(failed)} of {len(catalog.streams)} streams did not sync: {', '.join(sorted(failed))}. "
                "The error of each stream says what to do."
            )

    def _messages(self, report: ProgressReport, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        with report:
            for message in messages:
                if message.type is MessageType.TRACE and message.trace and message.trace.stream_status:
                    yield from report.note(message.trace.stream_status)
                yield message

    @staticmethod
    def configure(config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """Returns the config unchanged. The CDK would write it to a temporary file, in which a process that is killed
        leaves the access token behind."""
        return config

    # The protocol's input files, with messages for the user instead of Python errors.

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        return read_object(config_path, "config")

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        return read_catalog(catalog_path)

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        return read_state(state_path, STREAM_NAMES) if state_path else []


def parse_config(config: Mapping[str, Any]) -> Config:
    """Returns the validated settings. Raises BigCommerceError with a sentence for each error."""
    try:
        return Config.parse(config)
    except ValueError as error:
        raise BigCommerceError(str(error)) from None


def _streams(store: Store) -> list[BigCommerceStream]:
    """Returns the streams that the settings offer."""
    offered = (one for one in ALL_STREAMS if store.config.b2b_edition or Scope.B2B_EDITION not in one.scopes())
    return [stream(store) for stream in offered]


def _full_refreshes(catalog: ConfiguredAirbyteCatalog) -> set[str]:
    return {one.stream.name for one in catalog.streams if one.sync_mode is SyncMode.full_refresh}


def _with_deletions(catalog: ConfiguredAirbyteCatalog) -> set[str]:
    """Returns the streams whose schema in the destination has the column by which it recognizes a deletion."""
    schemas = ((one.stream.name, one.stream.json_schema) for one in catalog.streams)
    return {name for name, schema in schemas if DELETED_AT in (schema or {}).get("properties", {})}


def _access_failure(stream: BigCommerceStream, streams: Iterable[BigCommerceStream]) -> BigCommerceError | None:
    """Returns the reason why a stream, and all others that need its scope, cannot be read; None if it can."""
    try:
        stream.check_access()
    except MissingScope as error:
        names = ", ".join(s.name for s in streams if s is not stream and stream.scope in s.scopes())
        return BigCommerceError(f"{error.message} The same applies to: {names}.") if names else error
    except BigCommerceError as error:
        return error
    return None


def _unknown_stream(name: str, known: Iterable[str]) -> BigCommerceError:
    if name in STREAM_NAMES:
        return BigCommerceError(
            f"The stream '{name}' is one of B2B Edition, which the connection does not include: turn on the setting "
            "B2B Edition, or deselect the stream."
        )
    return BigCommerceError(
        f"The catalog names the stream '{name}', which this source does not have. Its streams are "
        f"{', '.join(known)}: refresh the source schema of the connection."
    )
