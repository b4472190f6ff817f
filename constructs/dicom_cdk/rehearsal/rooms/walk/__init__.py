"""The archive's change of release: the site before it, its directory and folder, what is walked, and where it is stopped."""
