"""The entry point of the image."""

import os
import signal

# The first process of a container is not ended by a signal that it has no handler for, and the imports take seconds.
signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))

from source_bigcommerce.run import run  # noqa: E402 - not before the handler is there

if __name__ == "__main__":
    run()
