"""A simulated Frigate: real HTTP, real MQTT, rendered pictures, known truth."""

from .auth import Account
from .cameras import Camera, NativeModel, Snapshots
from .faults import Fault
from .sim import FrigateSim

__all__ = ["Account", "Camera", "Fault", "FrigateSim", "NativeModel", "Snapshots"]
