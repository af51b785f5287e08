"""The speed of the portal, measured as ratios inside one run: `make bench`, or `python -m bench --help`."""
