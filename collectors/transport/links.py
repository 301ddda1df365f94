"""Where the Link header of an answer leads, however its parts are written (RFC 8288)."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

LINK = re.compile(r"<([^>]*)>([^<]*)")
REL = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)
DIGITS = re.compile(r"[0-9]{1,1000}")


def links_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the address of each relation that the header names, such as next and last."""
    found: dict[str, str] = {}
    for address, more in LINK.findall(headers.get("link", "")):
        told = REL.search(more)
        for relation in (told[1] or told[2] or "").lower().split() if told else ():
            found.setdefault(relation, address)
    return found


def page_of(address: str | None) -> int | None:
    """Return the number of the page that an address asks for; None where it names none."""
    told = parse_qs(urlsplit(address or "").query).get("page", [""])[-1]
    return int(told) if DIGITS.fullmatch(told) else None
