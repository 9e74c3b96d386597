"""The reminder engine broken on purpose: `make faults` runs it and writes docs/reliability.md."""
