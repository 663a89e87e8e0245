"""The log relay: hosts that pull the vendor's logs and feed the SIEM over a private line."""
