"""The modules that a stack calls: their files, their resources; and what nobody can look into."""
