"""The installation: set up, checked, changed, and telling people what is amiss."""
