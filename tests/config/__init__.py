"""Settings, start and shutdown of the product's processes."""
