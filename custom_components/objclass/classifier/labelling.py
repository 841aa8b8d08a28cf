"""Labels: a person says what the samples of a classifier show."""

from collections.abc import Iterable, Mapping, Sequence

from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..signals import SampleChanges
from .core import ClassifierCore


class Labelling(ClassifierCore):
    """Labelling and deleting samples."""

    async def async_label(
        self, sample_ids: Iterable[str], class_name: str | None
    ) -> dict[str, str | None]:
        """Give samples a class, or None.

        Return the ids that exist, each with the label that it had.
        """
        if class_name is not None and class_name not in self.settings.all_classes:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_class",
                translation_placeholders={
                    "class": class_name,
                    "classes": ", ".join(self.settings.all_classes),
                },
            )
        before = await self.async_files(self._label, list(sample_ids), class_name)
        self._async_samples_changed(SampleChanges(changed=list(before)))
        return before

    def _label(
        self, sample_ids: Sequence[str], class_name: str | None
    ) -> dict[str, str | None]:
        known = self.samples.labels(sample_ids)
        self.samples.label(known, class_name)
        self._count()
        return known

    async def async_note_imported(self, sample_ids: Sequence[str]) -> None:
        """Tell that labelled samples have come."""
        await self.async_files(self._count)
        self._async_samples_changed(SampleChanges(added=sample_ids))

    async def async_delete(self, sample_ids: Iterable[str]) -> int:
        """Remove samples for good; return how many there were."""
        before = await self.async_files(self._delete, list(sample_ids))
        self._async_samples_changed(SampleChanges(removed=list(before)))
        return len(before)

    def _delete(self, sample_ids: Sequence[str]) -> dict[str, str | None]:
        known = self.samples.labels(sample_ids)
        self.samples.delete(known)
        self._count()
        if self.last_crop and self.last_crop.sample_id in known:
            self.last_crop = self._newest_crop()
        return known

    async def async_move_labels(self, moves: Mapping[str, str | None]) -> None:
        """Give the samples of some classes another class, or none."""
        await self.async_files(self.samples.move_labels, moves)
        await self.async_recount()

    async def async_recount(self) -> None:
        """Count the samples anew."""
        await self.async_files(self._count)
        self._async_changed()
