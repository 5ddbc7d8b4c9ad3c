"""The source: what the Airbyte protocol asks for, put together from config, streams and progress."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConnectorSpecification,
    StreamDescriptor,
)
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.concurrent_source.concurrent_source_adapter import ConcurrentSourceAdapter
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository, MessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.streams import Stream
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.adapters import StreamFacade
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.utils.schema_helpers import split_config
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.config import Config
from source_bigcommerce.inputs import read_catalog, read_object, read_state
from source_bigcommerce.report import ProgressReport
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.base import BigCommerceStream, IncrementalStream
from source_bigcommerce.streams.progress import ProgressCursor, WholeCursor

DOCUMENTATION = "https://docs.airbyte.com/integrations/sources/bigcommerce"
QUEUE_SIZE = 1_000  # messages that wait to be printed; workers pause when it is full, so memory stays bounded

logger = logging.getLogger("airbyte")


class SourceBigcommerce(ConcurrentSourceAdapter):
    """A BigCommerce store as an Airbyte source.

    `streams()` returns ordinary HTTP streams, each of which can be read on its own; `read()` runs their slices on
    parallel workers.
    """

    def __init__(self) -> None:
        super().__init__(concurrent_source=_concurrent_source(1, Queue(), InMemoryMessageRepository()))
        self._repository: MessageRepository = InMemoryMessageRepository()

    @property
    def message_repository(self) -> MessageRepository:
        return self._repository

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        return ConnectorSpecification(connectionSpecification=Config.spec(), documentationUrl=DOCUMENTATION)

    def check_connection(self, logger: logging.Logger, config: Mapping[str, Any]) -> tuple[bool, Any]:
        """True when at least one scope is granted; a warning names each that is missing.

        Raises BigCommerceError, whose message tells what to correct, when nothing can be read.
        """
        store = Store(parse_config(config))
        store.started()
        # One stream of each scope tells of all of them.
        streams = {stream.scope: stream for stream in reversed(_streams(store))}.values()
        with ThreadPoolExecutor(len(streams)) as workers:
            failures = [failure for failure in workers.map(_access_failure, streams) if failure]
        if len(failures) == len(streams):
            raise BigCommerceError(
                "Nothing can be read from this store. " + " ".join(dict.fromkeys(str(f) for f in failures)),
                failures[0].failure_type,
            )
        for failure in failures:
            logger.warning(str(failure))
        return True, None

    def streams(self, config: Mapping[str, Any]) -> list[Stream]:
        """Every stream, as plain HTTP streams. Raises BigCommerceError when the config is not valid."""
        return list(_streams(Store(parse_config(config))))

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """The messages of one sync: every stream to its end, whatever happens to the others.

        Raises BigCommerceError at the end when a stream failed, as the platform goes by the exit code.
        """
        settings = parse_config(split_config(config)[0])
        # One queue carries records and states alike, so that no state can overtake its records.
        queue: Queue[QueueItem] = Queue(QUEUE_SIZE)
        self._repository = ConcurrentMessageRepository(queue, InMemoryMessageRepository())
        self._concurrent_source = _concurrent_source(settings.num_workers, queue, self._repository)
        store = Store(settings)
        streams = {stream.name: stream for stream in _streams(store)}
        chosen = {configured.stream.name for configured in catalog.streams}
        failed: list[str] = []
        for configured in catalog.streams:
            if configured.stream.name not in streams:
                failed.append(configured.stream.name)
                yield status_message(configured.stream, AirbyteStreamStatus.INCOMPLETE)
                yield _unknown_stream(configured.stream.name, streams).as_airbyte_message(
                    StreamDescriptor(name=configured.stream.name)
                )
        report = ProgressReport([stream for name, stream in streams.items() if name in chosen], store.governor)
        try:
            if report.streams:
                yield from self._messages(report, ConnectorStateManager(state))
        except AirbyteTracedException:
            if not report.failed:
                raise
        failed.extend(report.failed)
        if failed:
            raise BigCommerceError(
                f"{len(failed)} of {len(catalog.streams)} streams did not sync: {', '.join(sorted(failed))}. "
                "The error of each stream says what to do."
            )

    def _messages(self, report: ProgressReport, state_manager: ConnectorStateManager) -> Iterator[AirbyteMessage]:
        facades = [self._concurrent(stream, state_manager) for stream in report.streams]
        with report:
            for message in self._concurrent_source.read(facades):
                if message.type is MessageType.TRACE and message.trace and message.trace.stream_status:
                    yield from report.note(message.trace.stream_status)
                yield message

    def _concurrent(self, stream: BigCommerceStream, state_manager: ConnectorStateManager) -> AbstractStream:
        cursor: Cursor
        if isinstance(stream, IncrementalStream):
            cursor = ProgressCursor(stream.name, stream.cursor_field, stream.progress, state_manager, self._repository)
        else:
            cursor = WholeCursor(stream.name, stream.namespace, self._repository)
        facade = self.convert_to_concurrent_stream(logger, stream, state_manager, cursor)
        assert isinstance(facade, StreamFacade)
        return facade.get_underlying_stream()

    # The protocol's input files: a missing or malformed one is explained instead of a Python error.

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        return read_object(config_path, "config")

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        return read_catalog(catalog_path)

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        return read_state(state_path) if state_path else []


def parse_config(config: Mapping[str, Any]) -> Config:
    """The validated settings. Raises BigCommerceError with a sentence for each fault."""
    try:
        return Config.parse(config)
    except ValueError as error:
        raise BigCommerceError(str(error)) from None


def _streams(store: Store) -> list[BigCommerceStream]:
    return [stream(store) for stream in ALL_STREAMS]


def _access_failure(stream: BigCommerceStream) -> BigCommerceError | None:
    try:
        stream.check_access()
    except BigCommerceError as error:
        return error
    return None


def _concurrent_source(workers: int, queue: Queue[QueueItem], repository: MessageRepository) -> ConcurrentSource:
    return ConcurrentSource.create(
        num_workers=workers,
        initial_number_of_partitions_to_generate=max(1, workers // 2),  # the CDK wants fewer than workers
        logger=logger,
        slice_logger=DebugSliceLogger(),
        message_repository=repository,
        queue=queue,
    )


def _unknown_stream(name: str, known: Iterable[str]) -> BigCommerceError:
    return BigCommerceError(
        f"The catalog names the stream '{name}', which this source does not have. Its streams are "
        f"{', '.join(known)}: refresh the source schema of the connection."
    )
