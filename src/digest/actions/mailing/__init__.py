"""An edition or a letter handed over, within the limits of relays, and its books."""
