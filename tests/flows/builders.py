"""What the tests of flows are built from: a catalog of two subjects that one source answers for."""

CATALOG = """
schema = 1
mode = "replace"
[[subject]]
id = "alpha"
name = "Alpha"
kind = "framework"
github = "alpha/alpha"
discord_invite = "AAA"
[[subject]]
id = "beta"
name = "Beta"
kind = "framework"
github = "beta/beta"
discord_invite = "BBB"
"""
