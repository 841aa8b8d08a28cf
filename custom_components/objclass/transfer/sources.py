"""Where what is imported comes from: a folder, a zip, an upload, or Frigate."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import (
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass
from pathlib import Path

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..data import ObjclassConfigEntry
from ..frigate.errors import FrigateNotFoundError, FrigateResponseError
from ..learning.crop import MAX_BYTES, PictureError
from ..learning.packages import (
    MOST_FILES,
    Contents,
    Package,
    PackageError,
    UnreadableFileError,
    contents_of,
    open_package,
)
from ..learning.runtimes.graph import ModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where labelled pictures come from.

    `pictures` are their names by the folder of their class; `read` gets the bytes of
    one and raises PictureError when it cannot be had.
    """

    pictures: Mapping[str, Sequence[str]]
    read: Callable[[str, str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """An open folder or zip; `read` takes the name of a file and the most bytes."""

    contents: Contents
    read: Callable[[str, int], Awaitable[bytes]]

    @property
    def source(self) -> Source:
        """The pictures, by the folder that they are in."""

        async def read(_folder: str, name: str) -> bytes:
            try:
                return await self.read(name, MAX_BYTES)
            except UnreadableFileError as err:
                raise PictureError(str(err)) from err

        return Source(pictures=self.contents.pictures, read=read)


@asynccontextmanager
async def async_open_path(hass: HomeAssistant, path: str) -> AsyncIterator[Files]:
    """Open a folder or zip that Home Assistant is allowed to read."""
    if not await hass.async_add_executor_job(hass.config.is_allowed_path, path):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="path_not_allowed",
            translation_placeholders={"path": path},
        )
    async with _async_open(hass, open_package(Path(path)), path) as files:
        yield files


@asynccontextmanager
async def async_open_upload(hass: HomeAssistant, file_id: str) -> AsyncIterator[Files]:
    """Open a file that was uploaded to Home Assistant; it is removed afterwards."""
    async with _async_open(
        hass, _uploaded(hass, file_id), "The uploaded file"
    ) as files:
        yield files


@contextmanager
def _uploaded(hass: HomeAssistant, file_id: str) -> Iterator[Package]:
    with ExitStack() as stack:
        try:
            path = stack.enter_context(process_uploaded_file(hass, file_id))
        except ValueError as err:
            raise PackageError("it is not there, or was imported already") from err
        yield stack.enter_context(open_package(path))


@asynccontextmanager
async def _async_open(
    hass: HomeAssistant, opening: AbstractContextManager[Package], name: str
) -> AsyncIterator[Files]:
    """Open a package and close it in the end; `name` is what people call it."""
    # Not on the worker's thread: a network share may take its time.
    run, stack = hass.async_add_executor_job, ExitStack()
    try:
        package = await run(stack.enter_context, opening)

        async def read(file: str, limit: int) -> bytes:
            return await run(package.read, file, limit)

        yield Files(contents=await run(contents_of, package), read=read)
    except (PackageError, UnreadableFileError, ModelError, OSError) as err:
        raise _refused(name, str(err)) from err
    finally:
        await run(stack.close)


async def async_frigate_source(entry: ObjclassConfigEntry, model: str) -> Source:
    """List the dataset of a classification model of Frigate's own."""
    frigate = entry.runtime_data.need_frigate()
    dataset = await frigate.client.dataset(model)
    if not dataset:
        known = ", ".join(frigate.config.custom_models)
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="dataset_unknown",
            translation_placeholders={"model": model, "models": known or "-"},
        )
    if sum(map(len, dataset.values())) > MOST_FILES:
        raise _refused(model, f"there are more than {MOST_FILES} files in it")

    async def read(folder: str, name: str) -> bytes:
        try:
            return (await frigate.client.dataset_picture(model, folder, name)).data
        except (FrigateNotFoundError, FrigateResponseError) as err:
            raise PictureError(str(err)) from err

    return Source(pictures=dataset, read=read)


def _refused(path: str, error: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="import_refused",
        translation_placeholders={"path": path, "error": error},
    )
