"""The folder of an installation: its configuration, its keys, and whether it is the one that last sent."""
