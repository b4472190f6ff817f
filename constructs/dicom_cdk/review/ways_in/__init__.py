"""Who may reach, read or do more than before."""
