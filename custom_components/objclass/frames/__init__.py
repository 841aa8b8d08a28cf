"""Looking at whole camera pictures: when, at which camera, and for whom.

`sources` fetches a picture, `watch` knows when a classifier wants to look, and `feed`
looks at one camera for all the classifiers that want to.
"""

from .feed import Feed
from .frame_watch import FrameWatch
from .sources import NoPictureError, Source, camera_source

__all__ = ["Feed", "FrameWatch", "NoPictureError", "Source", "camera_source"]
