"""Film a run of lesson 06's playground: python .ci/film.py

Opens it in JupyterLab, presses *Play* at rate 0, and moves the rate to 0.5 while networks train on
5,000 images. Takes two minutes, and needs Chromium and the complete data. The film, an animated
PNG, is the one on top of README: `.github/playground.png`.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
import numpy as np
import series
from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright

sys.path += [str(series.ROOT / "tests"), str(series.ROOT / "tests" / "browser")]
from browsing import Lab
from test_playground import Player

FILM = series.ROOT / ".github" / "playground.png"
#: Milliseconds of each picture: at first, at rate 0, while the slider moves, at rate 0.5, at last.
TIMES = [800, *[150] * 12, *[350] * 5, *[250] * 7, 3000]


def play(player):
    """Play, and return pictures of it, as many as there are `TIMES`."""
    pictures = []

    def look():
        picture = Image.open(io.BytesIO(player.widget.screenshot())).convert("RGB")
        pictures.append(ImageOps.expand(picture, 11, "white"))

    sliders = player.widget.locator(".widget-hslider")
    rate, seeds = (sliders.filter(has_text=name).get_by_role("slider") for name in ("rate", "seed"))
    player.widget.evaluate("widget => widget.style.cssText += '; width: 808px; height: 624px'")
    with player.lab.changed(player.page, player.picture):
        rate.press("Home")
    seeds.press("End")
    player.choose("images", "5,000")
    rate.focus()
    look()
    player.press("Play")
    player.wait_for("After")
    for epochs in (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18):
        player.wait_until(epochs)
        look()
    for moved in (0.1, 0.2, 0.3, 0.4, 0.5):
        rate.press("ArrowRight")
        rate.press("ArrowRight")
        player.wait_for(f"dropout {moved}: ")
        look()
    for epochs in (22, 23, 24, 26, 28, 30, 32, 34):
        player.wait_until(epochs)
        look()
    return pictures


def main():
    series.require_complete_data()
    notebook = series.lessons()[5].notebook()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = code[:2] + [cell for cell in code if "widgets.Playground(" in cell.source]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "playground.ipynb")
        nbformat.write(notebook, path)
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        lab = Lab(chromium, Path(folder))
        lab.environment["MNIST_NPZ"] = os.environ.get("MNIST_NPZ", "")
        with lab:
            page = lab.open(path)
            lab.run_all(page)
            pictures = play(Player(lab, page))
    palette = Image.fromarray(np.concatenate(pictures)).quantize(64, Image.Quantize.FASTOCTREE)
    frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    options = {"append_images": frames, "duration": TIMES, "optimize": True}
    # Where nothing plays the film, its last picture stands for it.
    frames[-1].save(FILM, save_all=True, default_image=True, **options)
    print(f"{len(frames)} pictures, {sum(TIMES) / 1000} seconds, {FILM.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
