"""Frigate: its HTTP interface and its MQTT payloads. Imports no Home Assistant."""
