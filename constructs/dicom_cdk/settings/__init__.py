"""What a site may choose: models, rules, loader, JSON Schema."""
