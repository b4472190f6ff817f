"""What stands on both sides of a change, as it is written: resources and their renames, provider blocks, files, values."""
