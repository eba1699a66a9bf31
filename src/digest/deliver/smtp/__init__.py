"""The conversation with a relay: reaching it, trusting it, what it offers, what its answers mean."""
