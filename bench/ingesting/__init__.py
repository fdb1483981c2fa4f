"""The parts of bench/ingest."""
