"""An edition on its way: reviewed, approved, held, braked or expired by its deadlines."""
