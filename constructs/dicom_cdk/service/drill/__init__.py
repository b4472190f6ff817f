"""A restore drill: a stack beside the site, for hours, that restores what the backups hold, here or in the other region."""
