"""`python -m demo.leash FD MODULE [ARGUMENT ...]`: runs a module that cannot outlive who started it.

The starter holds the other end of the pipe FD. It closes when the starter ends, however that happens, and then the
whole process group ends with it.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def _end_with_the_starter(pipe: int) -> None:
    os.read(pipe, 1)  # nothing is ever written: this returns when the other end is closed
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Runs the named module as `python -m` would."""
    pipe, module = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_end_with_the_starter, args=(pipe,), daemon=True).start()
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
