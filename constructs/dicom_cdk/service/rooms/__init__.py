"""What a site consists of, in the order of the deployment guide: one construct per file."""
