"""From rules to reports: running them safely, exemptions, and the formats in which findings are told."""
