"""Stands for the container of the archive and for its directory, database and storages. Knows no host and no stage."""
