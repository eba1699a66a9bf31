"""Slots and schedules: what comes when, and what is left out."""
