"""The addresses' views, thin: rows from access.py, writes by tracker.actions."""
