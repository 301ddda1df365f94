"""Whose certificates every client trusts: those that the system trusts, and authorities in files that are named."""

import os
import ssl
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import certifi
import truststore

from collectors.errors import SetupError

Named = tuple[tuple[str, str], ...]
_OWN = threading.local()
_CHECKED: set[Named] = set()
_ONE_CHECKS = threading.Lock()
NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


def trusted(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return a context that trusts the system's store and the authorities that the environment names.

    Where it names none, those that the HTTP library ships are trusted as well: not every machine has one. Each thread
    has a context of its own, for handshakes under one wait for each other. Raise SetupError for what cannot be read.
    """
    named = tuple((name, environment[name]) for name in NAMES if environment.get(name))
    if getattr(_OWN, "named", None) != named:
        _OWN.context, _OWN.named = _checked(named), named
    found: ssl.SSLContext = _OWN.context
    return found


class Trusting(truststore.SSLContext):
    """A context that reads its authorities before its first handshake: sources that ask nobody tonight need none."""

    def __init__(self, protocol: int, named: Named) -> None:
        """Trust the system, and the authorities that are named."""
        super().__init__(protocol)
        self._named, self._is_read, self._one_reads = named, False, threading.Lock()

    def read(self) -> None:
        """Read the authorities, once; raise SetupError for what cannot be read."""
        with self._one_reads:
            if not self._is_read:
                for name, place in _once(self._named):
                    _add(self, name, place)
                if not self._named:
                    self.load_verify_locations(certifi.where())
                self._is_read = True

    def wrap_socket(self, *given: Any, **more: Any) -> ssl.SSLSocket:
        """Encrypt a connection."""
        self.read()
        return super().wrap_socket(*given, **more)

    def wrap_bio(self, *given: Any, **more: Any) -> ssl.SSLObject:
        """Encrypt what a proxy hands on."""
        self.read()
        return super().wrap_bio(*given, **more)


def _checked(named: Named) -> Trusting:
    """Return a context; what is named is read at once where this process has not read it before, as it may be wrong."""
    context = Trusting(ssl.PROTOCOL_TLS_CLIENT, named)
    with _ONE_CHECKS:
        if named and named not in _CHECKED:
            context.read()
            _CHECKED.add(named)
    return context


def _once(named: Named) -> Iterable[tuple[str, str]]:
    """Return each place under the first name that names it; folders are read otherwise than files."""
    first = {(place, name == "SSL_CERT_DIR"): name for name, place in reversed(named)}
    return [(name, place) for name, place in named if first[place, name == "SSL_CERT_DIR"] == name]


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
