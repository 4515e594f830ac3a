"""What is proven of each exercise by running its answers."""
