"""What `scripts/benchmark pipeline` needs: a fast Frigate, a home, a monitor."""
