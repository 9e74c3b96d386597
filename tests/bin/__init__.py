"""The scripts that set up a fresh clone."""
