"""Films: animated PNGs."""

import io

import numpy as np
import series
from PIL import Image

from helpers import film, plots


def test_a_film_plays_all_figures_holds_the_last_and_shows_it_where_nothing_moves():
    steps = np.linspace(0, 1, 5)
    shown = film.show((plots.show_images(np.full((2, 28, 28), grey)) for grey in steps), seconds=2)
    content = Image.open(io.BytesIO(shown.data))
    pictures, times = [], []
    for place in range(content.n_frames):
        content.seek(place)
        pictures.append(np.asarray(content.convert("L"), int))
        times.append(content.info.get("duration"))
    still, *frames = pictures
    assert content.default_image and content.info["loop"] == 0
    assert times[1:] == [400, 400, 400, 400, 2000]
    darkness = [picture.mean() for picture in frames]
    assert darkness == sorted(darkness, reverse=True) and len(set(darkness)) == 5
    assert np.array_equal(still, frames[-1])


def test_the_film_of_readme_moves_and_is_small():
    path = series.ROOT / ".github" / "playground.png"
    film_of_readme = Image.open(path)
    assert film_of_readme.is_animated and film_of_readme.n_frames >= 20
    assert film_of_readme.info["loop"] == 0
    assert "transparency" not in film_of_readme.info  # it is read on black pages too
    assert path.stat().st_size < 1_500_000
