"""Tests of tracker/rules."""
