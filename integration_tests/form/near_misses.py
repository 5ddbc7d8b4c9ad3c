"""Texts that are, or nearly are, what a setting accepts: where two interpretations of one pattern would differ."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

# What a slip of the hand, a copy from elsewhere or another script's digits bring in; spaces of every kind, as
# Python and JavaScript do not mean the same by a space.
STRANGERS = (
    *"0139AZaz/-.:+_TZ,;!~$^\\\"'%",
    *" \t\n\r\v\f\x00\x1c\x1f\x7f\x85\u00a0\u1680\u2003\u2028\u2029\u200b\u3000\ufeff",
    *"\u00e9\u0131\u017f\u212a\u0661\u0966\uff11\uff21\u2013\u2212\u2044\u0430",
    "\U0001d7d9",
)
SPACES = ("", "", "", " ", "\t", "\n", "\r\n", "\u00a0", "  ", "\u3000", "\ufeff", "\x1c", "\x85", "\v")
_ADDRESS_ENDS = (".mybigcommerce.com", "-2.mybigcommerce.com/", ".mybigcommerce.com/manage/orders#top")
YEARS = ("1582", "1600", "1900", "1970", "1999", "2000", "2023", "2024", "2100", "2400", "0999", "0000", "999")


def start_dates(count: int) -> list[str]:
    """Dates with every month and day, also those that no calendar has, in the accepted forms and near them."""
    random = Random(1)
    return _mixed(random, [_start_date(random) for _ in range(count)])


def store_hashes(count: int) -> list[str]:
    """Hashes, API paths and API addresses, and what is near them."""
    random = Random(2)
    starts = (
        "",
        "stores/",
        "/stores/",
        "api.bigcommerce.com/stores/",
        "https://api.bigcommerce.com/stores/",
        "http://",
        "store-",
        "https://store-",
    )
    ends = ("", "", "/", "/v2", "/v3/", "/v4/", "/v3/orders?id:in=1,2", "//", "-1", *_ADDRESS_ENDS)
    made = (random.choice(starts) + _letters(random, "abcXYZ019") + random.choice(ends) for _ in range(count))
    return _mixed(random, list(made))


def credentials(count: int) -> list[str]:
    """Tokens of the characters that an HTTP header takes, and what is near them."""
    random = Random(3)
    visible = [chr(code) for code in range(0x21, 0x7F)]
    return _mixed(random, [_letters(random, visible) for _ in range(count)])


def _start_date(random: Random) -> str:
    year, month, day = random.choice(YEARS), f"{random.randint(0, 13):02}", f"{random.randint(0, 32):02}"
    if random.random() < 0.4:
        return f"{month}/{day}/{year}"
    date = f"{year}-{month}-{day}"
    if random.random() < 0.3:
        return date
    clock = f"{random.randint(0, 24):02}:{random.randint(0, 60):02}:{random.randint(0, 60):02}"
    fraction = random.choice(("", "", ".5", ".123456789", "."))
    zone = random.choice(("", "Z", "z", f"{random.choice('+-')}{random.randint(0, 24):02}:{random.randint(0, 60):02}"))
    return f"{date}T{clock}{fraction}{zone}"


def _letters(random: Random, alphabet: Sequence[str]) -> str:
    return "".join(random.choices(alphabet, k=random.randint(0, 8)))


def _mixed(random: Random, texts: list[str]) -> list[str]:
    """Half of the texts as they are, half with a slip; some of both between spaces."""
    slipped = [_slip(random, text) if random.random() < 0.5 else text for text in texts]
    return [f"{random.choice(SPACES)}{text}{random.choice(SPACES)}" for text in slipped]


def _slip(random: Random, text: str) -> str:
    """The text with one character replaced, dropped, doubled or put in between."""
    at = random.randint(0, len(text))
    stranger = random.choice(STRANGERS)
    return random.choice(
        (
            text[:at] + stranger + text[at + 1 :],
            text[:at] + stranger + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + text[at : at + 1] * 2 + text[at + 1 :],
        )
    )
