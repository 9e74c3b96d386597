"""The addresses' views, thin: rows from tracker.access, writes by tracker.actions."""
