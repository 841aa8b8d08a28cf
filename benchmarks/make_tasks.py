"""Finer tasks and strangers from the shared photos, and digits from elsewhere.

PHOTOS holds cat_or_dog/{cat,dog}/<breed>_<number>.jpg and day_night/{day,night}/*.jpg.
Below .dev/tasks (or --into) it makes folders of links, anew each time:

  finer/<task>/<class>        groups of breeds, and single breeds
  neighbours/<task>/<class>   the class "unknown" holds others of the same kind
  with_none/<task>/<class>    the same with examples of `none`, of again others
  unrelated/<task>/<class>    the class "unknown" holds something else altogether
  digits/<task>/<class>       not of the photos: scanned digits (see `digits`)

They are for `scripts/benchmark learning .dev/tasks/finer` and
`scripts/benchmark learning .dev/tasks/neighbours --unknown unknown`.
"""

import argparse
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from .digits import write_digits

ROOT: Final = Path(__file__).parents[1]
PHOTOS: Final = ROOT.parent / "shared" / "data" / "images"
TASKS: Final = ROOT / ".dev" / "tasks"
UNKNOWN: Final = "unknown"

type Groups = Mapping[str, Iterable[str]]

SHORT_HAIRED: Final = (
    *("Abyssinian", "Bengal", "Bombay", "British_Shorthair", "Egyptian_Mau"),
    *("Russian_Blue", "Siamese"),
)
POINTED: Final = ("Birman", "Ragdoll", "Siamese")
SOLID: Final = ("Bombay", "British_Shorthair", "Russian_Blue")
SPOTTED: Final = ("Abyssinian", "Bengal", "Egyptian_Mau")
LONG_HAIRED: Final = ("Birman", "Maine_Coon", "Persian", "Ragdoll")
CATS: Final = (*SHORT_HAIRED, *LONG_HAIRED, "Sphynx")
SMALL: Final = (
    *("chihuahua", "havanese", "japanese_chin", "miniature_pinscher", "pomeranian"),
    *("pug", "yorkshire_terrier"),
)
LARGE: Final = (
    *("american_bulldog", "boxer", "english_setter", "german_shorthaired"),
    *("great_pyrenees", "leonberger", "newfoundland", "saint_bernard"),
)
TERRIERS: Final = (
    *("american_pit_bull_terrier", "scottish_terrier", "staffordshire_bull_terrier"),
    *("wheaten_terrier", "yorkshire_terrier"),
)
HOUNDS: Final = (
    *("basset_hound", "beagle", "english_cocker_spaniel", "english_setter"),
    "german_shorthaired",
)
SPITZES: Final = ("keeshond", "pomeranian", "samoyed", "shiba_inu")
DOGS: Final = tuple(sorted({*SMALL, *LARGE, *TERRIERS, *HOUNDS, *SPITZES}))


def single(*breeds: str) -> Groups:
    """Return groups of one breed each."""
    return {breed: (breed,) for breed in breeds}


def others(all_of_them: Iterable[str], *known: str) -> list[str]:
    """Return those that are not known."""
    return [breed for breed in all_of_them if breed not in known]


