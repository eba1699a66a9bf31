"""Articles and where they come from: taken in, looked at, tagged, and their sources kept."""
