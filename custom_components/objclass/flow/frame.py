"""Creating a classifier of whole pictures, and changing it later."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, override

import voluptuous as vol
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)

from ..const import (
    CONF_CAMERA_ENTITIES,
    CONF_CLASSES,
    CONF_CONFIRMATIONS,
    CONF_DEVICE_CLASS,
    CONF_FAMILIARITY,
    CONF_FRIGATE_CAMERAS,
    CONF_FRIGATE_MOTION,
    CONF_INTERVAL,
    CONF_MOTION_SENSORS,
    CONF_ON_CLASS,
    CONF_PARTS,
    CONF_PUBLISH,
    CONF_REFUSE_WORSE,
    CONF_SAVE_ATTEMPTS,
    CONF_THRESHOLD,
    SECTION_ON,
    SECTION_RULES,
    SECTION_WHEN,
)
from ..data import ObjclassConfigEntry
from ..frigate.models import FrigateConfig
from ..learning.confirmation import ConfirmationRules
from ..learning.samples import SampleStoreError
from ..lookup import title_of
from ..settings import DEFAULT_INTERVAL, DEFAULT_SAVE_FRAMES
from .classifier import ClassifierFlow, frigate_of
from .fields import choice, class_error, clean_names, fraction, name_error, number

# Those of a binary sensor that a picture can show.
DEVICE_CLASSES: Final = (
    *("door", "garage_door", "light", "lock", "moisture", "motion", "moving"),
    *("occupancy", "opening", "plug", "power", "presence", "problem", "running"),
    *("safety", "smoke", "window"),
)
# The sides of a rectangle: left, top, right, bottom.
_SIDES: Final = 4
_LEAST_CLASSES: Final = 2
_LEAST_SIDE: Final = 0.01
_DAY: Final = 86400


class FrameFlow(ClassifierFlow):
    """One classifier of whole pictures."""

    # Every picture has one of the classes that were named.
    always_there = ()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what is to be told apart, where and when."""
        errors: dict[str, str] = {}
        if user_input is not None:
            before = self._before()
            self._data, errors = _validated(user_input, before)
            if self._is_taken(self._data[CONF_NAME]):
                errors[CONF_NAME] = "name_taken"
            if not errors:
                self._data[CONF_PARTS] = before.get(CONF_PARTS, {})
                return await self.async_step_parts()
        elif self.source != SOURCE_USER:
            user_input = dict(self._before())
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _schema(frigate_of(self._get_entry()), user_input or {}), user_input
            ),
            errors=errors,
        )

    async def async_step_parts(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which part of each camera's picture matters."""
        fields = part_fields(self.hass, self._get_entry(), self._data)
        errors: dict[str, str] = {}
        if user_input is not None:
            parts, errors = _parts(user_input, fields)
            if not errors:
                self._data[CONF_PARTS] = parts
                try:
                    return await self._async_finish()
                except SampleStoreError as err:
                    errors["base"] = "storage_failed"
                    self._placeholders["error"] = str(err)
        else:
            known = self._data[CONF_PARTS]
            user_input = {
                field: part_text(known[camera])
                for camera, field in fields.items()
                if camera in known
            }
        return self.async_show_form(
            step_id="parts",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {vol.Optional(field): TextSelector() for field in fields.values()}
                ),
                user_input,
            ),
            errors=errors,
            description_placeholders={
                "example": "0.2, 0.1, 0.6, 0.9",
                **self._placeholders,
            },
        )

    def _before(self) -> Mapping[str, Any]:
        """Return the settings that are being changed."""
        if self.source == SOURCE_USER:
            return {}
        return self._get_reconfigure_subentry().data


def _cameras(data: Mapping[str, Any]) -> list[str]:
    return [*data.get(CONF_FRIGATE_CAMERAS, ()), *data.get(CONF_CAMERA_ENTITIES, ())]


@callback
def part_fields(
    hass: HomeAssistant, entry: ObjclassConfigEntry, data: Mapping[str, Any]
) -> dict[str, str]:
    """Return by camera what the field for its rectangle is called.

    Home Assistant shows the keys of fields that have no text: so a field is called as
    its camera is, where no other camera is called so.
    """
    cameras = _cameras(data)
    if entry.state is not ConfigEntryState.LOADED:
        return {camera: camera for camera in cameras}
    names = {camera: title_of(hass, entry, camera) for camera in cameras}
    times = Counter(names.values())
    return {
        # A name that is the id of another camera would be taken for that one.
        camera: name if times[name] == 1 and name not in names else camera
        for camera, name in names.items()
    }


