"""Numbers with their error: estimates, intervals, results, tables. Nothing here knows facts or plants."""
