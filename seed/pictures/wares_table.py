# Things for the kitchen, the table and the larder. The kit is in draw.py, the scenes are in scenes.py.
import math

from draw import TILT, lit, mix, num, oval_path, pt, shade, smooth
from lettering import width, write


def grain(g, outline, box, colour, gap=13, alpha=0.3, wave=9, width=2):
    """Wood: long wandering lines inside an outline, and a knot now and then."""
    x0, y0, x1, y1 = box
    d, y = "", y0
    while y < y1:
        a, b = g.rng.uniform(-wave, wave), g.rng.uniform(-wave, wave)
        d += f"M{pt(x0, y)}C{pt(x0 + (x1 - x0) * 0.33, y + a)} {pt(x0 + (x1 - x0) * 0.66, y + b)} {pt(x1, y + (a + b) * 0.3)}"
        y += gap * g.rng.uniform(0.4, 1.5)
    g.inside(
        outline,
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" opacity="{alpha}"/>',
    )


def mug(g, colour, r=165, h=262, drink="#4a2a18", raw=None):
    g.tube(
        (
            f"M{r - 10} {-h * 0.80:.0f}C{r + 122} {-h * 0.92:.0f} {r + 122} {-h * 0.16:.0f} {r - 20} {-h * 0.19:.0f}"
        ),
        35,
        colour,
        gloss=0.12,
    )
    out = g.turned(
        [(r, -h), (r * 0.985, -h * 0.5), (r * 0.93, -h * 0.16), (r * 0.78, -4)],
        colour,
        gloss=0.10,
        sharp=30,
    )
    g.speckle(out, shade(colour, -0.65), 110, (-r, -h, r, 24), alpha=0.4)
    if raw:
        g.inside(out, raw_foot(g, r, -h * 0.17, raw))
    g.sheen(out, -r * 0.70, -h * 0.9, -h * 0.22, 30, 0.34)
    g.mouth(-h, r, 11, colour, fill=drink, level=0.5, gloss=0.2)
    return [(0, r * 0.8)]


def raw_foot(g, r, y, colour):
    """The unglazed foot of a pot: a band of bare clay below a curved line."""
    part = g.part()
    part.wrap(r, y, 40, colour)
    part.line(
        f"M{-r} {num(y)}A{r} {num(r * TILT)} 0 0 0 {r} {num(y)}",
        shade(colour, -0.5),
        3,
        opacity=0.35,
    )
    return "".join(part.out)


def bowl(g, colour, r=250, h=170, inner=None, fill=None):
    out = g.turned(
        [
            (r, -h),
            (r * 0.96, -h * 0.72),
            (r * 0.78, -h * 0.33),
            (r * 0.45, -18),
            (r * 0.42, -16),
            (r * 0.42, -16),
            (r * 0.41, 0),
        ],
        colour,
        gloss=0.10,
        sharp=26,
    )
    g.speckle(out, shade(colour, -0.65), 110, (-r, -h, r, 10), alpha=0.35)
    g.sheen(out, -r * 0.74, -h * 0.92, -h * 0.35, 42, 0.3, 9)
    g.mouth(-h, r, 9, colour, inner=inner, fill=fill, level=0.55, gloss=0.2)
    return [(0, r * 0.43)]


def stacked(g, ware, colours, rise, r=250, h=170, **how):
    """The same open vessel several times; the near rim of each hides the foot of the next."""
    ware(g, colours[0], r=r, h=h, **how)
    rim = f"M-900 -1500H900V{-h}H{r - 4}A{r - 4} {num((r - 4) * TILT)} 0 0 1 {4 - r} {-h}H-900Z"
    for i, colour in enumerate(colours[1:]):
        part = g.part()
        ware(part, colour, r=r, h=h, **how)
        g.inside(
            rim.replace(f"V{-h}H", f"V{-h - rise * i}H").replace(f" {-h}H", f" {-h - rise * i}H"),
            f'<g transform="translate(0 {-rise * (i + 1)})">{"".join(part.out)}</g>',
        )
        g.outline.append(
            f'<g transform="translate(0 {-rise * (i + 1)})">{"".join(part.outline)}</g>'
        )
    return [(0, 110)]


