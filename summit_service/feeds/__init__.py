"""iCalendar: what subscribers' calendar applications read."""
