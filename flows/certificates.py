"""Whose certificates every client trusts: those that the system trusts, and authorities in files that are named."""

import os
import ssl
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import certifi
import truststore

from collectors.errors import SetupError

_OWN = threading.local()
NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


def trusted(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return a context that trusts the system's store and the authorities that the environment names.

    Where it names none, those that the HTTP library ships are trusted as well: not every machine has one. Each thread
    has a context of its own, for handshakes under one wait for each other. Raise SetupError for what cannot be read.
    """
    named = tuple((name, environment[name]) for name in NAMES if environment.get(name))
    if getattr(_OWN, "named", None) != named:
        _OWN.context, _OWN.named = _context(named), named
    found: ssl.SSLContext = _OWN.context
    return found


def _context(named: Iterable[tuple[str, str]]) -> ssl.SSLContext:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name, place in named:
        _add(context, name, place)
    if not named:
        context.load_verify_locations(certifi.where())
    return context


def _add(context: ssl.SSLContext, name: str, place: str) -> None:
    """Trust a file of authorities, or folders of them; SSL_CERT_DIR may name several."""
    try:
        if name == "SSL_CERT_DIR" or Path(place).is_dir():
            context.load_verify_locations(capath=place)
        else:
            context.load_verify_locations(cafile=place)
    except ssl.SSLError as error:
        raise SetupError(
            f"{name} names {place}, which holds no certificates in PEM form; correct or unset it"
        ) from error
    except OSError as error:
        raise SetupError(
            f"{name} names {place}, which cannot be read ({error.strerror}); correct or unset it"
        ) from error
