"""Tests of tracker/admin."""
