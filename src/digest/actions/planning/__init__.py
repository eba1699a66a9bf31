"""Slots and schedules: what comes when, what is left out, and each built in time."""
