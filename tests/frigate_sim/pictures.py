"""The pictures that the simulated Frigate serves, rendered when they are asked for."""

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Self

from PIL import Image, ImageDraw

from . import scene
from .cameras import Camera
from .objects import Frame, SimObject, region

_CONTENT_TYPES = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}
_THUMBNAIL_HEIGHT = 175
_STRIDES_PER_SECOND = 1.3
_CAMERA_MEMORY = 0.5
"""Seconds for which an object stays in the picture after its last detection."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """What Frigate draws on a picture and how it cuts it."""

    bbox: bool = False
    timestamp: bool = False
    crop: bool = False
    height: int | None = None
    quality: int = 70
    extension: str = "jpg"

    @property
    def content_type(self) -> str:
        """Return the content type of the answer."""
        return f"image/{_CONTENT_TYPES[self.extension]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Marks:
    """What there is to draw on a frame."""

    boxes: tuple[tuple[scene.Corners, str], ...]
    time: float


class Studio:
    """Renders in a thread of its own, so that the event loop stays free."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="frigate-sim-studio")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    async def best(
        self, seen: SimObject, others: Iterable[SimObject], style: Style
    ) -> bytes | None:
        """Return the best frame of an object, None before there is one."""
        best = seen.best
        if best is None:
            return None
        text = f"{seen.label}: {best.sighting.score:.0%}"
        marks = _Marks(boxes=((best.sighting.box, text),), time=best.time)
        return await self._make(seen.camera, best.time, others, marks, style)

    async def thumbnail(
        self, seen: SimObject, others: Iterable[SimObject], extension: str
    ) -> bytes | None:
        """Return the small square picture of an object."""
        style = Style(crop=True, height=_THUMBNAIL_HEIGHT, extension=extension)
        return await self.best(seen, others, style)

    async def latest(
        self, camera: Camera, objects: Iterable[SimObject], style: Style
    ) -> bytes:
        """Return what a camera sees now."""
        now = time.time()
        objects = tuple(objects)
        boxes = tuple(
            (frame.sighting.box, item.label)
            for item in objects
            if (frame := _frame_at(item, now))
        )
        marks = _Marks(boxes=boxes, time=now)
        return await self._make(camera, now, objects, marks, style)

    async def recorded(
        self, camera: Camera, objects: Iterable[SimObject], time: float, style: Style
    ) -> bytes:
        """Return what a camera saw at a time."""
        return await self._make(
            camera, time, objects, _Marks(boxes=(), time=time), style
        )

    async def portrait(self, appearance: scene.Appearance, side: int = 224) -> bytes:
        """Return a square PNG of something by itself, as in a dataset."""
        return await self._run(_portrait, appearance, side)

    async def _make(
        self,
        camera: Camera,
        time: float,
        objects: Iterable[SimObject],
        marks: _Marks,
        style: Style,
    ) -> bytes:
        actors = tuple(
            _actor(item, frame)
            for item in objects
            if item.camera == camera and (frame := _frame_at(item, time))
        )
        return await self._run(_encode, camera, time, actors, marks, style)

    async def _run[**P](
        self, work: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs
    ) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))


def _frame_at(seen: SimObject, time: float) -> Frame | None:
    """Return the frame of an object that was in the picture at this time."""
    frames = seen.frames
    if not frames or not frames[0].time <= time <= frames[-1].time + _CAMERA_MEMORY:
        return None
    return next(frame for frame in reversed(frames) if frame.time <= time)


def _actor(seen: SimObject, frame: Frame) -> scene.Actor:
    return scene.Actor(
        appearance=seen.appearance,
        box=frame.sighting.box,
        stride=frame.sighting.at * _STRIDES_PER_SECOND % 1,
        left=seen.walk.left,
    )


@lru_cache(maxsize=16)
def _render(
    name: str, size: tuple[int, int], time: float, actors: tuple[scene.Actor, ...]
) -> Image.Image:
    grain = int(time * 1000) % (1 << 31)
    return scene.render(name, size, actors, scene.light_at(time), grain)


def _encode(
    camera: Camera,
    time: float,
    actors: tuple[scene.Actor, ...],
    marks: _Marks,
    style: Style,
) -> bytes:
    picture = _render(camera.name, camera.size, time, actors)
    if style.bbox or style.timestamp:
        picture = _drawn_on(picture, marks, style)
    if style.crop and marks.boxes:
        square = region(marks.boxes[0][0], camera.size, smallest=300)
        picture = picture.crop((square[0], square[1], square[2], square[3]))
    if style.height:
        width = max(1, round(picture.width * style.height / picture.height))
        picture = picture.resize((width, style.height))
    data = BytesIO()
    kind = _CONTENT_TYPES[style.extension].upper()
    options = {"compress_level": 1} if kind == "PNG" else {"quality": style.quality}
    picture.save(data, kind, **options)
    return data.getvalue()


def _drawn_on(picture: Image.Image, marks: _Marks, style: Style) -> Image.Image:
    picture = picture.copy()
    draw = ImageDraw.Draw(picture)
    for box, text in marks.boxes if style.bbox else ():
        draw.rectangle(box, outline=(255, 0, 0), width=4)
        draw.rectangle([box[0], box[1] - 22, box[0] + 130, box[1]], fill=(255, 0, 0))
        draw.text((box[0] + 4, box[1] - 20), text, fill=(255, 255, 255), font_size=16)
    if style.timestamp:
        draw.text((10, 10), f"{marks.time:.3f}", fill=(255, 255, 255), font_size=24)
    return picture


def _portrait(appearance: scene.Appearance, side: int) -> bytes:
    high = round(side / max(appearance.aspect, 1))
    wide = round(high * appearance.aspect)
    figure = appearance.draw(wide, high, 0.25, left=False)
    picture = Image.new("RGB", (side, side), (120, 124, 118))
    picture.paste(figure, ((side - wide) // 2, (side - high) // 2), figure)
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
