"""The command line: parses, calls one action, shows what it gave."""

from digest.cli.tree import main

__all__ = ["main"]
