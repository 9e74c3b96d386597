"""The office's admin in Chinese: thin pages over access.py and actions."""
