"""What rooms are built of: hosts and their steps, balancers, rules, roles; none of them knows a room."""
