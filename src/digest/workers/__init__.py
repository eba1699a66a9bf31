"""Processes of their own for work on foreign input: a document can cost itself, not the program."""

from digest.workers.pool import Limits, Shared, WorkerLost, Workers

__all__ = ["Limits", "Shared", "WorkerLost", "Workers"]
