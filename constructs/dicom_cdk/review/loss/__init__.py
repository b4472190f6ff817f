"""What a change could lose: which types hold data, which updates delete some, and what somebody allows."""
