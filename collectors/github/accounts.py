"""Who opened, answered or closed an issue: a human, a program, or an account that is gone."""

from collections.abc import Mapping
from typing import Any

from collectors.git.identities import is_bot_account
from collectors.transport.payload import need


def kind_of(author: Mapping[str, Any] | None) -> str:
    """Return what an account is: human, bot (an app, or a user known as one), or gone: GitHub names nobody any more."""
    if author is None:
        return "gone"
    login = login_of(author)
    is_bot = need(author, "__typename") == "Bot" or login.endswith("[bot]") or is_bot_account(login)
    return "bot" if is_bot else "human"


def login_of(account: Mapping[str, Any] | None) -> str:
    """Return the name of an account, to be compared; empty for one that is gone."""
    return str(need(account, "login")).casefold() if account is not None else ""
