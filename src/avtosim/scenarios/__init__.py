"""Scenario files that come with the library."""
