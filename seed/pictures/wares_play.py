# Toys and gifts. The kit is in draw.py, the scenes are in scenes_small.py.
import math

from draw import box_path, lit, num, oval_path, poly, pt, shade, smooth
from lettering import write
from wares_home import stem
from wares_soft import scarf
from wares_table import grain


def rainbow(g, colours=("#b5532f", "#d9903f", "#e3bd6a", "#8fa080", "#5d7f8c", "#6d5a72")):
    """Nested wooden arches."""
    r, wall = 330, 50
    for colour in colours:
        d = (
            f"M{-r} 0V{-r * 0.12:.0f}A{r} {r} 0 0 1"
            f" {r} {-r * 0.12:.0f}V0H{r - wall}V{-r * 0.12:.0f}A{r - wall} {r - wall} 0 0 0"
            f" {-r + wall} {-r * 0.12:.0f}V0Z"
        )
        side = g.part()
        side.path(d, lit(shade(colour, -0.1), (0.7, 0.1, 0.4)), casts=True)
        g.add(side, 24, -14)
        tone = lit(colour, (-0.1, 0.15, 0.95))
        g.path(
            d,
            g.doc.lin([(0, shade(tone, 0.20)), (0.5, tone), (1, shade(tone, -0.16))], 0, 0, 1, 0.6),
            casts=True,
        )
        rows = "".join(
            f"M{-r + k} 0V{-r * 0.12:.0f}A{r - k} {r - k} 0 0 1 {r - k} {-r * 0.12:.0f}V0"
            for k in range(9, wall, 13)
        )
        g.line(rows, shade(colour, -0.6), 2, opacity=0.18)
        g.soft(
            f"M{-r + 9} 0V{-r * 0.12:.0f}A{r - 9} {r - 9} 0 0 1 {r * 0.2:.0f} {-r * 1.08:.0f}",
            "#fff6e6",
            4,
            0.40,
            clip=d,
            width=7,
        )
        r -= wall + 4
    return [(12, 350, -6, 26)]


def car(g, colour, wheel="#5a3d28"):
    """A wooden push car."""
    for x in (-150, 190):
        g.ball(x, -62, 60, shade(wheel, -0.4))
    d = (
        "M-300 -70V-130C-300 -176 -270 -190 -230 -194C-190 -200 -170 -290 -90 -312C0 -330 70 -326"
        " 120 -280C146 -254 160 -214 190 -204C260 -196 300 -176 300 -120V-70Q300 -50 276"
        " -50H-276Q-300 -50 -300 -70Z"
    )
    edge = g.part()
    edge.path(d, lit(colour, (0.5, 0.7, 0.3)), casts=True)
    g.add(edge, 26, -16)
    g.slab(d, colour, (-0.2, 0.1, 0.95), spread=0.16, gloss=0.06)
    grain(g, d, (-300, -320, 300, -50), shade(colour, -0.6), gap=16, alpha=0.16)
    for window in (
        "M-146 -206C-130 -262 -100 -284 -20 -288V-206Z",
        "M10 -206V-288C70 -290 104 -262 126 -206Z",
    ):
        g.path(window, g.doc.lin([(0, "#f3ead8"), (1, "#c9b48c")], 0, 0, 1, 1))
        g.soft(window, "#1d120d", 5, 0.0)
        g.line(window, shade(colour, -0.5), 4, opacity=0.5)
    g.soft("M-270 -170C-200 -186 -160 -290 -60 -310", "#fffaf0", 7, 0.5, clip=d, width=12)
    for x in (-170, 170):
        g.soft(oval_path(x + 8, -52, 70, 66), "#1d120d", 9, 0.5, clip=d)
        g.ball(x, -64, 64, wheel, gloss=0.1)
        g.path(oval_path(x, -64, 44, 44), lit("#d9b98a", (-0.1, 0.1, 0.95)))
        for k in (38, 28, 17):
            g.line(oval_path(x, -64, k, k), "#8a6236", 2, opacity=0.35)
        g.ball(x, -64, 13, "#c39a4e", gloss=0.5)
    return [(-170, 50, 0, 15), (170, 50, 0, 15), (0, 300, -10, 14)]


