"""The pictures of kept crops, for those who are logged in or have a signed address."""

from datetime import timedelta
from typing import Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .learning.samples import SampleStoreError
from .lookup import find_classifier

_VALID_FOR: Final = timedelta(hours=1)


class CropView(HomeAssistantView):
    """One kept crop as JPEG."""

    url = "/api/objclass/crop/{classifier_id}/{sample_id}"
    name = "api:objclass:crop"

    async def get(
        self, request: web.Request, classifier_id: str, sample_id: str
    ) -> web.Response:
        """Send the picture, or 404."""
        hass = request.app[KEY_HASS]
        classifier = find_classifier(hass, classifier_id)
        if classifier is None:
            raise web.HTTPNotFound
        try:
            path = classifier.samples.picture_path(sample_id)
            picture = await hass.async_add_executor_job(path.read_bytes)
        except SampleStoreError, OSError:
            raise web.HTTPNotFound from None
        return web.Response(
            body=picture,
            content_type="image/jpeg",
            # A crop of one id never changes.
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )


@callback
def async_setup_views(hass: HomeAssistant) -> None:
    """Register the views."""
    hass.http.register_view(CropView)


@callback
def async_crop_url(hass: HomeAssistant, classifier_id: str, sample_id: str) -> str:
    """Return a signed address of a crop, valid for an hour."""
    return async_sign_path(
        hass,
        f"/api/{DOMAIN}/crop/{classifier_id}/{sample_id}",
        _VALID_FOR,
        use_content_user=True,
    )
