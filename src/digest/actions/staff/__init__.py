"""People at the desk and programs: who they are, what they may do, and what they did."""
