"""Templates that stay compiled from one command to the next, in the temporary folder of whoever runs them."""

from contextlib import suppress

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from reports.card import environment


class Compiled(FileSystemBytecodeCache):
    """Compiled templates as files that nobody else may write; where they cannot be kept, each is compiled anew."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template; a full disk is no reason not to print."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def keep_compiled() -> None:
    """Let the templates of cards and pages be compiled once; where the folder is not this user's own, each time."""
    with suppress(OSError, RuntimeError):
        environment().bytecode_cache = Compiled()
