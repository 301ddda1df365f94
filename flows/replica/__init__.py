"""A small local replica of the upstreams: one invented world behind real HTTP, for the demo and the tests."""

from flows.replica.faults import Fault
from flows.replica.server import Server
from flows.replica.world import World, build_world

__all__ = ["Fault", "Server", "World", "build_world"]
