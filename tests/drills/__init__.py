"""Faults for real: processes are killed, servers restarted, the mail server misbehaves. `make drill`."""
