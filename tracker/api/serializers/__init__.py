"""What goes out and what comes in: one serializer a direction, every field named."""
