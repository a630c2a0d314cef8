"""What the secretariat changes of the settings: kept in the database, above what the environment says."""
