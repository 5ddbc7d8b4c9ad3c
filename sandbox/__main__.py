"""`python -m sandbox`: a store as a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from sandbox.b2b.variants import B2B_VARIANTS
from sandbox.dates import parse_iso
from sandbox.live import WHEN
from sandbox.options import READ_SCOPES, Options
from sandbox.quota import UNANNOUNCED
from sandbox.server import Server, serve
from sandbox.variants import API_VARIANTS


def _parser() -> argparse.ArgumentParser:
    defaults = Options()
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A local BigCommerce store. Point a client's API URL at the address that it prints.",
    )
    data = parser.add_argument_group("data")
    for kind in ("orders", "products", "customers", "coupons"):
        data.add_argument(
            f"--{kind}", type=int, default=getattr(defaults, kind), help=f"number of {kind} (default: %(default)s)"
        )
    data.add_argument("--variants", type=int, help="variants of each product (default: one to six; heavy: 1 to 30)")
    data.add_argument(
        "--heavy", action="store_true", help="records of real weight: fields filled, long lists, several languages"
    )
    data.add_argument(
        "--seasonal", action="store_true", help="orders that grow and peak in winter, with regulars; not with --heavy"
    )
    data.add_argument("--seed", type=int, default=defaults.seed, help="same seed, same data (default: %(default)s)")
    data.add_argument(
        "--now", type=_moment, default=defaults.now, help="the data ends the day before (ISO-8601; default: 2026-01-01)"
    )
    data.add_argument("--no-oddities", action="store_true", help="leave out the odd records at the first ids")

    access = parser.add_argument_group("access")
    access.add_argument("--store-hash", default=defaults.store_hash, help="the hash in the URL (default: %(default)s)")
    access.add_argument(
        "--token", default=defaults.token, help="the access token that is accepted (default: %(default)s)"
    )
    access.add_argument(
        "--scopes", default=",".join(sorted(READ_SCOPES)), help="comma list of the token's scopes (default: all)"
    )
    access.add_argument(
        "--suspended", action="store_true", help="return 503 for every request, as a suspended store does"
    )

    manners = parser.add_argument_group("manners")
    manners.add_argument("--quota", type=int, help="requests per window (default: practically unlimited)")
    manners.add_argument(
        "--window-ms", type=int, default=defaults.window_ms, help="length of the quota's window (default: %(default)s)"
    )
    manners.add_argument(
        "--other-apps", type=float, default=0.0, help="share of the quota that other apps take at times"
    )
    manners.add_argument(
        "--unannounced-apps", type=float, default=0.0, help="share of each window that other apps take, not announced"
    )
    manners.add_argument(
        "--unannounced-when",
        choices=sorted(UNANNOUNCED),
        default="trickle",
        help="when in the window they take it (default: %(default)s)",
    )
    manners.add_argument("--headerless-429", action="store_true", help="send 429 without rate-limit headers")
    manners.add_argument("--latency-ms", type=float, default=0.0, help="delay before each response")
    manners.add_argument(
        "--live-every", type=int, default=0, help="change the store around each n-th page read; 0: never"
    )
    manners.add_argument(
        "--live-when",
        choices=WHEN,
        default="both",
        help="change before or after making that page (default: %(default)s)",
    )
    manners.add_argument(
        "--live-silent", action="store_true", help="live mode also changes what no date reports, and deletes for good"
    )
    manners.add_argument(
        "--api-variant",
        "--reading",  # the former name
        choices=sorted(API_VARIANTS),
        default="likeliest",
        metavar="NAME",
        help="how undocumented cases behave, see docs/sandbox.md; a wrong name lists them all (default: %(default)s)",
    )
    manners.add_argument(
        "--gzip-level", type=int, default=defaults.gzip_level, help="0 fastest, 3 smallest (default: %(default)s)"
    )

    b2b = parser.add_argument_group("B2B Edition")
    b2b.add_argument("--b2b", action="store_true", help="serve B2B Edition too, on a port of its own")
    b2b.add_argument(
        "--companies", type=int, default=defaults.companies, help="number of companies (default: %(default)s)"
    )
    b2b.add_argument("--no-b2b-edition", action="store_true", help="serve that port for a store without B2B Edition")
    b2b.add_argument("--no-b2b-scope", action="store_true", help="the token lacks the scope B2B Edition")
    b2b.add_argument("--b2b-quota", type=int, help="requests per window; BigCommerce's is 150 (default: unlimited)")
    b2b.add_argument(
        "--b2b-window-ms",
        type=int,
        default=defaults.b2b_window_ms,
        help="length of that quota's window (default: %(default)s)",
    )
    b2b.add_argument("--hierarchy-quota", type=int, help="of company hierarchies; BigCommerce's is 15")
    b2b.add_argument(
        "--b2b-variant",
        choices=sorted(B2B_VARIANTS),
        default="likeliest",
        metavar="NAME",
        help="how undocumented cases of B2B Edition behave (default: %(default)s)",
    )

    where = parser.add_argument_group("where")
    where.add_argument("--host", default=defaults.host, help="address to listen on (default: %(default)s)")
    where.add_argument("--port", type=int, default=0, help="port to listen on; 0 chooses a free one")
    where.add_argument("--b2b-port", type=int, default=0, help="port of B2B Edition; 0 chooses a free one")
    where.add_argument("--ready-file", type=Path, help="write address, hash, token and pid there as JSON when ready")
    return parser


def _moment(text: str) -> int:
    try:
        return int(parse_iso(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _options(arguments: argparse.Namespace) -> Options:
    given: dict[str, Any] = vars(arguments)
    renamed = (
        "no_oddities", "api_variant", "ready_file", "scopes", "b2b_variant", "no_b2b_edition", "no_b2b_scope",
    )  # fmt: skip
    return Options(
        **{name: value for name, value in given.items() if name not in renamed},
        oddities=not given["no_oddities"],
        api_variant=API_VARIANTS[given["api_variant"]],
        b2b_edition=not given["no_b2b_edition"],
        b2b_scope=not given["no_b2b_scope"],
        b2b_variant=B2B_VARIANTS[given["b2b_variant"]],
        scopes=frozenset(part.strip() for part in given["scopes"].split(",") if part.strip()),
    )


def _announce(server: Server, ready_file: Path | None) -> None:
    """The file first: who reads the line may open the file at once."""
    if ready_file is not None:
        facts = {
            "api_url": server.api_url,
            "store_hash": server.store_hash,
            "access_token": server.token,
            "pid": os.getpid(),
            **({"b2b_api_url": server.b2b_api_url} if server.options.b2b else {}),
        }
        unfinished = ready_file.with_name(f"{ready_file.name}.part")
        unfinished.write_text(json.dumps(facts), encoding="utf-8")
        unfinished.replace(ready_file)  # a reader never sees half a file
    where = f"Sandbox store at {server.api_url}"
    if server.options.b2b:
        where += f"  B2B Edition at {server.b2b_api_url}"
    print(f"{where}  store hash: {server.store_hash}  access token: {server.token}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Serves until interrupted or terminated."""
    arguments = _parser().parse_args(argv)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    try:
        with serve(_options(arguments)) as server:
            _announce(server, arguments.ready_file)
            done.wait()
    except (OSError, ValueError) as error:
        print(f"The sandbox store cannot start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
