"""What must be on disk before a final dot is written, and how it is read back."""
