"""The JSON Schema of intent files, for editors: `python -m guardrails.facts.intent_schema` writes it anew.

A file names it in its first line: `# yaml-language-server: $schema=intent.schema.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from guardrails.facts.intent import Intent

SCHEMA = Path(__file__).parents[2] / "intents" / "intent.schema.json"


def schema() -> dict[str, Any]:
    """Give the schema (JSON Schema 2020-12); what one key says about another only the reader checks."""
    made = Intent.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


if __name__ == "__main__":
    SCHEMA.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
