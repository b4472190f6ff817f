"""What this machine, and an account, lack before a deployment."""
