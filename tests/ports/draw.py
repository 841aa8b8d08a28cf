"""Draw two animals, as DIR/leo/*.jpg and DIR/charlie/*.jpg, the same every time."""

import sys
from pathlib import Path
from random import Random

from PIL import Image

from tests.frigate_sim.animals import CHARLIE, LEO, DrawnAnimal

PICTURES = 8
SIZE = (290, 200)


def main(folder: Path) -> None:
    """Draw them on the grey of a wall."""
    random = Random(1)
    for name, coat in (("leo", LEO), ("charlie", CHARLIE)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(PICTURES):
            animal = DrawnAnimal.vary(coat, random)
            drawn = animal.draw(*SIZE, random.random(), left=random.random() < 0.5)
            picture = Image.new("RGBA", SIZE, (random.randrange(60, 200),) * 3)
            picture.alpha_composite(drawn)
            picture.convert("RGB").save(folder / name / f"{number:02}.jpg", quality=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
