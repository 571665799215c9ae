"""What operations stand on: rows chosen and judged, set side by side, and what is near them."""
