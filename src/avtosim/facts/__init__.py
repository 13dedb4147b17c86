"""What is stated: laws, the plant's facts, the scenario that holds them, and its files. No chance, no arithmetic."""
