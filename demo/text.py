"""The output of the demo: plain lines, the same in a terminal and in a CI log."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_LABEL_WIDTH = 34
_NUMBERS = re.compile(r"[-+ 0-9.,]*")


def say(line: str = "") -> None:
    """Prints a line at once, also where the output is a file."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Step:
    """A step under way; `result` is what its line ends with."""

    def __init__(self) -> None:
        self.result = "done"


@contextmanager
def step(label: str) -> Iterator[Step]:
    """Prints what begins, and behind it, once it ends, how long it took and what came out."""
    sys.stdout.write(f"{label} ".ljust(_LABEL_WIDTH, "."))
    sys.stdout.flush()
    started, current = time.monotonic(), Step()
    try:
        yield current
    except BaseException:
        say(f"{time.monotonic() - started:6.1f} s  not finished")
        raise
    say(f"{time.monotonic() - started:6.1f} s  {current.result}")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A text table. Columns of numbers are aligned to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    right = [bool(cells) and all(_NUMBERS.fullmatch(row[i]) for row in cells) for i in range(len(header))]
    lines = [header, ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)
