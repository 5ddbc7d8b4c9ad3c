"""`python -m image`: builds the image and says what was built."""

from __future__ import annotations

import sys

from image.build import NO_ENGINE, build
from image.engine import EngineError, find

if __name__ == "__main__":
    engine = find()
    if engine is None:
        sys.exit(NO_ENGINE)
    try:
        print(build(engine))
    except EngineError as error:
        sys.exit(str(error))
