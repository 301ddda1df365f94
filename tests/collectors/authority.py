"""A certificate authority of a company, made for a test, and servers that show its certificates."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Authority:
    """Its certificate as a file, and the context of a server that it vouches for."""

    certificate: Path
    context: SSLContext


def authority(folder: Path, address: str = LOOPBACK, lasts: timedelta = timedelta(days=1)) -> Authority:
    """Make an authority and the certificate of one server; `lasts` may lie in the past."""
    folder.mkdir(parents=True, exist_ok=True)
    own, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Corp Root", own, own, x509.BasicConstraints(ca=True, path_length=0))
    place = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    leaf = certificate("corp.example", server, own, place, lasts)
    (folder / "ca.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "server.pem").write_bytes(
        leaf.public_bytes(Encoding.PEM) + server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return Authority(folder / "ca.pem", context)


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signs: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
    lasts: timedelta = timedelta(days=1),
) -> x509.Certificate:
    now, public, signer = datetime.now(UTC), key.public_key(), signs.public_key()
    begin = min(now, now + lasts) - timedelta(days=2)
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("Corp Root"))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(now + lasts)
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
        .sign(signs, SHA256())
    )


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