def fur(g, cx, cy, rx, ry, colour, count, length=13):
    """Boucle: short curls over an oval, lit like a ball."""
    for i in range(count):
        a, k = g.rng.uniform(0, 6.283), math.sqrt(g.rng.uniform(0, 1))
        x, y = cx + math.cos(a) * rx * k, cy + math.sin(a) * ry * k
        n = (math.cos(a) * k, -math.sin(a) * k, math.sqrt(max(0.02, 1 - k * k)))
        t = g.rng.uniform(0, 6.283)
        g.line(
            (
                f"M{pt(x, y)}q{num(math.cos(t) * length)} {num(math.sin(t) * length)} {num(math.cos(t + 1.4) * length)} {num(math.sin(t + 1.4) * length)}"
            ),
            lit(shade(colour, g.rng.uniform(-0.16, 0.22)), n),
            5,
            opacity=0.75,
        )


def bear(g, colour="#b98a5c", muzzle="#e6d3b0", scarf="#b5432f"):
    """A sitting boucle bear."""

    def lump(x, y, rx, ry, c, n, casts=True):
        g.ball(x, y, ry, c, rx=rx, casts=casts)
        fur(g, x, y, rx, ry, c, n)

    for side in (-1, 1):
        lump(side * 176, -250, 66, 116, colour, 60)
    lump(0, -196, 186, 200, colour, 190)
    lump(0, -170, 116, 128, shade(colour, 0.3), 90, casts=False)
    for side in (-1, 1):
        lump(side * 176, -64, 104, 76, colour, 80)
        lump(side * 206, -66, 56, 56, muzzle, 40, casts=False)
    for side in (-1, 1):
        lump(side * 132, -590, 66, 66, colour, 46)
        lump(side * 134, -582, 36, 36, muzzle, 18, casts=False)
    lump(0, -478, 176, 158, colour, 190)
    neck = smooth(
        [
            (-150, -352),
            (-60, -316),
            (60, -316),
            (150, -352),
            (158, -310),
            (60, -268),
            (-60, -268),
            (-158, -310),
        ],
        close=True,
    )
    tail = smooth([(30, -300), (92, -296), (122, -160), (70, -148), (44, -220)], close=True)
    g.soft(neck, "#1d120d", 10, 0.45)
    for d in (tail, neck):
        g.slab(d, scarf, (-0.2, 0.2, 0.95), spread=0.2)
        g.path(
            d,
            g.doc.pattern(
                14,
                11,
                (
                    f'<path d="M0 0L7 7L14 0" fill="none" stroke="{shade(scarf, -0.7)}"'
                    ' stroke-width="2.4" opacity=".4"/><path d="M0 5L7 12L14 5" fill="none"'
                    f' stroke="{shade(scarf, 0.5)}" stroke-width="2" opacity=".3"/>'
                ),
            ),
        )
    lump(0, -432, 82, 64, muzzle, 50, casts=False)
    g.path(
        "M-26 -466C-20 -480 20 -480 26 -466C26 -450 8 -440 0 -438C-8 -440 -26 -450 -26 -466Z",
        "#2c1c12",
    )
    g.soft(oval_path(-8, -468, 8, 4), "#ffffff", 2, 0.6)
    g.line(
        "M0 -438V-416M0 -416C-14 -400 -32 -402 -38 -412M0 -416C14 -400 32 -402 38 -412",
        "#2c1c12",
        5,
    )
    for side in (-1, 1):
        g.ball(side * 70, -506, 16, "#2c1c12", gloss=0.9, casts=False)
    return [(0, 250, -6, 30)]


