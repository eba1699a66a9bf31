"""From articles to an edition, and trying rules out before they are in force."""
