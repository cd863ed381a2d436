"""Contact sheets to look at the training clips: `python sheet.py .train out.png asset:motion asset:motion ...`.

One row a clip: eight of its 16 frames in one view, then the rest frame; `asset` may be any part of a name.
"""

import sys

import numpy as np
from PIL import Image, ImageDraw


def contact_sheet(rows, labels, path, scale=2, label_width=190):
    """Save rows of pictures, each u8 [frames, h, w, 3], with a text label before every row."""
    h, w = rows[0].shape[1] * scale, rows[0].shape[2] * scale
    sheet = Image.new("RGB", (label_width + w * max(len(r) for r in rows), h * len(rows)), "white")
    draw = ImageDraw.Draw(sheet)
    for y, (row, label) in enumerate(zip(rows, labels, strict=True)):
        for x, frame in enumerate(row):
            sheet.paste(Image.fromarray(frame).resize((w, h), Image.NEAREST), (label_width + x * w, y * h))
        for k in range(0, len(label), 30):
            draw.text((4, y * h + 4 + 12 * (k // 30)), label[k : k + 30], fill="black")
    sheet.save(path)


def main(pack, out, *wanted):
    from clips import ClipSource

    sources = {s: ClipSource(pack, "cpu", split=s) for s in ("train",)}
    source = sources["train"]
    if wanted and wanted[0].isdigit():
        batch = source.batch(int(wanted[0]))
    else:
        spec = [w.rsplit(":", 1) for w in wanted]
        spec = [(next((n for n in source.index if a in n), a), m) for a, m in spec]
        batch = source.batch(spec=spec, augment=False, azimuth=0.9, elevation=0.2)
    video = batch.video[:, 0].permute(0, 2, 3, 4, 1).numpy()
    rest = batch.rest[:, 0].permute(0, 2, 3, 1).numpy()
    rows = [np.concatenate([v[::2], r[None]]) for v, r in zip(video, rest, strict=True)]
    labels = [f"{name[-28:]} {key} | {text}" for (name, key), text in zip(batch.keys, batch.captions, strict=True)]
    contact_sheet(rows, labels, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
