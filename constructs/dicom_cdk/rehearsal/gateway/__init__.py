"""The shipped gateway by the real NGINX, and servers of others before and behind it."""
