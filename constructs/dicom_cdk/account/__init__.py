"""Read-only calls that ask an account of the vendor: whose key, by which call, what an answer or a refusal means."""
