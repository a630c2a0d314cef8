"""A programme in the forms that others write and read: `schedule.json`, `schedule.xml`, a sheet."""