def plate(g, colour, r=270, y=0, rim=None, gloss=0.12):
    """One plate lying flat."""
    out = g.turned(
        [(r, y - 26), (r * 0.92, y - 17), (r * 0.62, y - 4), (r * 0.58, y)], colour, gloss=0.1
    )
    g.disc(y - 26, r, colour, lift=0.04, gloss=gloss)
    well = r * 0.68
    g.path(
        oval_path(0, y - 22, well, well * TILT),
        g.doc.lin(
            [(0, shade(colour, -0.16)), (0.6, shade(colour, 0.05)), (1, shade(colour, 0.22))],
            0,
            0,
            1,
            0.4,
        ),
    )
    g.speckle(
        oval_path(0, y - 26, r, r * TILT),
        shade(colour, -0.65),
        90,
        (-r, y - 26 - r * TILT, r, y + 22),
        alpha=0.35,
    )
    if rim:
        g.line(oval_path(0, y - 26, r - 3, (r - 3) * TILT), rim, 5, opacity=0.9)
    return out


def plates(g, colours, r=280, rim=None):
    for i, colour in enumerate(colours):
        plate(g, colour, r, -i * 25, rim)
    return [(0, r * 0.62)]


def standing_plate(g, colour, r=250, rim=None):
    """A plate on its edge, facing the camera."""
    cy = -r
    base = lit(colour, (-0.1, 0.2, 0.95))
    g.path(
        oval_path(0, cy, r, r),
        g.doc.lin([(0, shade(base, 0.28)), (0.5, base), (1, shade(base, -0.25))], 0.1, 0, 0.9, 1),
        casts=True,
    )
    for share, a, b in ((0.965, -0.10, 0.10), (0.70, -0.16, 0.14), (0.665, 0.10, -0.08)):
        tone = g.doc.lin([(0, shade(base, a)), (1, shade(base, b))], 0.1, 0, 0.9, 1)
        g.path(oval_path(0, cy, r * share, r * share), tone)
    g.speckle(oval_path(0, cy, r, r), shade(colour, -0.65), 150, (-r, -2 * r, r, 0), alpha=0.35)
    if rim:
        g.line(oval_path(0, cy, r - 5, r - 5), rim, 8)
    g.soft(
        smooth([(-r * 0.80, cy + 40), (-r * 0.74, cy - r * 0.38), (-r * 0.3, cy - r * 0.78)]),
        "#fffaf0",
        8,
        0.5,
        width=16,
    )
    return [(0, r * 0.35)]


def teapot(g, colour, wood="#a9744a"):
    g.tube("M-205 -150C-310 -165 -300 -300 -372 -318", 58, colour, gloss=0.1)
    g.path(oval_path(-374, -322, 32, 15), shade(colour, -0.55), transform="rotate(-22 -374 -322)")
    g.tube("M150 -290C330 -390 380 -90 190 -95", 30, wood, gloss=0.1)
    out = g.turned(
        [(98, -352), (170, -318), (226, -245), (232, -170), (198, -72), (130, -8), (122, 0)],
        colour,
        gloss=0.12,
        sharp=24,
    )
    g.sheen(out, -150, -290, -110, 46, 0.34, 10)
    g.speckle(out, shade(colour, -0.6), 120, (-230, -350, 230, 10), alpha=0.35)
    lid = g.part()
    lid.turned(
        [(14, -420), (60, -408), (96, -374), (102, -352), (102, -352), (100, -346)],
        colour,
        gloss=0.12,
    )
    g.add(lid)
    g.ball(0, -436, 27, wood, gloss=0.15)
    return [(0, 124)]


def teacup(g, colour, r=88, h=120, drink="#b98a3c"):
    out = g.turned(
        [(r, -h), (r * 0.98, -h * 0.6), (r * 0.82, -h * 0.2), (r * 0.55, 0)], colour, gloss=0.1
    )
    g.sheen(out, -r * 0.68, -h * 0.9, -h * 0.3, 18, 0.35, 5)
    g.mouth(-h, r, 6, colour, fill=drink, level=0.45)
    return [(0, r * 0.6)]


