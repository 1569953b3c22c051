"""Rules that judge a plan. One file per rule; the registry names them all. Must not change the plan."""
