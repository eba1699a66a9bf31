"""An edition under an editor's hands: what it holds and why, how it looks, each deed undone and redone."""
