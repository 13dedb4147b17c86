"""Probability distributions for uncertain inputs."""
