"""What may be secret, decided once, and taken out of all that is shown of a plan."""
