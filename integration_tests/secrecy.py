"""The forms in which a secret might slip out."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus


def forms_of(secret: str) -> set[str]:
    """The secret in every encoding that an output may use."""
    raw = secret.encode()
    encoded = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        repr(secret)[1:-1],
        repr(raw)[2:-1],
    }
    encoded |= {quote(secret), quote(secret, safe=""), quote_plus(secret), raw.hex(), raw.hex(" ")}
    # Base64 of the secret inside a longer text: whatever stands before it shifts the letters.
    for shift in range(3):
        text = base64.b64encode(b"x" * shift + raw).decode()
        encoded.add(text[4 if shift else 0 : len(text) // 4 * 4 - 4])
    return encoded
