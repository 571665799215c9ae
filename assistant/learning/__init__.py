"""What the parser learns from, how it is trained, and how well it understands."""
