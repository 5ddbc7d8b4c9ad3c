"""Which texts are masked in everything that is printed: each secret, in every spelling that a log line may hold."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

_SHORTEST_CODE = 8  # characters; a shorter piece of base64 could be a piece of anything
_URL_SAFE = str.maketrans("+/", "-_")


def mask(secrets: Iterable[str]) -> None:
    """From now on masks these alone, as they were entered and as they are sent, without the white space around them."""
    forms = {form for secret in secrets if secret.strip() for form in (secret, secret.strip())}
    # The longest first: one may be a part of another.
    update_secrets(sorted({one for form in forms for one in _spellings(form)}, key=len, reverse=True))


def _spellings(secret: str) -> set[str]:
    """The text as it is and as it looks when Python, JSON (or one in the other), a URL or base64 hold it."""
    raw = secret.encode(errors="surrogatepass")
    escaped = {secret, repr(secret)[1:-1]}
    for _ in range(2):  # a log line may hold JSON that holds JSON
        escaped |= {json.dumps(text)[1:-1] for text in escaped}
    encoded = {raw.hex(), raw.hex().upper()}
    for before in range(3):  # in base64 a text looks in three ways, after what comes before it
        inner = b64encode(b"\0" * before + raw).decode()[4 if before else 0 : -4]
        encoded |= {inner, inner.translate(_URL_SAFE)}
    in_urls = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    return {*escaped, *in_urls, *(text for text in encoded if len(text) >= _SHORTEST_CODE)}
