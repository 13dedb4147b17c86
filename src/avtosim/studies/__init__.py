"""Questions: one file each. They choose points, run the model and read answers; none knows what a partner is."""
