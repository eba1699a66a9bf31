"""An edition or a message handed over, within the limits of relays, and its books."""
