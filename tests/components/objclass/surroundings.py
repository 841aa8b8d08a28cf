"""What surrounds Home Assistant: its MQTT broker, and a Frigate behind TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.components.mqtt import MQTT_CONNECTION_STATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MqttMockHAClient
from yarl import URL


async def add_broker(hass: HomeAssistant) -> None:
    """Set up the MQTT integration, with the `mqtt_client_mock` of phcc."""
    configuration = Path(hass.config.path("configuration.yaml"))
    await hass.async_add_executor_job(configuration.touch)
    entry = MockConfigEntry(domain="mqtt", data={"broker": "mock", "protocol": "5"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def connect(
    hass: HomeAssistant, broker: MqttMockHAClient, *, connected: bool
) -> None:
    """Lose the broker, or get it back."""
    broker.connected = connected
    async_dispatcher_send(hass, MQTT_CONNECTION_STATE, connected)
    await hass.async_block_till_done()


@asynccontextmanager
async def over_tls(url: str, folder: Path) -> AsyncIterator[str]:
    """Serve what is at an address under a certificate that nobody has signed.

    In a thread of its own: Home Assistant's tests fail when a client of their event
    loop's server hangs up during the handshake, which is what is wanted here.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = await asyncio.open_connection(URL(url).host, URL(url).port)
        await asyncio.gather(pump(reader, behind[1]), pump(behind[0], writer))

    def call[T](job: asyncio.Future[T] | object) -> asyncio.Future[T]:
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(job, loop))  # type: ignore[arg-type]

    try:
        server = await call(asyncio.start_server(serve, "127.0.0.1", 0, ssl=context))
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        loop.call_soon_threadsafe(server.close)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        await asyncio.to_thread(thread.join)
        loop.close()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    path = folder / "frigate.pem"
    path.write_bytes(pem)
    return path
