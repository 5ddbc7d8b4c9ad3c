"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Row:
    """The cost of one case. `pages` is the least number of requests for its lists, `ideal` the least time for them.

    Seconds are those of the process; `start_up` is what it needs for an empty store, where that is subtracted, and
    `start_up_cpu` the same of the processor (0 where it was not measured). `import_cpu` are the CPU seconds of
    importing the CDK, where that is compared.
    `refused` are the responses 429, `refused_later` those after the first window; `quota_used` is the share of
    the quota in all windows but the last.
    """

    runner: str
    reads: str
    size: int
    pages: int
    records: int = 0
    requests: int = 0
    refused: int = 0
    refused_later: int = 0
    seconds: float = 0.0
    start_up: float = 0.0
    start_up_cpu: float = 0.0
    import_cpu: float = 0.0
    ideal: float | None = None
    quota_used: float | None = None
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    bare: Row | None = None
    note: str = ""

    def add_note(self, text: str) -> None:
        """Adds a sentence to the note."""
        self.note = "; ".join(filter(None, [self.note, text]))

    @property
    def per_page(self) -> float | None:
        """Requests over ceil(N/250)."""
        return self.requests / self.pages if self.pages else None

    @property
    def of_ideal(self) -> float | None:
        """Seconds, less the start-up where it is subtracted, over the ideal."""
        return (self.seconds - self.start_up) / self.ideal if self.ideal else None

    @property
    def of_import(self) -> float | None:
        """CPU seconds over those of importing the CDK."""
        return self.cpu_seconds / self.import_cpu if self.import_cpu else None

    @property
    def net_cpu(self) -> float | None:
        """CPU seconds less the start-up; None where that was not measured."""
        return self.cpu_seconds - self.start_up_cpu if self.start_up_cpu else None

    @property
    def of_bare(self) -> float | None:
        """Records per CPU second over those of the bare loop, both net of start-up where both were measured."""
        if self.bare is None or not self.records or not self.bare.records:
            return None
        own, bare = self.net_cpu, self.bare.net_cpu
        if own is None or bare is None:
            own, bare = self.cpu_seconds, self.bare.cpu_seconds
        return (self.records / own) / (self.bare.records / bare) if own > 0 and bare > 0 else None