def pitcher(g, colour):
    g.tube("M120 -470C290 -500 270 -170 150 -180", 36, colour, gloss=0.1)
    lip = "M-112 -536C-140 -552 -164 -552 -176 -540C-168 -512 -146 -478 -112 -452Z"
    g.path(
        lip,
        g.doc.lin(
            [
                (0, lit(colour, (-0.55, 0.5, 0.6))),
                (0.6, lit(colour, (-0.75, -0.1, 0.5))),
                (1, lit(colour, (-0.8, -0.4, 0.3))),
            ]
        ),
        casts=True,
    )
    out = g.turned(
        [(128, -520), (112, -440), (128, -360), (180, -240), (186, -150), (150, -40), (128, 0)],
        colour,
        gloss=0.12,
    )
    g.speckle(out, shade(colour, -0.6), 120, (-190, -520, 190, 10), alpha=0.35)
    g.sheen(out, -128, -250, -70, 40, 0.36, 9)
    g.sheen(out, -84, -500, -330, 22, 0.32, 7)
    g.mouth(-520, 128, 9, colour, gloss=0.2)
    return [(0, 128)]


def casserole(g, colour, r=270, h=190):
    for side in (-1, 1):
        g.tube(
            (
                f"M{side * (r - 6)} {-h * 0.84:.0f}C{side * (r + 78)} {-h * 0.9:.0f} {side * (r + 78)} {-h * 0.5:.0f} {side * (r - 8)} {-h * 0.54:.0f}"
            ),
            30,
            colour,
            gloss=0.3,
        )
    out = g.turned(
        [(r, -h), (r, -h * 0.25), (r * 0.96, -h * 0.08), (r * 0.88, 0)],
        colour,
        gloss=0.35,
        sharp=22,
    )
    g.sheen(out, -r * 0.72, -h * 0.9, -h * 0.15, 44, 0.4, 9)
    lid = g.part()
    top = lid.turned(
        [
            (20, -h - 96),
            (120, -h - 84),
            (r * 0.86, -h - 34),
            (r * 1.03, -h - 10),
            (r * 1.03, -h - 10),
            (r * 1.02, -h),
        ],
        colour,
        gloss=0.35,
        sharp=22,
    )
    lid.sheen(top, -r * 0.62, -h - 80, -h - 18, 70, 0.42, 10)
    knob = lid.part()
    knob.turned(
        [(34, -h - 138), (36, -h - 124), (18, -h - 112), (22, -h - 92)],
        "#c9a45c",
        gloss=0.8,
        sharp=14,
    )
    knob.disc(-h - 138, 34, "#d8b870", lift=0.1)
    lid.add(knob)
    g.add(lid)
    return [(0, r * 0.88)]


def saucepan(g, colour="#c4714a", r=190, h=190):
    g.tube(
        (
            f"M{r - 10} {-h * 0.80:.0f}C{r + 120} {-h * 0.84:.0f} {r + 240} {-h - 30} {r + 330} {-h - 34}"
        ),
        30,
        "#8a8580",
        gloss=0.8,
    )
    out = g.turned(
        [(r + 6, -h), (r, -h + 8), (r, -16), (r * 0.96, 0)], colour, gloss=0.9, sharp=9, lift=-0.06
    )
    for x, w, a in ((-r * 0.80, 34, 0.55), (-r * 0.42, 14, 0.28), (r * 0.62, 18, 0.30)):
        g.sheen(out, x, -h + 10, -2, w, a, 6)
    for y in (-h * 0.72, -h * 0.5, -h * 0.86):
        g.path(oval_path(r * 0.86, y, 8, 9), shade(colour, 0.3))
    g.mouth(-h, r + 6, 5, "#d9d4cd", inner="#cfc9c0", gloss=0.6)
    return [(0, r)]


