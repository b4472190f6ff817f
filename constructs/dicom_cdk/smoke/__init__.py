"""Talks to a deployed service as its clients do: the guide's tests of steps 4 to 6, and what must be refused."""
