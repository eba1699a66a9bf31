"""The command line: parses, calls one action, shows what it gave."""

from digest.cli.main import main

__all__ = ["main"]
