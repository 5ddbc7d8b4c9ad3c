"""`python -m sandbox.measure`: the CPU that the store spends on a page of 250, over the wire and gzipped.

The store runs as its own process; its CPU time is read from the operating system before and after (Linux).
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_LINES = "include=consignments.line_items,fees&consignment_structure=object"
_PARTS = "include=variants,images,custom_fields,bulk_pricing_rules,videos,channels"
PAGES = {
    "orders, with lines and fees": f"v2/orders?limit=250&sort=id:asc&min_id={{id}}&{_LINES}",
    "orders, one month": "v2/orders?limit=250&min_date_modified=2025-03-01T00:00:00Z"
    "&max_date_modified=2025-03-31T00:00:00Z&min_id={id}",
    "orders, bare": "v2/orders?limit=250&min_id={id}",
    "customers, all includes": "v3/customers?limit=250&include=addresses,attributes,formfields,storecredit",
    "products, all parts": f"v3/catalog/products?limit=250&sort=id&direction=asc&id:greater={{id}}&{_PARTS}",
}
_REQUESTS = 40


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Prints one line per kind of page."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        size = ["--orders", "100000", "--products", "20000", "--customers", "50000"]
        started = time.perf_counter()
        command = [sys.executable, "-m", "sandbox", *size, "--ready-file", str(ready)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as store:
            try:
                while not ready.exists():
                    if store.poll() is not None:
                        return 1  # it said why
                    time.sleep(0.01)
                print(f"ready after {time.perf_counter() - started:.2f} s")
                _measure(json.loads(ready.read_text()), store.pid)
            finally:
                store.terminate()
    return 0


def _measure(facts: dict[str, str], pid: int) -> None:
    connection = http.client.HTTPConnection(facts["api_url"].removeprefix("http://"))
    headers = {"X-Auth-Token": facts["access_token"], "Accept-Encoding": "gzip"}
    for name, page in PAGES.items():
        received = 0
        before = 0.0
        for n in range(_REQUESTS + 5):
            if n == 5:  # the first requests build the bodies
                before = _cpu_seconds(pid)
            path = page.format(id=2000 + n * 300)
            connection.request("GET", f"/stores/{facts['store_hash']}/{path}", headers=headers)
            received = len(connection.getresponse().read())
        spent = (_cpu_seconds(pid) - before) / _REQUESTS * 1000
        print(f"{name:30} {spent:6.2f} ms CPU  {received / 1000:7.0f} kB on the wire")


if __name__ == "__main__":
    raise SystemExit(main())
