//! Reads agent logs: bytes to trajectories.