def whale(g, colour="#5d7f8c", wheel="#c49a66"):
    """A wooden pull-along whale with a cord."""
    g.line("M-330 -90C-430 -60 -470 -10 -560 -8", "#b5532f", 8, casts=True)
    g.ball(-566, -14, 22, "#d9b98a")
    d = (
        "M-330 -90C-350 -230 -220 -320 -60 -316C90 -312 150 -230 210 -214C240 -250 230 -300 260"
        " -330C290 -320 300 -290 304 -270C330 -284 360 -284 384 -262C360 -220 320 -190 290 -170C270"
        " -90 200 -60 120 -56H-280C-310 -56 -326 -64 -330 -90Z"
    )
    edge = g.part()
    edge.path(d, lit(colour, (0.5, 0.7, 0.3)), casts=True)
    g.add(edge, 24, -14)
    g.slab(d, colour, (-0.2, 0.1, 0.95), spread=0.18)
    belly = (
        "M-330 -96C-200 -140 100 -150 250 -110C200 -60 160 -56 120 -56H-280C-310 -56 -326 -70 -330"
        " -96Z"
    )
    g.inside(d, f'<path d="{belly}" fill="{lit("#efe2c8", (-0.1, 0, 0.95))}"/>')
    grain(g, d, (-340, -330, 390, -50), shade(colour, -0.6), gap=17, alpha=0.14)
    g.path(oval_path(-228, -186, 13, 14), "#22180f")
    g.path(oval_path(-232, -191, 4, 4), "#ffffff")
    g.line("M-300 -124C-270 -112 -240 -116 -222 -132", shade(colour, -0.7), 5)
    g.soft("M-300 -200C-260 -280 -140 -304 -40 -298", "#fffaf0", 7, 0.45, clip=d, width=13)
    for x in (-200, 130):
        g.ball(x, -50, 50, wheel, gloss=0.08)
        for k in (38, 26, 14):
            g.line(oval_path(x, -50, k, k), shade(wheel, -0.6), 2, opacity=0.35)
        g.ball(x, -50, 9, "#7c4a2a")
    return [(-200, 40, 0, 13), (130, 40, 0, 13), (0, 270, -10, 13)]


def gift_card(g, ground, ink, leafy=True):
    d = box_path(-330, -208, 660, 416, 30)
    g.slab(d, ground, (-0.2, 0.2, 0.95), spread=0.16)
    art = g.part()
    stem(art, [(230, 230), (200, 40), (270, -200)], 7, shade(ground, -0.3), 120, 7)
    stem(art, [(330, 200), (300, 60), (330, -120)], 5, shade(ground, 0.25), 110, 7)
    g.inside(d, "".join(art.out))
    write(g, "ALMERY", -280, -94, 46, ink, weight=1.2, spacing=6, align=0)
    write(g, "GIFT CARD", -280, 150, 18, ink, weight=1.4, align=0)
    g.line("M-280 -64H-190", ink, 2.5)
    g.soft("M-330 -120L40 -208L140 -208L-330 40Z", "#ffffff", 18, 0.16, clip=d)


