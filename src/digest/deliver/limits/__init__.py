"""How much may leave, in step with all other workers."""
