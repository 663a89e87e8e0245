"""Fail closed: what cannot be read, told apart or judged is a finding. Nothing here can be exempted."""
