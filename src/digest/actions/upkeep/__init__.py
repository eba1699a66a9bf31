"""The installation: set up, checked, freed of what is old, and telling people what is amiss."""
