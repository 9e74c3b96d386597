"""REST API under /api/v1/: thin views over tracker.access and actions."""
