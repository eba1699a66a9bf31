"""When something happens with an edition: its deadlines, and the hours of who gets it."""