def parcel(g, paper, ribbon, w=440, h=270):
    """A wrapped box with a ribbon and a bow."""
    g.crate(-w / 2, 0, w, h, paper, depth=0.5, r=4)
    dx, dy = w * 0.5 * 0.42, -w * 0.5 * 0.30
    rb = lit(ribbon, (-0.2, 0.1, 0.95))
    g.path(
        f"M-34 0V{-h}H34V0Z", g.doc.lin([(0, shade(rb, 0.15)), (1, shade(rb, -0.15))], 0, 0, 1, 0)
    )
    g.path(
        poly([(-34, -h), (34, -h), (34 + dx, -h + dy), (-34 + dx, -h + dy)]),
        lit(ribbon, (-0.1, 0.9, 0.3)),
    )
    g.path(
        poly(
            [
                (-w / 2 + dx * 0.38, -h + dy * 0.38),
                (w / 2 + dx * 0.38, -h + dy * 0.38),
                (w / 2 + dx * 0.66, -h + dy * 0.66),
                (-w / 2 + dx * 0.66, -h + dy * 0.66),
            ]
        ),
        shade(lit(ribbon, (-0.1, 0.9, 0.3)), 0.06),
    )
    g.path(
        poly(
            [
                (w / 2 + dx * 0.38, -h + dy * 0.38),
                (w / 2 + dx * 0.66, -h + dy * 0.66),
                (w / 2 + dx * 0.66, dy * 0.66),
                (w / 2 + dx * 0.38, dy * 0.38),
            ]
        ),
        lit(ribbon, (0.85, 0, 0.4)),
    )
    cx, cy = dx * 0.52, -h + dy * 0.55
    for side in (-1, 1):
        d = smooth(
            [
                (cx, cy),
                (cx + side * 70, cy - 84),
                (cx + side * 170, cy - 92),
                (cx + side * 176, cy - 30),
                (cx + side * 90, cy + 6),
            ],
            close=True,
        )
        g.slab(d, ribbon, (-0.3 * side, 0.4, 0.8), spread=0.24)
        inner = smooth(
            [
                (cx + side * 30, cy - 14),
                (cx + side * 90, cy - 62),
                (cx + side * 140, cy - 64),
                (cx + side * 140, cy - 34),
                (cx + side * 80, cy - 10),
            ],
            close=True,
        )
        g.path(inner, shade(lit(ribbon, (0.3, -0.3, 0.6)), -0.35))
        tail = f"M{cx:.0f} {cy:.0f}C{cx + side * 40:.0f} {cy + 30:.0f} {cx + side * 90:.0f} {cy + 40:.0f} {cx + side * 124:.0f} {cy + 92:.0f}L{cx + side * 84:.0f} {cy + 96:.0f}C{cx + side * 60:.0f} {cy + 60:.0f} {cx + side * 20:.0f} {cy + 40:.0f} {cx - side * 10:.0f} {cy + 14:.0f}Z"
        g.slab(tail, ribbon, (-0.2 * side, 0.3, 0.9), spread=0.16)
    g.ball(cx, cy - 10, 30, ribbon, rx=34)
    return [(40, w * 0.55, -14, 30)]


def sheet(g, accent="#8e3b46"):
    """A printed knitting pattern: a page with a hat and a chart."""
    under = g.part()
    under.slab(box_path(-270, -370, 540, 740, 4), "#efe7d8", (-0.1, 0.1, 0.95), spread=0.06)
    g.add(under, 26, 14, turn=5)
    g.slab(box_path(-270, -370, 540, 740, 4), "#f8f2e6", (-0.1, 0.1, 0.95), spread=0.06)
    write(g, "THE GULL BEANIE", -220, -300, 27, "#3c3026", weight=1.4, align=0)
    write(g, "A PATTERN BY TARNWOOL", -220, -266, 13, "#8a7862", weight=1.4, align=0)
    cells = ""
    for j in range(17):
        for i in range(24):
            k = abs((i % 12) - 6)
            if (k + j) % 8 < 2 or (k == 0 and j % 4 == 1):
                cells += f"M{-216 + i * 18} {-216 + j * 18}h16v16h-16z"
    g.path(cells, accent)
    g.line(
        "".join(f"M-217 {-217 + j * 18}H216" for j in range(18))
        + "".join(f"M{-217 + i * 18} -217V90" for i in range(25)),
        "#b9a98e",
        1.2,
        opacity=0.7,
    )
    lines = "".join(f"M-216 {y}H{200 - (y * 37) % 120}" for y in range(136, 330, 26))
    g.line(lines, "#8a7862", 5, opacity=0.55)


def yarn(g, x, y, r, colour):
    d = g.ball(x, y, r, colour)
    part = g.part()
    for a in (18, 62, 118, 160):
        for k in range(-3, 4):
            off = k * r * 0.17
            part.line(
                f"M{num(-r * 1.1)} {num(off)}Q0 {num(off - r * 0.5)} {num(r * 1.1)} {num(off)}",
                shade(colour, (-0.5, 0.35)[k % 2]),
                3,
                transform=f"translate({num(x)} {num(y)}) rotate({a})",
                opacity=0.34,
            )
    g.inside(d, "".join(part.out))
