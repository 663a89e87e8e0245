"""Commands for operators: what is done to a running room by a person, outside the program."""
