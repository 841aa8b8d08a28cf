"""The pictures of kept crops, for those who are logged in or have a signed address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, Literal

from aiohttp import hdrs, web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_AUTHENTICATED, KEY_HASS, HomeAssistantView

from .const import DOMAIN
from .history.table import PastView, TableView
from .learning.crop import PictureError
from .learning.samples.pictures import Pictures
from .lookup import find_classifier
from .transfer.exporting import ExportView

_VALID_FOR: Final = timedelta(hours=1)


class CropView(HomeAssistantView):
    """One kept crop as JPEG."""

    requires_auth = False  # _require_permission does it
    url = "/api/objclass/crop/{classifier_id}/{sample_id}"
    name = "api:objclass:crop"

    async def get(
        self, request: web.Request, classifier_id: str, sample_id: str
    ) -> web.Response:
        """Send the picture, or 404."""
        return await _async_picture(request, classifier_id, sample_id, Pictures.read)


class ThumbView(HomeAssistantView):
    """One kept crop as a small JPEG."""

    requires_auth = False
    url = "/api/objclass/thumb/{classifier_id}/{sample_id}"
    name = "api:objclass:thumb"

    async def get(
        self, request: web.Request, classifier_id: str, sample_id: str
    ) -> web.Response:
        """Send the picture, or 404."""
        return await _async_picture(
            request, classifier_id, sample_id, Pictures.thumbnail
        )


async def _async_picture(
    request: web.Request,
    classifier_id: str,
    sample_id: str,
    read: Callable[[Pictures, str], bytes],
) -> web.Response:
    _require_permission(request)
    hass = request.app[KEY_HASS]
    classifier = find_classifier(hass, classifier_id)
    if classifier is None:
        raise web.HTTPNotFound
    try:
        # Not on the worker's thread: pictures are looked at while a head is trained.
        picture = await hass.async_add_executor_job(
            read, classifier.samples.store.pictures, sample_id
        )
    except OSError, PictureError:
        raise web.HTTPNotFound from None
    return web.Response(
        body=picture,
        content_type="image/jpeg",
        # A crop of one id never changes.
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )


def _require_permission(request: web.Request) -> None:
    """Refuse who is not logged in and has no signed address that is still valid.

    Home Assistant counts 401 as an attempt to break in and may ban whoever does it. A
    panel that was open for an hour, or while Home Assistant started anew, asks with an
    old address once and then gets another: like a camera's picture, that is 403.
    """
    if request[KEY_AUTHENTICATED]:
        return
    if hdrs.AUTHORIZATION in request.headers:
        raise web.HTTPUnauthorized
    raise web.HTTPForbidden


@callback
def async_setup_views(hass: HomeAssistant) -> None:
    """Register the views."""
    hass.http.register_view(CropView)
    hass.http.register_view(ThumbView)
    hass.http.register_view(ExportView)
    hass.http.register_view(PastView)
    hass.http.register_view(TableView)


@callback
def async_crop_url(
    hass: HomeAssistant,
    classifier_id: str,
    sample_id: str,
    size: Literal["crop", "thumb"] = "crop",
) -> str:
    """Return a signed address of a crop or its thumbnail, valid for an hour."""
    return async_sign_path(
        hass,
        f"/api/{DOMAIN}/{size}/{classifier_id}/{sample_id}",
        _VALID_FOR,
        use_content_user=True,
    )
