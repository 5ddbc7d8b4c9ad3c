"""`python -m tools.contract <folder>`: the connector and its sandbox against BigCommerce's OpenAPI files.

Compared are the sandbox's responses with the documents, the schema files with what is derived from them, the
documented examples with what the streams make of them, the parameters that select by channel with those that streams
send, the endpoints with those that streams read or that are left out for a reason, and the records of a full sync with
their schemas.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterable
from pathlib import Path

from sandbox.options import INFORMATION, READ_SCOPES, Options
from sandbox.server import serve
from tools.contract import channels, left_out
from tools.contract.documents import Documents
from tools.contract.examples import read_examples
from tools.contract.records import read_records
from tools.contract.sandbox import compare
from tools.contract.schemas import differences
from tools.streams import ignore_documented_rates, streams

_OPTIONS = Options(
    orders=400, products=120, customers=200, coupons=40, companies=20, b2b=True, scopes=READ_SCOPES | {INFORMATION}
)


def main(argv: Iterable[str] | None = None) -> int:
    """Prints the differences and a line of counts; 1 when there are any."""
    parser = argparse.ArgumentParser(prog="python -m tools.contract", description=__doc__)
    parser.add_argument("folder", type=Path, help="with BigCommerce's OpenAPI files")
    folder = parser.parse_args(None if argv is None else list(argv)).folder
    if not folder.is_dir():
        parser.error(f"{folder} is not a folder")
    logging.getLogger("airbyte").setLevel(logging.WARNING)  # the log of a full sync would hide the differences
    documents, all_streams, examples, without = Documents(folder), streams(), 0, 0
    found = compare(folder)
    found += [
        f"{name}: the schema differs from the derived one: run `make schemas ONLY={name}`"
        for name in differences(documents)
    ]
    for stream in all_streams:
        read, wrong = read_examples(stream, documents)
        examples += read
        without += not read
        found += wrong
        found += channels.differences(stream, documents)
    found += left_out.differences(documents, all_streams)
    ignore_documented_rates()
    with serve(_OPTIONS) as server:
        records, wrong, unplayed = read_records(server, server.endpoints)
    found += wrong
    for line in found:
        print(line)
    if unplayed:
        print(f"Not in the sandbox, so no record of theirs was looked at: {', '.join(unplayed)}")
    print(
        f"{len(all_streams)} streams ({len(unplayed)} not in the sandbox, {without} without a documented example), "
        f"{examples} examples, {records} records, {len(found)} differences"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
