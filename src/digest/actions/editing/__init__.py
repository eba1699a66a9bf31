"""An edition under an editor's hands: what it holds and why, its approval, each deed undone and redone."""
