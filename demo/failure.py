"""The one way in which the demo ends early."""

from __future__ import annotations

from pathlib import Path

from demo.paths import shown


class DemoFailed(Exception):
    """Something the demo needs did not work. Its text is for the newcomer."""

    def __init__(self, sentence: str, log: Path | None = None) -> None:
        super().__init__(f"{sentence} The log has more: {shown(log)}" if log and log.exists() else sentence)
