"""An edition on its way: approved by a link, braked, and what its deadlines do with it when nobody has."""
