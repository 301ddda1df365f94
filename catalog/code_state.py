"""What reading a paper's repository came to: a framework is named, or why none is."""

from enum import StrEnum


class CodeState(StrEnum):
    """The states of a repository, exactly one of which holds."""

    NAMED = "named"
    """Its Python names a framework."""
    NO_FRAMEWORK = "no_framework"
    """It holds Python that names none."""
    OTHER_LANGUAGE = "other_language"
    """It holds code, and no Python that names a framework."""
    NO_CODE = "no_code"
    """It holds no code, or none yet."""
    GONE = "gone"
    """No repository stands at the address, or none that the public may see."""
    UNREADABLE = "unreadable"
    """It is there, and cannot be read."""
