# Where objects stand: backdrop, table, window light, and the shadows they throw. The kit is in draw.py.
"""A stage is a wall and a floor in two tones of one palette, lit by a window at the upper left."""
import math

from draw import Group, lit, mix, num, oval_path, poly, pt, shade, smooth

# wall, floor, shadow
PALETTES = {
    "oat": ("#e9dfd0", "#ddcdb6", "#6b4f38"),
    "clay": ("#dcae92", "#cf9a7c", "#6d3822"),
    "sage": ("#bfc7b2", "#aab49a", "#3f4a34"),
    "mist": ("#c6d2d6", "#b1c1c7", "#37505c"),
    "blush": ("#ecd0c4", "#e0bbac", "#7c4538"),
    "honey": ("#ecc98b", "#e0b670", "#7d5319"),
    "fog": ("#dcdad5", "#cbc8c1", "#4a4640"),
    "moss": ("#8c957a", "#7a8368", "#2b311f"),
    "ink": ("#56626b", "#48535c", "#151b20"),
    "plum": ("#b79aa0", "#a5858c", "#48272f"),
    "chalk": ("#f1ece4", "#e6dfd3", "#6f6150"),
    "night": ("#3a434b", "#2d353c", "#0b0e11"),
    "dusk": ("#8a6a5e", "#785a4f", "#2c1913"),
}


