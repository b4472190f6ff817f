"""Will this apply succeed in this account? Asked by read-only calls, before anything is bought."""
