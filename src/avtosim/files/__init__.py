"""Scenarios as TOML files, in and out."""
