"""Waits until no run of a Dagster instance is waiting or running, then prints all runs: `python runs.py SECONDS`.

It is run by the Python of the examples, in the environment of the instance.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import dagster as dg


def main() -> None:
    """Prints a list in JSON; ends with an error if runs take longer than the given number of seconds."""
    deadline = time.monotonic() + float(sys.argv[1])
    with dg.DagsterInstance.get() as instance:
        while not all(run.is_finished for run in instance.get_runs()):
            if time.monotonic() > deadline:
                sys.exit("the runs did not end")
            time.sleep(1)
        print(json.dumps([_described(instance, record) for record in instance.get_run_records()]))


def _described(instance: dg.DagsterInstance, record: dg.RunRecord) -> dict[str, Any]:
    run = record.dagster_run
    events = [entry.dagster_event for entry in instance.all_logs(run.run_id) if entry.dagster_event]
    return {
        "store": run.tags["dagster/partition"],
        "succeeded": run.is_success,
        "started": record.start_time,
        "ended": record.end_time,
        "events": [f"{event.step_key} {event.event_type_value}" for event in events if event.step_key],
        "errors": "\n".join(str(event.event_specific_data.error) for event in events if event.is_step_failure),
    }


if __name__ == "__main__":
    main()
