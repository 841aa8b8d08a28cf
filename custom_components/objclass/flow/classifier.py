"""Creating a classifier, and changing it later."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)

from ..classifier import Classifier, classifier_folder
from ..const import (
    CONF_AGREEMENT,
    CONF_CAMERAS,
    CONF_CLASSES,
    CONF_FAMILIARITY,
    CONF_KIND,
    CONF_LABELS,
    CONF_MAX_ATTEMPTS,
    CONF_MIN_ATTEMPTS,
    CONF_REFUSE_WORSE,
    CONF_SAVE_ATTEMPTS,
    CONF_THRESHOLD,
    CONF_ZONES,
    KIND_ATTRIBUTE,
    KIND_SUB_LABEL,
    SECTION_CONDITION,
    SECTION_FILTER,
    SECTION_RULES,
)
from ..data import FrigateSide, ObjclassConfigEntry
from ..frigate.models import FrigateConfig
from ..learning.consensus import NONE, Rules
from ..learning.heads import HeadShelf
from ..learning.model_head import ModelShelf
from ..learning.samples import SampleStore, SampleStoreError
from ..settings import DEFAULT_SAVE_ATTEMPTS
from .condition import (
    async_rename_in_conditions,
    clean_condition,
    condition_section,
    refusal,
)
from .fields import choice, class_error, clean_names, fraction, name_error, number

# What happens to the crops of a class that was removed: their label goes, they stay.
UNLABEL: Final = "unlabel"


class ClassifierFlow(ConfigSubentryFlow):
    """One classifier of a Frigate."""

    # The classes that nobody has to name.
    always_there: tuple[str, ...] = (NONE,)

    def __init__(self) -> None:
        self._data: dict[str, Any] = {}
        self._orphaned: dict[str, int] = {}
        self._renamed: dict[str, str] = {}
        self._moves: dict[str, str] = {}
        # What the state of the labels was before they were moved, and is now.
        self._labels: Mapping[str, str] = {}
        self._placeholders: dict[str, str] = {}

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what is to be classified."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._data, errors = _validated(user_input)
            if self._is_taken(self._data[CONF_NAME]):
                errors[CONF_NAME] = "name_taken"
            if refused := refusal(self._get_entry(), self._own_id, self._data):
                errors[SECTION_CONDITION], placeholders = refused
                self._placeholders.update(placeholders)
            if not errors:
                try:
                    return await self._async_finish()
                except SampleStoreError as err:
                    errors["base"] = "storage_failed"
                    self._placeholders["error"] = str(err)
        elif self.source != SOURCE_USER:
            user_input = dict(self._get_reconfigure_subentry().data)
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _schema(self._get_entry(), self._own_id, user_input or {}), user_input
            ),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change what is classified; a program may say already what becomes of classes.

        `user_input` is None, or by class that goes another one, or `UNLABEL`.
        """
        self._moves = user_input or {}
        return await self.async_step_user()

    async def async_step_moves(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what becomes of the labelled crops of classes that are gone."""
        errors: dict[str, str] = {}
        if user_input is not None:
            moves = {
                old: None if new == UNLABEL else new for old, new in user_input.items()
            }
            renamed = {**self._renamed, **moves}
            self._renamed = {old: new for old, new in renamed.items() if new}
            try:
                await self._async_move(moves)
                await self._async_rename_in_heads()
            except (SampleStoreError, HomeAssistantError) as err:
                errors["base"] = "storage_failed"
                self._placeholders["error"] = str(err)
            else:
                return self._async_save()
        targets = [UNLABEL, *self._data[CONF_CLASSES], *self.always_there]
        return self.async_show_form(
            step_id="moves",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        name, default=self._renamed.get(name, UNLABEL)
                    ): SelectSelector(
                        SelectSelectorConfig(options=targets, translation_key="moves")
                    )
                    for name in self._orphaned
                }
            ),
            errors=errors,
            description_placeholders={
                "classes": ", ".join(
                    f"{name} ({count})" for name, count in self._orphaned.items()
                ),
                **self._placeholders,
            },
        )

    async def _async_finish(self) -> SubentryFlowResult:
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=self._data[CONF_NAME], data=self._data)
        before = self._get_reconfigure_subentry().data[CONF_CLASSES]
        gone = [name for name in before if name not in self._data[CONF_CLASSES]]
        added = [name for name in self._data[CONF_CLASSES] if name not in before]
        # A class that went while another came was most likely renamed.
        if len(gone) == 1 == len(added):
            self._renamed = {gone[0]: added[0]}
        self._renamed |= {
            old: new for old, new in self._moves.items() if new != UNLABEL
        }
        kept = {*self._data[CONF_CLASSES], *self.always_there}
        labelled = await self._async_labelled(gone)
        self._orphaned = {
            name: count for name, count in labelled.items() if name not in kept
        }
        if self._orphaned:
            return await self.async_step_moves()
        await self._async_rename_in_heads()
        return self._async_save()

    def _async_save(self) -> SubentryFlowResult:
        async_rename_in_conditions(
            self.hass, self._get_entry(), self._reconfigure_subentry_id, self._renamed
        )
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=self._data[CONF_NAME],
            data=self._data,
        )

    @property
    def _own_id(self) -> str | None:
        """The id of the classifier that is being changed."""
        return None if self.source == SOURCE_USER else self._reconfigure_subentry_id

    def _is_taken(self, name: str) -> bool:
        own = self._own_id
        return any(
            subentry.title.casefold() == name.casefold()
            for subentry in self._get_entry().subentries.values()
            if subentry.subentry_id != own
        )

    async def _async_labelled(self, gone: Sequence[str]) -> Mapping[str, int]:
        """Return the number of labelled crops by class. Raises SampleStoreError."""
        if classifier := self._loaded():
            if gone and not classifier.samples.store.readable:
                raise SampleStoreError(classifier.samples.store.damage)
            return classifier.samples.labelled
        return await self.hass.async_add_executor_job(_count, self._folder())

    async def _async_move(self, moves: Mapping[str, str | None]) -> None:
        if classifier := self._loaded():
            before = classifier.samples.state_of_labels
            await classifier.samples.async_move_labels(moves)
            self._labels = {before: classifier.samples.state_of_labels}
        else:
            self._labels = await self.hass.async_add_executor_job(
                _move, self._folder(), moves
            )

    async def _async_rename_in_heads(self) -> None:
        """Let trainings and a model that was brought know the new names.

        Raises SampleStoreError.
        """
        if self._renamed:
            try:
                await self.hass.async_add_executor_job(
                    _rename, self._folder(), self._renamed, self._labels
                )
            except OSError as err:
                raise SampleStoreError(str(err)) from err

    def _loaded(self) -> Classifier | None:
        entry: ObjclassConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return None
        return entry.runtime_data.classifiers.get(self._reconfigure_subentry_id)

    def _folder(self) -> Path:
        return classifier_folder(
            self.hass, self._get_entry().entry_id, self._reconfigure_subentry_id
        )


def _count(folder: Path) -> Mapping[str, int]:
    with closing(SampleStore(folder)) as samples:
        return samples.counts()


def _move(folder: Path, moves: Mapping[str, str | None]) -> dict[str, str]:
    with closing(SampleStore(folder)) as samples:
        before = samples.state_of_labels()
        samples.move_labels(moves)
        return {before: samples.state_of_labels()}


def _rename(
    folder: Path, renamed: Mapping[str, str], labels: Mapping[str, str]
) -> None:
    HeadShelf(folder).rename(renamed, labels)
    ModelShelf(folder).rename(renamed)


def frigate_of(entry: ConfigEntry) -> FrigateConfig | None:
    """Return what an entry's Frigate has, if there is one and it is known."""
    if entry.state is not ConfigEntryState.LOADED:
        return None
    frigate: FrigateSide | None = entry.runtime_data.frigate
    return frigate.config if frigate else None


def _schema(
    entry: ConfigEntry, own_id: str | None, current: Mapping[str, Any]
) -> vol.Schema:
    """Build the form from what Frigate tracks, and what was chosen before."""
    frigate = frigate_of(entry)
    labels = frigate.labels if frigate else ()
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_LABELS): choice(
                {*labels, *current.get(CONF_LABELS, ())}, custom=True
            ),
            vol.Required(CONF_CLASSES): choice(
                current.get(CONF_CLASSES, ()), custom=True
            ),
            vol.Required(CONF_KIND, default=KIND_SUB_LABEL): SelectSelector(
                SelectSelectorConfig(
                    options=[KIND_SUB_LABEL, KIND_ATTRIBUTE], translation_key=CONF_KIND
                )
            ),
            vol.Required(SECTION_FILTER): section(
                _filter(frigate, current.get(SECTION_FILTER, {})), {"collapsed": True}
            ),
            vol.Required(SECTION_CONDITION, default={}): condition_section(
                entry, own_id, frigate, current.get(SECTION_CONDITION, {})
            ),
            vol.Required(SECTION_RULES): section(_rules(), {"collapsed": True}),
        }
    )


