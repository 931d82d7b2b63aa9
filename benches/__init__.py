"""What is fast, and against what: see README.md."""
