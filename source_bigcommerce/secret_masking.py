"""Masking of secrets in all output, in each spelling that a log line may contain."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets


def mask(secrets: Iterable[str]) -> None:
    """Masks these secrets from now on, and no others: as entered, and as sent, without surrounding white space."""
    forms = {form for secret in secrets if secret.strip() for form in (secret, secret.strip())}
    # The longest first: one may be a part of another.
    update_secrets(sorted({one for form in forms for one in _spellings(form)}, key=len, reverse=True))


def _spellings(secret: str) -> set[str]:
    """Returns the text as it is, as in a printed header mapping, in JSON, in JSON inside JSON, and in a URL."""
    escaped = {secret, repr(secret)[1:-1]}
    for _ in range(2):
        escaped |= {json.dumps(text)[1:-1] for text in escaped}
    raw = secret.encode(errors="surrogatepass")
    return {*escaped, quote(raw, safe=""), quote(raw), quote_plus(raw)}