class Stage:
    """The whole picture: w x h, a palette, and a floor that begins at `horizon`."""

    def __init__(self, doc, palette, w=1200, h=1200, horizon=760, view=None):
        self.doc, self.w, self.h, self.horizon, self.view = doc, w, h, horizon, view
        self.wall, self.floor, self.dark = PALETTES[palette]
        self.g = Group(doc)

    def backdrop(self, kind="cove", glow=0.55):
        doc, w, h, g, at = self.doc, self.w, self.h, self.g, self.horizon
        full = f"M0 0H{w}V{h}H0Z"
        light = doc.rad(
            [
                (0, shade(self.wall, glow)),
                (0.35, shade(self.wall, glow * 0.4)),
                (0.75, self.wall),
                (1, shade(self.wall, -0.20)),
            ],
            0.18 * w,
            0.12 * h,
            1.15 * max(w, h),
            user=True,
        )
        g.path(full, light)
        y0, y1 = (at - 70, at + 90) if kind == "cove" else (at - 2, at + 2)
        near = shade(self.floor, 0.10)
        g.path(
            f"M0 {y0}H{w}V{h}H0Z", doc.lin([(0, near, 0), (1, near, 1)], 0, y0, 0, y1, user=True)
        )
        g.path(
            f"M0 {y0}H{w}V{h}H0Z",
            doc.rad(
                [
                    (0, shade(self.floor, 0.42), 0.9),
                    (0.5, shade(self.floor, 0.15), 0.5),
                    (1, shade(self.floor, -0.25), 0.55),
                ],
                0.36 * w,
                0.74 * h,
                0.8 * max(w, h),
                user=True,
            )
            if kind != "cove"
            else doc.lin(
                [
                    (0, shade(self.floor, 0.2), 0),
                    (0.45, shade(self.floor, 0.22), 0.8),
                    (1, shade(self.floor, -0.10), 0.8),
                ],
                0,
                y0,
                0,
                h,
                user=True,
            ),
        )
        if kind == "table":
            g.path(
                f"M0 {at - 60}H{w}V{at}H0Z",
                doc.lin([(0, self.dark, 0), (1, self.dark, 0.16)], 0, at - 60, 0, at, user=True),
            )

    def timber(self, colour="#b98d63"):
        """Turn the floor into a wooden table top."""
        at, w, h, g, doc = self.horizon, self.w, self.h, self.g, self.doc
        base = lit(colour, (0, 0.9, 0.4))
        g.path(
            f"M0 {at}H{w}V{h}H0Z",
            doc.lin([(0, shade(base, 0.02)), (1, shade(base, -0.24))], 0, at, 0, h, user=True),
        )
        g.path(
            f"M0 {at}H{w}V{h}H0Z",
            doc.rad(
                [(0, shade(base, 0.5), 0.6), (1, shade(base, 0.5), 0)],
                0.24 * w,
                at,
                0.55 * w,
                user=True,
            ),
        )
        lines = ""
        y = at + 6.0
        while y < h:
            gap = 5 + (y - at) * 0.05
            wave = doc.rng.uniform(-3, 3)
            x = doc.rng.uniform(-w * 0.2, w * 0.9)
            lines += f"M{num(x)} {num(y)}Q{num(x + w * 0.3)} {num(y + wave)} {num(x + w * doc.rng.uniform(0.3, 0.9))} {num(y)}"
            y += gap * doc.rng.uniform(0.6, 1.5)
        g.line(lines, shade(base, -0.35), 2, opacity=0.28)
        g.path(f"M0 {at - 1}H{w}V{at + 3}H0Z", shade(base, 0.35), opacity=0.7)

    def window(self, x=60, y=30, w=520, h=640, alpha=0.42, lean=0.28, panes=(2, 3), leaves=True):
        """Sunlight through a window, falling on the wall, with a branch in front of it."""
        cols, rows = panes
        x, w = x + self.doc.rng.uniform(-40, 60), w * self.doc.rng.uniform(0.9, 1.1)
        quads = ""
        for i in range(cols):
            for j in range(rows):
                x0, x1 = x + w * i / cols + 9, x + w * (i + 1) / cols - 9
                y0, y1 = y + h * j / rows + 9, y + h * (j + 1) / rows - 9
                quads += poly(
                    [
                        (x0 + (y0 - y) * lean, y0 + (x0 - x) * 0.12),
                        (x1 + (y0 - y) * lean, y0 + (x1 - x) * 0.12),
                        (x1 + (y1 - y) * lean, y1 + (x1 - x) * 0.12),
                        (x0 + (y1 - y) * lean, y1 + (x0 - x) * 0.12),
                    ]
                )
        self.g.soft(quads, "#fff6e0", 9, alpha, margin=7)
        if leaves:
            self.branch(
                x + w * self.doc.rng.uniform(0.75, 1.2), y - 40, h * self.doc.rng.uniform(0.6, 0.85)
            )

    def branch(self, x, y, length, alpha=0.20):
        """The shadow of a branch: alternate leaves along a bent stem."""
        rng, d = self.doc.rng, ""
        stem = [
            (x - length * (0.62 * t + 0.1 * math.sin(3 * t)), y + length * t)
            for t in (i / 12 for i in range(13))
        ]
        for i, (px, py) in enumerate(stem):
            turn = 2.15 + (0.75 if i % 2 else -0.75) + rng.uniform(-0.25, 0.25)
            size = length * rng.uniform(0.20, 0.28) * (1 - i * 0.03)
            tip = (px + math.cos(turn) * size, py + math.sin(turn) * size)
            side = (math.cos(turn + 1.57) * size * 0.34, math.sin(turn + 1.57) * size * 0.34)
            mid = (px + (tip[0] - px) * 0.4, py + (tip[1] - py) * 0.4)
            d += (
                f"M{pt(px, py)}Q{pt(mid[0] + side[0], mid[1] + side[1])} {pt(*tip)}"
                f"Q{pt(mid[0] - side[0], mid[1] - side[1])} {pt(px, py)}Z"
            )
        stroke = f'<path d="{smooth(stem)}" fill="none" stroke="{self.dark}" stroke-width="7"/>'
        self.g.put(
            f'<g filter="{self.doc.blur(8, 14)}" opacity="{alpha:g}"><path d="{d}"'
            f' fill="{self.dark}"/>{stroke}</g>'
        )

    def arch(self, cx=600, w=640, top=180, deep=True):
        """A niche in the wall, round at the top."""
        r, at, g = w / 2, self.horizon, self.g
        d = (
            f"M{pt(cx - r, at)}V{num(top + r)}A{num(r)} {num(r)} 0 0 1"
            f" {pt(cx + r, top + r)}V{num(at)}Z"
        )
        tone = shade(self.wall, -0.16 if deep else 0.28)
        g.path(
            d,
            self.doc.lin(
                [(0, shade(tone, -0.16)), (0.5, tone), (1, shade(tone, 0.18))], 0, 0, 1, 0.4
            ),
        )
        fade = self.doc.lin(
            [(0, self.dark, 0.55), (0.5, self.dark, 0.28), (0.9, self.dark, 0)],
            cx - r,
            0,
            cx + r * 0.9,
            0,
            user=True,
        )
        self.g.soft(d, fade, 18, 1, clip=d, width=56)
        rim = (
            f"M{pt(cx + r, at)}V{num(top + r)}A{num(r)} {num(r)} 0 0 0"
            f" {pt(cx + r * 0.6, top + r * 0.2)}"
        )
        g.line(rim, shade(self.wall, 0.6), 3, opacity=0.55)

    def sun(self, cx=760, cy=430, r=300):
        """A large pale disc on the wall behind the object."""
        tone = shade(self.wall, 0.38)
        self.g.path(
            oval_path(cx, cy, r, r),
            self.doc.lin([(0, tone), (1, mix(tone, self.wall, 0.55))], 0, 0, 0.6, 1),
        )

    def plinth(self, cx, y, r, height, colour=None, square=False):
        """A round or square stand whose top centre is at (cx, y)."""
        colour = colour or mix(self.wall, self.floor, 0.5)
        part = Group(self.doc)
        if square:
            part.crate(-r, 0, r * 1.85, height, colour, depth=0.32, r=3)
        else:
            part.turned([(r, -height), (r, 0)], colour, lift=0.02)
            part.disc(-height, r, colour, lift=0.06)
        self.place(part, cx, y + height, strength=0.8)

    def place(
        self,
        group,
        x=600,
        y=940,
        scale=1.0,
        strength=1.0,
        contact=None,
        reach=1.0,
        turn=0,
        flip=False,
    ):
        """Stand a group on the floor: its cast shadow, the dark where it touches, then itself."""
        doc, tall = self.doc, 620
        fade = doc.lin(
            [
                (0, self.dark, 0.50 * strength),
                (0.45, self.dark, 0.24 * strength),
                (1, self.dark, 0.02),
            ],
            0,
            0,
            0,
            -tall,
            user=True,
        )
        if group.outline:
            inner = "".join(group.outline)
            cast = (
                f'<g transform="matrix(1 0 {num(-0.72 * reach)} 0.16 0 0)"'
                f' fill="{fade}">{inner}</g>'
            )
            cast = cast.replace('stroke="#000"', f'stroke="{fade}"')
            shadow = f'<g filter="{doc.blur(13, 20)}">{cast}</g>'
        else:
            shadow = ""
        touch = ""
        for cx, rx, *more in contact or []:
            cy, ry = more + [0, rx * 0.25 + 5][len(more) :]
            fill = doc.rad(
                [
                    (0, self.dark, 0.75 * strength),
                    (0.72, self.dark, 0.55 * strength),
                    (1, self.dark, 0),
                ]
            )
            touch += (
                f'<ellipse cx="{num(cx + 4)}" cy="{num(cy + 3)}" rx="{num(rx * 1.13)}"'
                f' ry="{num(ry)}" fill="{fill}"/>'
            )
        move = f"translate({pt(x, y)})" + (f" rotate({turn})" if turn else "")
        move += f" scale({-scale if flip else scale:g} {scale:g})" if scale != 1 or flip else ""
        body = f'<g transform="scale(-1 1)">{shadow}</g>' if flip else shadow
        self.g.put(f'<g transform="{move}">{body}{touch}{"".join(group.out)}</g>')

    def hang(self, group, x=600, y=300, scale=1.0, strength=1.0, drop=(26, 30), std=20, turn=0):
        """Something against the wall, or lying and seen from above: its shadow falls right and down."""
        inner = "".join(group.outline).replace('stroke="#000"', f'stroke="{self.dark}"')
        spin = f" rotate({turn})" if turn else ""
        shadow = (
            f'<g filter="{self.doc.blur(std, 13)}" opacity="{0.42 * strength:g}"'
            f' fill="{self.dark}">'
            f'<g transform="translate({pt(x + drop[0], y + drop[1])}){spin} scale({scale:g})">{inner}</g></g>'
        )
        close = (
            f'<g filter="{self.doc.blur(4, 5)}" opacity="{0.35 * strength:g}" fill="{self.dark}">'
            f'<g transform="translate({pt(x + 5, y + 6)}){spin} scale({scale:g})">{inner}</g></g>'
        )
        self.g.put(shadow + close)
        self.g.put(
            f'<g transform="translate({pt(x, y)}){spin} scale({scale:g})">{"".join(group.out)}</g>'
        )

    def flat(self):
        """No wall: the camera looks straight down on one surface."""
        w, h = self.w, self.h
        self.g.path(
            f"M0 0H{w}V{h}H0Z",
            self.doc.rad(
                [
                    (0, shade(self.wall, 0.42)),
                    (0.5, shade(self.wall, 0.08)),
                    (1, shade(self.wall, -0.2)),
                ],
                0.22 * w,
                0.16 * h,
                1.2 * max(w, h),
                user=True,
            ),
        )

    def vignette(self):
        w, h = self.w, self.h
        self.g.path(
            f"M0 0H{w}V{h}H0Z",
            self.doc.rad(
                [(0, self.dark, 0), (0.62, self.dark, 0), (1, self.dark, 0.26)],
                0.42 * w,
                0.44 * h,
                0.82 * max(w, h),
                user=True,
            ),
        )

    def svg(self):
        view = self.view or (0, 0, self.w, self.h)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg"'
            f' viewBox="{" ".join(num(v) if v else "0" for v in view)}" width="{self.w}"'
            f' height="{self.h}"><defs>{"".join(self.doc.defs)}</defs>{"".join(self.g.out)}</svg>\n'
        )
