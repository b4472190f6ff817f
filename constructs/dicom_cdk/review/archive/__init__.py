"""What a change of the archive's own settings means for the images that it has."""
