"""The forms in which a secret might appear in an output."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus


def forms_of(secret: str) -> set[str]:
    """Returns the secret as it is, and as JSON, URLs and printed headers contain it."""
    in_json = {json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[3:-3]}
    in_urls = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return {secret, repr(secret)[1:-1], repr(secret.encode())[2:-1], *in_json, *in_urls}
