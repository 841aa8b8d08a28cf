"""The real programs around the integration: Home Assistant and an MQTT broker.

Used by the end-to-end tests and by the demo. Everything started here runs on free
loopback ports, in folders of its own, and ends with the process that started it.
"""
