"""The forms in which a secret might slip out."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

_URL_SAFE = str.maketrans("+/", "-_")


def forms_of(secret: str) -> set[str]:
    """The secret as it is and in every encoding that an output may use."""
    raw = secret.encode()
    encoded = {json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[3:-3], repr(secret)[1:-1], repr(raw)[2:-1]}
    encoded |= {quote(secret), quote(secret, safe=""), quote_plus(secret), raw.hex(), raw.hex(" "), raw.hex().upper()}
    for before in range(3):  # base64 of a longer text that it is a part of
        text = base64.b64encode(b"\0" * before + raw).decode()[4 if before else 0 : -4]
        encoded |= {text, text.translate(_URL_SAFE)}
    return {secret, *encoded}
