"""A small local replica of the upstreams: one invented world behind real HTTP, for the demo and the tests."""

from benchmarks.replica.faults import Fault
from benchmarks.replica.server import Server
from benchmarks.replica.world import World, build_world

__all__ = ["Fault", "Server", "World", "build_world"]