def board(g, colour, w=300, h=620, r=90):
    """A serving board leaning on the wall."""
    d = (
        f"M{-w / 2 + r:.0f} {-h + 170}C{-w / 2 + 6:.0f} {-h + 176} {-w / 2:.0f} {-h + 240} {-w / 2:.0f} {-h + 290}V-34Q{-w / 2:.0f} 0"
        f" {-w / 2 + 34:.0f} 0H{w / 2 - 34:.0f}Q{w / 2:.0f} 0"
        f" {w / 2:.0f} -34V{-h + 290}C{w / 2:.0f} {-h + 240} {w / 2 - 6:.0f} {-h + 176} {w / 2 - r:.0f} {-h + 170}Q34"
        f" {-h + 140} 34 {-h + 90}V{-h + 34}Q34 {-h} 0 {-h}Q-34 {-h} -34 {-h + 34}V{-h + 90}Q-34"
        f" {-h + 140} {-w / 2 + r:.0f} {-h + 170}Z"
    )
    edge = g.part()
    edge.path(d, lit(colour, (0.6, -0.1, 0.3)), casts=True)
    g.add(edge, 9, 3)
    g.slab(d, colour, (-0.1, 0.2, 0.95), spread=0.14)
    rows = ""
    for i in range(17):
        x = -w / 2 - 30 + i * (w + 60) / 16 + g.rng.uniform(-8, 8)
        bend = g.rng.uniform(-34, 34)
        rows += f"M{pt(x, 10)}C{pt(x + bend, -h * 0.33)} {pt(x - bend, -h * 0.6)} {pt(x + bend * 0.4, -h - 10)}"
    g.inside(
        d,
        (
            f'<path d="{rows}" fill="none" stroke="{shade(colour, -0.55)}" stroke-width="5"'
            f' opacity=".22"/><path d="{rows}" transform="translate(9 0)" fill="none"'
            f' stroke="{shade(colour, 0.5)}" stroke-width="3" opacity=".20"/>'
        ),
    )
    g.path(oval_path(0, -h + 44, 14, 14), "#2c1a10", opacity="0.75")
    g.line(
        (
            f"M0 {-h + 44}C-40 {-h - 20} -26 {-h - 60} 0 {-h - 62}C26 {-h - 60} 40 {-h - 20} 0"
            f" {-h + 44}"
        ),
        "#5b3a22",
        6,
    )
    g.line(f"M{-w / 2 + 4:.0f} -40V{-h + 300}", shade(colour, 0.5), 3, opacity=0.5)
    return [(0, w * 0.46)]


def spoon(g, colour, length=560, head=62, slots=0, turn=0, fork=False):
    """A wooden spoon, bowl up, standing on its handle's end."""
    y = -length
    part = g.part()
    part.tube(f"M0 0L0 {y + head * 2}", 24, colour, gloss=0.05)
    d = smooth(
        [
            (0, y),
            (head * 0.82, y + head * 0.55),
            (head, y + head * 1.3),
            (head * 0.45, y + head * 2.2),
            (13, y + head * 2.75),
            (-13, y + head * 2.75),
            (-head * 0.45, y + head * 2.2),
            (-head, y + head * 1.3),
            (-head * 0.82, y + head * 0.55),
        ],
        close=True,
    )
    part.slab(d, colour, (-0.3, 0.2, 0.9), spread=0.14)
    if not slots and not fork:
        bowl_d = smooth(
            [
                (0, y + head * 0.2),
                (head * 0.66, y + head * 0.7),
                (head * 0.76, y + head * 1.35),
                (0, y + head * 2.2),
                (-head * 0.76, y + head * 1.35),
                (-head * 0.66, y + head * 0.7),
            ],
            close=True,
        )
        tone = lit(colour, (0, 0, 1))
        part.path(
            bowl_d,
            part.doc.lin(
                [(0, shade(tone, -0.42)), (0.6, shade(tone, -0.1)), (1, shade(tone, 0.2))],
                0,
                0.1,
                1,
                0.6,
            ),
        )
    for i in range(slots):
        x = (i - (slots - 1) / 2) * head * 0.5
        part.line(f"M{pt(x, y + head * 0.7)}V{num(y + head * 1.7)}", shade(colour, -0.8), 13)
    grain(part, d, (-head, y, head, y + head * 3), shade(colour, -0.5), gap=14, alpha=0.18)
    g.add(part, turn=turn)


