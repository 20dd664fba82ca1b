"""The Kubernetes API of the simulated world."""
