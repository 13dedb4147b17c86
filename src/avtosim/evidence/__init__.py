"""Where numbers come from: laws from data, experts and announced plans, and how good forecasts were."""
