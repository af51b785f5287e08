"""The demo city: invented people and communities, told as plain data."""
