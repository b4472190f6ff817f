"""What is rehearsed in each room, in apply order. A room that needs another's state finds it set up by that room's checks."""