def crock(g, colour, r=140, h=250):
    out = g.turned(
        [(r, -h), (r * 0.96, -h + 16), (r * 0.98, -h * 0.4), (r * 0.94, -14), (r * 0.9, 0)],
        colour,
        gloss=0.12,
    )
    g.speckle(out, shade(colour, -0.6), 120, (-r, -h, r, 16), alpha=0.35)
    g.sheen(out, -r * 0.68, -h * 0.9, -h * 0.2, 28, 0.32)


def crock_of_spoons(g, colour, woods):
    behind = g.part()
    behind.disc(-250, 140, shade(colour, -0.2))
    behind.path(oval_path(0, -250, 126, 126 * TILT), shade(colour, -0.75))
    g.add(behind)
    for i, (x, turn, wood) in enumerate(
        ((-60, -15, woods[0]), (66, 13, woods[1]), (4, -1, woods[2]))
    ):
        part = g.part()
        spoon(part, wood, 560 + 26 * (i == 2), 58, slots=3 if i == 1 else 0)
        g.add(part, x, -60, turn=turn)
    front = g.part()
    crock(front, colour)
    # the near half of the rim, in front of the handles
    front.line(
        f"M-134 -250A134 {num(134 * TILT)} 0 0 0 134 -250", lit(colour, (-0.2, 0.9, 0.3)), 11
    )
    g.add(front)
    return [(0, 126)]


def knife(g, blade="#cfd3d4", wood="#5a3c28"):
    """A kitchen knife lying flat, tip to the left; seen from above."""
    d = "M-470 60C-400 -40 -260 -74 130 -74L130 66L-300 66C-380 70 -440 68 -470 60Z"
    g.path(
        d,
        g.doc.lin(
            [(0, "#f3f3ef"), (0.35, blade), (0.6, shade(blade, -0.18)), (1, shade(blade, -0.30))],
            0,
            0,
            0.1,
            1,
        ),
        casts=True,
    )
    wave = smooth(
        [(-466, 61), (-380, 46), (-300, 50), (-210, 42), (-120, 50), (-30, 42), (60, 48), (130, 42)]
    )
    g.inside(d, f'<path d="{wave}L130 70L-470 70Z" fill="#fbfaf6" opacity=".75"/>')
    g.soft("M-350 -30L-60 -66L0 -66L-300 10Z", "#ffffff", 10, 0.5, clip=d)
    write(g, "日本", 66, 4, 30, "#55534f", weight=1.2, alpha=0.75)
    g.path("M126 -74H168V40H126Z", g.doc.lin([(0, "#e2d2ab"), (1, "#9a7d45")]), casts=True)
    handle = "M164 -66C260 -80 420 -78 478 -60Q496 -16 480 22C420 44 260 40 164 36Z"
    g.slab(handle, wood, (-0.1, 0.5, 0.8), spread=0.3)
    grain(g, handle, (164, -80, 490, 40), "#1d120d", gap=12, alpha=0.35)
    g.soft("M190 -52C280 -62 400 -60 460 -46L460 -36C400 -46 280 -50 190 -40Z", "#fff1dc", 5, 0.5)


