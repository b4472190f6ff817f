"""Scripts broken at every program that they start: where, from which state, and what a next run makes of it. Knows no room."""
