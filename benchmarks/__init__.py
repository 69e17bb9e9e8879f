"""Speed and memory of askme, measured beside the libraries it stands on: `make bench`."""
