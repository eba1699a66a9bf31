"""One run over an edition: who is next, on which connection, and how each one ends."""
