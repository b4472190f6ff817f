"""Where a stack leads: its state, its providers, and resources sought in another place than before."""
