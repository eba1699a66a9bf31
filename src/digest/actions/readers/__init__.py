"""Subscribers: how they come, what they choose, the letters they get, and how they leave."""