def _filter(frigate: FrigateConfig | None, current: Mapping[str, Any]) -> vol.Schema:
    cameras = frigate.cameras if frigate else {}
    zones = {zone for camera in cameras.values() for zone in camera.zones}
    return vol.Schema(
        {
            vol.Optional(CONF_CAMERAS): choice(
                {*cameras, *current.get(CONF_CAMERAS, ())},
                names={name: camera.title for name, camera in cameras.items()},
            ),
            vol.Optional(CONF_ZONES): choice({*zones, *current.get(CONF_ZONES, ())}),
        }
    )


def _rules() -> vol.Schema:
    rules = Rules()
    return vol.Schema(
        {
            vol.Required(CONF_THRESHOLD, default=rules.threshold): fraction(),
            vol.Required(CONF_MIN_ATTEMPTS, default=rules.min_attempts): number(1, 50),
            vol.Required(CONF_AGREEMENT, default=rules.agreement): fraction(),
            vol.Required(CONF_MAX_ATTEMPTS, default=rules.max_attempts): number(1, 100),
            vol.Required(CONF_SAVE_ATTEMPTS, default=DEFAULT_SAVE_ATTEMPTS): number(
                0, 5000
            ),
            vol.Required(CONF_FAMILIARITY, default=True): bool,
            vol.Required(CONF_REFUSE_WORSE, default=False): bool,
        }
    )


