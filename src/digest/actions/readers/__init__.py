"""Subscribers: how they come, what they choose, and how they leave."""