def _parts(
    entered: Mapping[str, str], fields: Mapping[str, str]
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Return the rectangles by camera, and the key of an error for each wrong field."""
    parts: dict[str, list[float]] = {}
    errors: dict[str, str] = {}
    for camera, field in fields.items():
        text = entered.get(field, "")
        if not text.strip():
            continue
        if part := _part(text):
            parts[camera] = part
        else:
            errors[field] = "bad_part"
    return parts, errors


def part_text(sides: Sequence[float]) -> str:
    """Write a rectangle (left, top, right, bottom) as one enters it in the form."""
    return ", ".join(f"{side:g}" for side in sides)


def _part(text: str) -> list[float] | None:
    """Read a rectangle such as "0.2, 0.1, 0.6, 0.9"; None when it is none."""
    try:
        sides = [float(side) for side in text.split(",")]
    except ValueError:
        return None
    if len(sides) != _SIDES or not all(0 <= side <= 1 for side in sides):
        return None
    left, top, right, bottom = sides
    wide_enough = right - left >= _LEAST_SIDE and bottom - top >= _LEAST_SIDE
    return sides if wide_enough else None


def _schema(frigate: FrigateConfig | None, current: Mapping[str, Any]) -> vol.Schema:
    """Build the form from the cameras that there are, and what was chosen before."""
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_CLASSES): choice(current.get(CONF_CLASSES, ()), custom=True),
    }
    if frigate:
        cameras = frigate.cameras
        fields[vol.Optional(CONF_FRIGATE_CAMERAS)] = choice(
            {*cameras, *current.get(CONF_FRIGATE_CAMERAS, ())},
            names={name: camera.title for name, camera in cameras.items()},
        )
    fields[vol.Optional(CONF_CAMERA_ENTITIES)] = _entities("camera")
    fields[vol.Required(SECTION_WHEN)] = section(
        _when(with_frigate=frigate is not None), {"collapsed": False}
    )
    fields[vol.Required(SECTION_ON)] = section(_ON, {"collapsed": True})
    fields[vol.Required(SECTION_RULES)] = section(_rules(), {"collapsed": True})
    if frigate:
        fields[vol.Required(CONF_PUBLISH, default=False)] = bool
    return vol.Schema(fields)


def _when(*, with_frigate: bool) -> vol.Schema:
    fields: dict[vol.Marker, Any] = {
        vol.Optional(
            CONF_INTERVAL, description={"suggested_value": DEFAULT_INTERVAL}
        ): number(1, _DAY, step="any", unit=UnitOfTime.SECONDS)
    }
    if with_frigate:
        fields[vol.Required(CONF_FRIGATE_MOTION, default=False)] = bool
    fields[vol.Optional(CONF_MOTION_SENSORS)] = _entities("binary_sensor")
    return vol.Schema(fields)


_ON: Final = vol.Schema(
    {
        vol.Optional(CONF_ON_CLASS): TextSelector(),
        vol.Optional(CONF_DEVICE_CLASS): SelectSelector(
            SelectSelectorConfig(
                options=list(DEVICE_CLASSES), translation_key=CONF_DEVICE_CLASS
            )
        ),
    }
)


def _rules() -> vol.Schema:
    rules = ConfirmationRules()
    return vol.Schema(
        {
            vol.Required(CONF_THRESHOLD, default=rules.threshold): fraction(),
            vol.Required(CONF_CONFIRMATIONS, default=rules.confirmations): number(
                1, 20
            ),
            vol.Required(CONF_SAVE_ATTEMPTS, default=DEFAULT_SAVE_FRAMES): number(
                0, 5000
            ),
            vol.Required(CONF_FAMILIARITY, default=True): bool,
            vol.Required(CONF_REFUSE_WORSE, default=False): bool,
        }
    )


def _entities(domain: str) -> EntitySelector:
    return EntitySelector(EntitySelectorConfig(domain=domain, multiple=True))


def _validated(
    user_input: dict[str, Any], before: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return clean data, and the key of an error for each wrong field."""
    rules = {**user_input[SECTION_RULES]}
    for key in (CONF_CONFIRMATIONS, CONF_SAVE_ATTEMPTS):
        rules[key] = int(rules[key])
    classes = clean_names(user_input[CONF_CLASSES])
    data = {
        **user_input,
        CONF_NAME: " ".join(user_input[CONF_NAME].split()),
        CONF_CLASSES: classes,
        SECTION_ON: _on(user_input[SECTION_ON], classes, before),
        SECTION_RULES: rules,
    }
    when, on_class = data[SECTION_WHEN], data[SECTION_ON].get(CONF_ON_CLASS)
    found = {
        CONF_NAME: name_error(data[CONF_NAME]),
        CONF_CLASSES: "two_classes"
        if len(classes) < _LEAST_CLASSES
        else class_error(classes),
        CONF_CAMERA_ENTITIES: None if _cameras(data) else "no_cameras",
        "base": None if _has_occasion(when) else "no_occasion",
    }
    errors = {field: error for field, error in found.items() if error}
    if on_class and on_class not in classes:
        errors.setdefault("base", "no_such_class")
    return data, errors


def _has_occasion(when: Mapping[str, Any]) -> bool:
    """Return whether there is ever an occasion to look."""
    return bool(
        when.get(CONF_INTERVAL)
        or when.get(CONF_FRIGATE_MOTION)
        or when.get(CONF_MOTION_SENSORS)
    )


def _on(
    entered: Mapping[str, Any], classes: list[str], before: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the section about the binary sensor; a renamed class stays "on"."""
    on = {key: value.strip() for key, value in entered.items() if value.strip()}
    known = before.get(CONF_CLASSES, ())
    gone = [name for name in known if name not in classes]
    added = [name for name in classes if name not in known]
    if gone == [on.get(CONF_ON_CLASS)] and len(added) == 1:
        on[CONF_ON_CLASS] = added[0]
    return on
