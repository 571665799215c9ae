"""What programs call: named endpoints and tools, made from the registry of operations."""
