"""A trained classifier as files for Frigate, and the address to download them at."""

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import slugify

from ..classifier import Classifier
from ..const import DOMAIN
from ..learning.backbone_model import BackboneModel
from ..learning.export import export_head
from ..learning.files import write_atomically
from ..learning.head import Head
from ..learning.runtimes.graph import ModelError
from ..lookup import find_classifier

_VALID_FOR: Final = timedelta(hours=1)
_MODEL: Final = "model.tflite"
_LABELMAP: Final = "labelmap.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Where the files are, and what is in them."""

    folder: Path
    head: Head


async def async_export(classifier: Classifier) -> Exported:
    """Write the classifier's model and labelmap below its own folder."""
    head, folder = classifier.head, classifier.folder / "export"
    if not isinstance(head, Head):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_trained" if head is None else "export_of_import",
            translation_placeholders={"classifier": classifier.settings.name},
        )
    with classifier.telling.async_job("export"):
        try:
            await classifier.samples.async_files(
                _write,
                folder,
                head,
                classifier.backbone.model,
                classifier.settings.name,
                classifier.settings.threshold,
            )
        except ModelError as err:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="export_refused",
                translation_placeholders={"error": str(err)},
            ) from err
    return Exported(folder=folder, head=head)


def _write(
    folder: Path, head: Head, backbone: BackboneModel, name: str, threshold: float
) -> None:
    export = export_head(head, name=name, threshold=threshold, backbone=backbone)
    folder.mkdir(exist_ok=True)
    # Whoever finds an old model must not find a new labelmap with it.
    (folder / _MODEL).unlink(missing_ok=True)
    write_atomically(folder / _LABELMAP, export.labelmap)
    write_atomically(folder / _MODEL, export.model)


def async_export_url(hass: HomeAssistant, classifier: Classifier) -> str:
    """Return a signed address of the exported files, valid for an hour."""
    return async_sign_path(
        hass,
        f"/api/{DOMAIN}/export/{classifier.id}",
        _VALID_FOR,
        use_content_user=True,
    )


class ExportView(HomeAssistantView):
    """The exported files as one zip, in a folder as Frigate's model_cache has it."""

    url = "/api/objclass/export/{classifier_id}"
    name = "api:objclass:export"

    async def get(self, request: web.Request, classifier_id: str) -> web.Response:
        """Send the zip, or 404 when nothing was exported.

        To administrators, and to who has got its address from one: that is signed for a
        user of Home Assistant's own.
        """
        user = request[KEY_HASS_USER]
        if not (user.is_admin or user.system_generated):
            raise Unauthorized
        hass = request.app[KEY_HASS]
        classifier = find_classifier(hass, classifier_id)
        if classifier is None:
            raise web.HTTPNotFound
        name = slugify(classifier.settings.name)
        try:
            content = await hass.async_add_executor_job(
                _zipped, classifier.folder / "export", name
            )
        except OSError:
            raise web.HTTPNotFound from None
        headers: dict[str, Any] = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}.zip"',
        }
        return web.Response(
            body=content, content_type="application/zip", headers=headers
        )


def _zipped(folder: Path, name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in (_LABELMAP, _MODEL):
            archive.writestr(f"{name}/{file}", (folder / file).read_bytes())
    return content.getvalue()
