"""In what the simulated versions of Frigate differ (as read in their sources)."""

from dataclasses import dataclass

KNOWN = ("0.14.1", "0.15.2", "0.16.4", "0.17.2", "0.18.0")


@dataclass(frozen=True, slots=True)
class Version:
    """A version such as 0.17.2, and what it does."""

    text: str

    @property
    def minor(self) -> int:
        """The second number: 14 to 18."""
        return int(self.text.split(".")[1])

    @property
    def full_text(self) -> str:
        """What /api/version answers."""
        return f"{self.text}-5e1b2c3"

    @property
    def height_parameter(self) -> str:
        """The name of the query parameter that scales pictures."""
        return "h" if self.minor < 15 else "height"

    @property
    def picture_extensions(self) -> tuple[str, ...]:
        """In which formats thumbnails are served."""
        return ("jpg",) if self.minor < 16 else ("jpg", "jpeg", "png", "webp")

    @property
    def frame_extensions(self) -> tuple[str, ...]:
        """In which formats the latest frame is served."""
        return ("jpg",) if self.minor < 15 else ("jpg", "jpeg", "png", "webp")

    @property
    def recorded_extensions(self) -> tuple[str, ...]:
        """In which formats a frame of the recordings is served."""
        return ("png",) if self.minor < 15 else ("jpg", "png")

    @property
    def clean_extension(self) -> str:
        """In which format clean snapshots are kept."""
        return "png" if self.minor < 17 else "webp"

    @property
    def redraws_ended(self) -> bool:
        """Whether the parameters of a snapshot count once the object has ended."""
        return self.minor >= 18

    @property
    def tells_frame_time(self) -> bool:
        """Whether snapshots carry X-Frame-Time."""
        return self.minor >= 18

    @property
    def has_roles(self) -> bool:
        """Whether there are admins and viewers."""
        return self.minor >= 16

    @property
    def default_admin(self) -> bool:
        """Whether what is not allowed to viewers is for admins only."""
        return self.minor >= 17

    @property
    def writes_unstored(self) -> bool:
        """Whether an object without a database row accepts a sub label."""
        return self.minor >= 16

    @property
    def has_attributes(self) -> bool:
        """Whether there are custom classification models and the attributes API."""
        return self.minor >= 17

    @property
    def has_paths(self) -> bool:
        """Whether objects have path_data, and messages for each step along it."""
        return self.minor >= 16
