"""What the provider refuses before it plans: values, relations between arguments, fields that may not be set."""
