"""Releases of dcm4chee-arc: which images belong together, what lies between two of them, how a site gets from one to another."""
