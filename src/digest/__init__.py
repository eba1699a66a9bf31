"""Collects tagged articles, builds newsletter editions, delivers them and keeps the books."""

__version__ = "0.1.0"
