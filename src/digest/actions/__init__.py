"""Use cases: each does one thing a person asked for, in one transaction where it writes."""
