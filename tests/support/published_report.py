"""The published report of 2013: its figures, and the scenario whose fleet has them."""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "simulate/scenarios/bitcoin-miner-2013.scenario"
PUBLISHED = json.loads((ROOT / "tests/published/bitcoin-miner-2013.json").read_text(encoding="utf-8"))
WINDOW = ("--from", PUBLISHED["from"], "--to", PUBLISHED["to"])