OUR_CATS: Final = ("Bombay", "Siamese", "Sphynx")
FOUR_CATS: Final = ("Bengal", "Maine_Coon", "Persian", "Siamese")
FOUR_DOGS: Final = ("boxer", "japanese_chin", "leonberger", "yorkshire_terrier")
FINER: Final[Mapping[str, Groups]] = {
    "cats_by_coat": {"short": SHORT_HAIRED, "long": LONG_HAIRED},
    "cats_by_pattern": {"pointed": POINTED, "solid": SOLID, "spotted": SPOTTED},
    "dogs_by_kind": {"terrier": TERRIERS, "hound": HOUNDS, "spitz": SPITZES},
    "dogs_by_size": {"small": SMALL, "large": LARGE},
    "four_cats": single(*FOUR_CATS),
    "four_dogs": single(*FOUR_DOGS),
    "our_cats": {**single(*OUR_CATS), "none": others(CATS, *OUR_CATS)},
    "twelve_cats": single(*CATS),
}
NEIGHBOURS: Final[Mapping[str, Groups]] = {
    "cats_then_dogs": {"short": SHORT_HAIRED, "long": LONG_HAIRED, UNKNOWN: DOGS},
    "dogs_then_cats": {"small": SMALL, "large": LARGE, UNKNOWN: CATS},
    "plain_cats_then_spotted": {"pointed": POINTED, "solid": SOLID, UNKNOWN: SPOTTED},
    "hunters_then_spitzes": {
        "terrier": TERRIERS,
        "hound": HOUNDS,
        UNKNOWN: SPITZES,
    },
    "four_cats_then_others": {
        **single(*FOUR_CATS),
        UNKNOWN: others(CATS, *FOUR_CATS),
    },
    "four_dogs_then_others": {
        **single(*FOUR_DOGS),
        UNKNOWN: others(DOGS, *FOUR_DOGS),
    },
}
OTHER_CATS: Final = others(CATS, *FOUR_CATS)
OTHER_DOGS: Final = others(DOGS, *FOUR_DOGS)
WITH_NONE: Final[Mapping[str, Groups]] = {
    "cats_then_dogs": {
        "short": SHORT_HAIRED,
        "long": LONG_HAIRED,
        "none": DOGS[::2],
        UNKNOWN: DOGS[1::2],
    },
    "four_cats_then_others": {
        **single(*FOUR_CATS),
        "none": OTHER_CATS[::2],
        UNKNOWN: OTHER_CATS[1::2],
    },
    "four_dogs_then_others": {
        **single(*FOUR_DOGS),
        "none": OTHER_DOGS[::2],
        UNKNOWN: OTHER_DOGS[1::2],
    },
}
UNRELATED: Final[Mapping[str, Groups]] = {
    "pets_then_scenes": {"cat": CATS, "dog": DOGS, UNKNOWN: ("day", "night")},
    "scenes_then_pets": {"day": ("day",), "night": ("night",), UNKNOWN: (*CATS, *DOGS)},
    "four_cats_then_scenes": {**single(*FOUR_CATS), UNKNOWN: ("day", "night")},
}


def main() -> None:
    """Make the folders."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "photos", metavar="PHOTOS", type=Path, nargs="?", default=PHOTOS
    )
    parser.add_argument("--into", metavar="DIR", type=Path, default=TASKS)
    options = parser.parse_args()
    make_tasks(options.photos, options.into)
    print(f"Made below {options.into}: finer, neighbours, with_none, unrelated, digits")


def make_tasks(photos: Path, into: Path) -> None:
    """Make all tasks below a folder; what was made there before is replaced."""
    pictures = _by_kind(photos)
    for name, tasks in (
        ("finer", FINER),
        ("neighbours", NEIGHBOURS),
        ("with_none", WITH_NONE),
        ("unrelated", UNRELATED),
    ):
        shutil.rmtree(into / name, ignore_errors=True)
        for task, groups in tasks.items():
            for class_name, kinds in groups.items():
                folder = into / name / task / class_name
                folder.mkdir(parents=True)
                for kind in kinds:
                    for path in pictures[kind]:
                        (folder / path.name).symlink_to(path.resolve())
    shutil.rmtree(into / "digits", ignore_errors=True)
    write_digits(into / "digits")


def _by_kind(photos: Path) -> dict[str, list[Path]]:
    """Return the photos of each breed, and those of the day and the night."""
    found: dict[str, list[Path]] = {kind: [] for kind in (*CATS, *DOGS, "day", "night")}
    for path in sorted(photos.glob("cat_or_dog/*/*.jpg")):
        found.get(path.stem.rpartition("_")[0], []).append(path)
    for path in sorted(photos.glob("day_night/*/*.jpg")):
        found[path.parent.name].append(path)
    missing = [kind for kind, paths in found.items() if not paths]
    if missing:
        raise SystemExit(f"{photos} has no photos of {', '.join(missing)}")
    return found


if __name__ == "__main__":
    main()
