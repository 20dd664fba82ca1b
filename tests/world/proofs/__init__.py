"""What the world promises, proved from outside with plain requests."""
