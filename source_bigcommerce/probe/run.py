"""The console script `bigcommerce-probe`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.config import Config
from source_bigcommerce.input_files import read_object
from source_bigcommerce.probe import report
from source_bigcommerce.probe.answer import Answer
from source_bigcommerce.probe.limits import MOST_REQUESTS
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.questions import ask_all
from source_bigcommerce.probe.session import ProbeSession
from source_bigcommerce.secret_masking import mask

_TERMINATED = 128 + signal.SIGTERM


def run() -> None:
    """Runs the probe with the arguments of the process, and ends the process with its exit code."""
    # As the first process of a container, a program without a handler cannot be stopped.
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Runs the probe and prints its answers. Returns 0, or 1 if the store cannot be asked or stops answering."""
    options = _parser().parse_args(arguments)
    _log_to_stderr()
    try:
        with Store(_config(options.config)) as store:
            answers = ask_all(ProbeSession(store), _note)
            ending = _ending(store)
    except BigCommerceError as error:
        _complain(error)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    print(report.as_json(answers) if options.json else report.as_table(answers))
    if options.report and not _write_report(options.report, answers):
        return 1
    if ending:
        _complain(ending)
    return 1 if ending else 0


def _terminate(signum: int, frame: object) -> None:
    os._exit(_TERMINATED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bigcommerce-probe",
        description="Asks a BigCommerce store the questions about the API that its documentation leaves open. It only "
        f"reads: at most {MOST_REQUESTS} GET requests, and within the rate limit minus the reserve of the config.",
    )
    parser.add_argument("--config", required=True, help="the connector's config file")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--report", metavar="FILE", help="write a text for an issue, which does not identify the store")
    return parser


def _config(path: str) -> Config:
    try:
        config = Config.parse(read_object(path, "config"))
    except ValueError as error:
        raise BigCommerceError(str(error)) from None
    mask((config.access_token, config.client_id))
    return config


def _log_to_stderr() -> None:
    """Keeps log lines away from the answers, and drops those that repeat an error."""
    logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL, format="%(message)s", force=True)
    logging.getLogger("airbyte").setLevel(logging.CRITICAL)


def _note(question: Question, error: BigCommerceError) -> None:
    print(f"{question.key}: {error.message}", file=sys.stderr)


def _ending(store: Store) -> BigCommerceError | None:
    """Returns the error that ended the probe early; None if it asked everything."""
    try:
        store.breaker.check()
    except BigCommerceError as error:
        return error
    return None


def _write_report(path: str, answers: dict[Question, Answer]) -> bool:
    try:
        Path(path).write_text(report.as_report(answers), encoding="utf-8")
    except OSError as error:
        print(f"The report {path} cannot be written: {error.strerror}.", file=sys.stderr)
        return False
    return True


def _complain(error: BigCommerceError) -> None:
    print(error.message, file=sys.stderr)
