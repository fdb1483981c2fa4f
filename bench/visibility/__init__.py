"""The parts of bench/latency."""
