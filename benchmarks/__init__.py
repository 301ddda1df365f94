"""Instruments of the project: a replica of the upstreams to run against, and measurements of speed."""
