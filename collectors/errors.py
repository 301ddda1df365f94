"""Why a source gave nothing, named by who must act; each carries the reason that the cell will show."""

from catalog.observation import Reason


class SourceError(Exception):
    """A source gave no usable answer; `reason` is what the missing cell will say."""

    reason = Reason.UNREACHABLE
    next_step = "the next run asks again"


class DamagedRunError(Exception):
    """The list of a kept run cannot be read: the operator looks at the disk; the run cannot be replayed."""


class NoAnswerError(SourceError):
    """No answer came, or the server failed: nobody must act; retried, then reported."""


class ConnectError(NoAnswerError):
    """The host itself cannot be reached: nobody must act; it is not asked again in the run."""


class UntrustedError(ConnectError):
    """The host shows a certificate that nobody here vouches for: the operator names the authority."""

    next_step = (
        "add the authority of your network to the system's certificates, or name its file in SSL_CERT_FILE;"
        " is the clock of this machine right?"
    )


class SetupError(SourceError):
    """The settings name an address or a network in which nobody can be asked: the operator corrects them."""

    next_step = "correct the address of the source, or the proxy or certificates of this machine"


class ProxyAuthError(SetupError):
    """The proxy of this network lets nobody through without a name and a password: the operator gives them."""

    next_step = "put name and password into the address of the proxy: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT"


class ServerFaultError(NoAnswerError):
    """The server itself failed at the question: a smaller one may pass."""


class LimitError(SourceError):
    """The source wants us to wait longer than we may: the next run asks again, or set a token."""

    reason = Reason.RATE_LIMITED
    next_step = "wait, or set a token for a higher limit"


class SpentError(LimitError):
    """So few calls of the limit are left that the run stops short of it: the next run asks again."""

    next_step = "the next run asks again; a token or key of your own has a higher limit"


class NoTokenError(SourceError):
    """The question needs a token that is not set: the operator sets it."""

    reason = Reason.NO_TOKEN
    next_step = "set GITHUB_TOKEN"


class RestrictedError(SourceError):
    """The source refuses us: the operator checks the token and its rights."""

    reason = Reason.RESTRICTED
    next_step = "check the token and what it may read"


class GoneError(SourceError):
    """The source does not know the name any more: fix the catalog."""

    reason = Reason.NOT_FOUND
    next_step = "check the name in the catalog; renamed or deleted?"


class ReusedNameError(GoneError):
    """Another repository bears the name now: the catalog is told where the one that it means has gone."""

    next_step = "find the name that the repository bears now, and put it into the catalog"

    def __init__(self, name: str, found_id: int, pinned_id: int) -> None:
        """Name the repository, the numeric id under its name now, and the id that it had."""
        super().__init__(f"{name} is now another repository ({found_id}, not {pinned_id})")
        self.found_id, self.pinned_id = found_id, pinned_id


class InviteExpiredError(GoneError):
    """The chat invite is no longer valid: put a new one into the catalog."""

    reason = Reason.INVITE_EXPIRED
    next_step = "put a permanent invite of the project into the catalog"


class TooLargeError(SourceError):
    """The source will not count something so large: nobody can act; another method may."""

    reason = Reason.TOO_LARGE
    next_step = "none: the source does not count this"


class PendingError(SourceError):
    """The source is still computing: the next run asks again."""

    reason = Reason.PENDING_202


class ChangedError(SourceError):
    """The answer is not what the source used to send: fix the collector."""

    reason = Reason.SCHEMA_CHANGED
    next_step = "look at the raw answer in the archive; the collector may need a fix"


class MovedError(ChangedError):
    """The address leads to another host, whom we did not mean to ask: fix the address."""

    next_step = "check the address in the catalog or the settings"


class IncompleteError(SourceError):
    """The answer contradicts itself or was cut short: the next run asks again."""

    reason = Reason.INCOMPLETE


class NotSupportedError(SourceError):
    """The server does not offer the question (GitHub Enterprise lacks some)."""

    reason = Reason.NOT_SUPPORTED
    next_step = "none: this server does not offer it"
