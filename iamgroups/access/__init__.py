"""Who holds which grant through which source. Pure; makes no plan."""
