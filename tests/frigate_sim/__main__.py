"""Run the simulated Frigate: python -m tests.frigate_sim --http-port 5000."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from .auth import Account
from .sim import FrigateSim
from .versions import KNOWN


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.frigate_sim", description=__doc__
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--http-port", type=int, default=5000)
    add("--mqtt-host", default="127.0.0.1")
    add("--mqtt-port", type=int, help="broker to publish to (default: none)")
    add("--prefix", default="frigate", help="MQTT topic prefix")
    add("--images", type=Path, help="class folders of photos to show")
    add("--label", help="what the detector calls them (default: cat, photos: animal)")
    add("--version", default="0.17.2", help=f"such as {', '.join(KNOWN)}")
    add("--speed", type=float, default=1.0, help="of walks and pauses")
    add("--past-events", type=int, default=40)
    add("--walk-every", type=float, help="seconds between walks (default: none)")
    add("--seed", type=int, default=0)
    add("--account", nargs=3, metavar=("USER", "PASSWORD", "ROLE"), action="append")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    options = vars(arguments)
    accounts = options.pop("account")
    if accounts:
        options["accounts"] = {
            user: Account(password=password, role=role)
            for user, password, role in accounts
        }
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with FrigateSim(**options) as sim:
        names = ", ".join(sorted(sim.world.cast))
        sys.stdout.write(f"Simulated Frigate {arguments.version}: {sim.url}/sim/\n")
        sys.stdout.write(f"Walking past: {names}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
