"""Backups: Home Assistant copies our files while we go on working with them.

What SQLite was told lately is in a second file, and moves to the first one now and
then: a copy made meanwhile could hold half of that. So everything is moved before the
backup, and nothing is during it. Labels and crops can still be written; whether the
backup has those is a matter of luck, but none is damaged.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER
from .learning.files import try_writing
from .learning.samples.pages import loses_log
from .learning.samples.rescue import ASIDE

_HELD: HassKey[list[sqlite3.Connection]] = HassKey(f"{DOMAIN}_backup")


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Make our files fit to be copied."""
    await async_post_backup(hass)
    folder = Path(hass.config.path(DOMAIN))
    hass.data[_HELD] = await hass.async_add_executor_job(_hold_all, folder)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let the files change again."""
    if held := hass.data.pop(_HELD, None):
        await hass.async_add_executor_job(_let_go, held)


def _hold_all(folder: Path) -> list[sqlite3.Connection]:
    held = []
    for path in sorted(folder.rglob("*.sqlite")):
        if path.parent.match(ASIDE):
            continue  # nobody changes it, and neither do we
        try:
            if loses_log(path):
                continue  # until it is rescued
            try_writing(path.parent)
            held.append(_held(path))
        except (OSError, sqlite3.Error) as err:
            # A damaged file is no reason to have no backup of all the others.
            LOGGER.warning("%s is copied as it is: %s", path, err)
    return held


def _held(path: Path) -> sqlite3.Connection:
    """Bring a file up to date, and keep it as it is until the connection is closed."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        # Nobody may write to the file that somebody reads (sqlite.org/wal.html).
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _let_go(held: list[sqlite3.Connection]) -> None:
    for connection in held:
        with closing(connection):
            connection.execute("ROLLBACK")
