"""REST API under /api/v1/: thin views over access.py and actions."""