def glass(g, profile, tint="#dfe9e6", water=None, level=0, thick=10, strength=1.0, dense=False):
    """A turned vessel of clear glass. water: colour; level: y of its surface."""
    (r0, y0), (r1, y1) = profile[0], profile[-1]
    part = g.part()
    d = part.turned(profile, tint)  # only for its outline and shadow
    g.outline += [o.replace("<path", '<path opacity=".45"') for o in part.outline]
    dark = mix(tint, "#3c4a4a", 0.55)
    rmax = max(r for r, _ in profile)
    edge = [
        (0, dark, 0.55 * strength),
        (0.06, "#ffffff", 0.42),
        (0.16, tint, 0.20),
        (0.5, "#ffffff", 0.10),
        (0.82, tint, 0.24),
        (0.94, dark, 0.30),
        (1, dark, 0.60 * strength),
    ]
    g.path(
        oval_path(0, y0, r0, r0 * TILT),
        g.doc.lin([(0, dark, 0.28), (1, "#ffffff", 0.30)], 0, 0, 1, 0.4),
    )
    if water:
        r = (
            next(
                (
                    ra + (rb - ra) * (level - ya) / max(yb - ya, 1)
                    for (ra, ya), (rb, yb) in zip(profile, profile[1:])
                    if ya <= level <= yb
                ),
                r1,
            )
            - thick
        )
        k = f"{num(r)} {num(r * TILT)}"
        body = (
            f"M{pt(-r, level)}A{k} 0 0 0"
            f" {pt(r, level)}L{pt(rmax, level)}V{num(y1 + 60)}H{num(-rmax)}V{num(level)}Z"
        )
        inner = (
            g.doc.lin(
                [
                    (0, shade(water, -0.45)),
                    (0.22, shade(water, 0.10)),
                    (0.5, water),
                    (1, shade(water, -0.45)),
                ],
                0,
                0,
                1,
                0,
            )
            if dense
            else g.doc.lin(
                [
                    (0, shade(water, -0.30), 0.9),
                    (0.2, water, 0.78),
                    (0.6, shade(water, 0.18), 0.70),
                    (1, shade(water, -0.30), 0.92),
                ],
                0,
                0,
                1,
                0,
            )
        )
        g.inside(
            d,
            (
                f'<path d="{body}" fill="{inner}"/><ellipse cx="0" cy="{num(level)}" rx="{num(r)}"'
                f' ry="{num(r * TILT)}" fill="{shade(water, 0.12 if dense else 0.32)}"'
                ' opacity=".85"/>'
            ),
        )
    g.path(d, g.doc.lin(edge, 0, 0, 1, 0), opacity=0.8 if dense else 1)
    g.soft(
        (
            f"M{pt(-r1 + 8, y1 - 4)}A{num(r1)} {num(r1 * TILT)} 0 0 0"
            f" {pt(r1 - 8, y1 - 4)}L{pt(r1 - 8, y1 - 20)}A{num(r1)} {num(r1 * TILT)} 0 0 1"
            f" {pt(-r1 + 8, y1 - 20)}Z"
        ),
        "#ffffff",
        4,
        0.55,
        clip=d,
    )
    g.line(oval_path(0, y0, r0 - 1, (r0 - 1) * TILT), "#ffffff", 3, opacity=0.75)
    return d


def tumbler(g, tint="#dfe9e6", r=92, h=190, water=None):
    d = glass(g, [(r, -h), (r * 0.9, -h * 0.4), (r * 0.82, 0)], tint, water, -h * 0.62)
    g.sheen(d, -r * 0.70, -h * 0.92, -12, 16, 0.7, 4)
    for i in range(-3, 4):
        x = r * 0.84 * math.sin(i * 0.42)
        g.inside(
            d,
            (
                f'<path d="M{pt(x * 1.1, -h)}L{pt(x, 20)}" stroke="#fff" stroke-width="3"'
                ' opacity=".28"/>'
            ),
        )
    return [(0, r * 0.8)]


def carafe(g, tint="#dfe9e6", water="#dbe8ea"):
    d = glass(
        g,
        [
            (64, -520),
            (60, -470),
            (66, -400),
            (120, -290),
            (156, -170),
            (158, -80),
            (138, -12),
            (132, 0),
        ],
        tint,
        water,
        -270,
    )
    g.sheen(d, -118, -240, -40, 26, 0.75, 6)
    g.sheen(d, -46, -500, -390, 12, 0.6, 4)
    for i in range(-4, 5):
        x = math.sin(i * 0.36)
        g.inside(
            d,
            (
                "<path"
                f' d="M{pt(56 * x, -520)}C{pt(70 * x, -380)} {pt(150 * x, -280)} {pt(152 * x, -120)}L{pt(136 * x, 20)}"'
                ' fill="none" stroke="#fff" stroke-width="3" opacity=".25"/>'
            ),
        )
    return [(0, 134)]


def kettle_steam(g, x=0, y=-300, alpha=0.28):
    for dx, s in ((-34, 1), (26, 1.2)):
        g.soft(
            smooth(
                [
                    (x + dx, y),
                    (x + dx - 24 * s, y - 60 * s),
                    (x + dx + 20 * s, y - 120 * s),
                    (x + dx - 14 * s, y - 190 * s),
                ]
            ),
            "#fffaf2",
            11,
            alpha,
            width=18,
        )
