"""An edition under an editor's hands: what it holds and why, what may stand, its approval; each deed undone."""
