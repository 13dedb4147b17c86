"""Where facts and chance meet: drivers, one month's arithmetic, and the model that is one pure function of points."""
