"""What happens to names of repositories: one moves and its old name leads there, or a stranger takes the old name."""

from collections.abc import Callable
from dataclasses import replace

from flows.replica.history import grow
from flows.replica.repository import Repo
from flows.replica.world import World, profile_of

STRANGER = "stranger"


def rename(world: World, subject: str, full_name: str) -> World:
    """Return the world in which a subject's repository has another name, and the old one leads to it."""
    return _changed(
        world, subject, lambda one: replace(one, full_name=full_name, former_names=(*one.former_names, one.full_name))
    )


def reuse_name(world: World, subject: str) -> World:
    """Return the world in which a subject's repository has moved away and a stranger's bears its name."""
    name = world[subject].full_name
    left = _changed(world, subject, lambda one: replace(one, full_name=f"moved-away/{subject}"))
    stranger = grow({"id": STRANGER, "github": name}, profile_of(STRANGER), world.now, world.seed)
    return replace(left, repositories=(*left.repositories, stranger))


def _changed(world: World, subject: str, change: Callable[[Repo], Repo]) -> World:
    repositories = tuple(change(one) if one.subject == subject else one for one in world.repositories)
    return replace(world, repositories=repositories)
