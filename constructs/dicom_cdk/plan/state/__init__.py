"""The state that a stack leaves, what it says about it besides resources, and the states that it reads of others."""