def _validated(user_input: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return clean data, and the key of an error for each wrong field."""
    data = {**user_input, SECTION_RULES: {**user_input[SECTION_RULES]}}
    errors: dict[str, str] = {}
    data[CONF_NAME] = " ".join(user_input[CONF_NAME].split())
    if error := name_error(data[CONF_NAME]):
        errors[CONF_NAME] = error
    data[CONF_LABELS] = clean_names(user_input[CONF_LABELS])
    if not data[CONF_LABELS]:
        errors[CONF_LABELS] = "no_labels"
    # `none` is there anyway; writing it down is no mistake.
    classes = [name for name in clean_names(user_input[CONF_CLASSES]) if name != NONE]
    data[CONF_CLASSES] = classes
    if error := class_error(classes):
        errors[CONF_CLASSES] = error
    data[SECTION_CONDITION] = clean_condition(user_input)
    if not data[SECTION_CONDITION]:
        del data[SECTION_CONDITION]
    rules = data[SECTION_RULES]
    for key in (CONF_MIN_ATTEMPTS, CONF_MAX_ATTEMPTS, CONF_SAVE_ATTEMPTS):
        rules[key] = int(rules[key])
    if rules[CONF_MIN_ATTEMPTS] > rules[CONF_MAX_ATTEMPTS]:
        errors["base"] = "attempts_crossed"
    return data, errors
