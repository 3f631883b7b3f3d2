# Plants, pots and garden tools. The kit is in draw.py, the scenes are in scenes_small.py.
import math

from draw import TILT, box_path, fresh, lit, num, oval_path, poly, pt, shade, smooth
from lettering import write
from wares_home import bloom, leaf, stem


def pot(g, colour, r=170, h=250, rim=True, saucer=True, earth=True, gloss=0.0):
    if saucer:
        g.turned([(r * 0.98, -26), (r * 0.90, 0)], colour, gloss=gloss)
        g.disc(-26, r * 0.98, shade(colour, -0.2))
    d = g.turned([(r * 0.93, -h), (r * 0.72, -14)], colour, gloss=gloss)
    g.speckle(d, shade(colour, 0.6), 90, (-r, -h, r, 10), (2, 6), 0.16)
    g.speckle(d, shade(colour, -0.6), 90, (-r, -h, r, 10), (1, 3), 0.25)
    top = -h
    if rim:
        g.soft(
            (
                f"M{-r * 0.95:.0f} {-h + 8}A{r * 0.95:.0f} {r * 0.95 * TILT:.0f} 0 0 0"
                f" {r * 0.95:.0f} {-h + 8}V{-h + 34}A{r * 0.95:.0f} {r * 0.95 * TILT:.0f} 0 0 1"
                f" {-r * 0.95:.0f} {-h + 34}Z"
            ),
            "#1d120d",
            7,
            0.35,
            clip=d,
        )
        g.turned([(r, -h - 56), (r * 0.985, -h + 4)], colour, gloss=gloss)
        top = -h - 56
    g.mouth(
        top,
        r if rim else r * 0.93,
        14,
        colour,
        inner=shade(colour, -0.2),
        fill="#3d2a1d" if earth else None,
        level=0.5,
    )
    return [(0, r * (0.92 if saucer else 0.74))]


def calathea(g, green="#3f7246", colour="#c98560"):
    pot_part = g.part()
    touch = pot(pot_part, colour)
    behind, front = g.part(), g.part()
    places = [
        (-250, -640, -2.5, 190),
        (230, -700, -0.7, 200),
        (-60, -830, -1.8, 210),
        (120, -540, -0.1, 170),
        (-170, -470, 2.9, 160),
        (300, -470, 0.15, 150),
        (20, -620, -1.3, 200),
        (-320, -430, 2.75, 130),
    ]
    for i, (x, y, turn, size) in enumerate(places):
        target = behind if i < 4 else front
        target.line(
            f"M{x * 0.04:.0f} -300C{x * 0.2:.0f} {y * 0.7:.0f} {x * 0.6:.0f} {y:.0f} {x} {y}",
            shade(green, -0.1),
            9,
            casts=True,
        )
        round_leaf(target, x, y, turn, size, fresh(green, (-0.18, 0.05, -0.08, 0.10)[i % 4]))
    g.add(behind)
    g.add(pot_part)
    g.add(front)
    return touch


def round_leaf(g, x, y, angle, size, colour):
    """A broad leaf with pale bands from the rib to the edge."""
    pts, rng = [], g.rng
    steps = 40
    for i in range(steps + 1):
        t = math.pi * 2 * i / steps
        r = size * (0.62 + 0.40 * math.cos(t / 2) ** 2)
        u, v = math.cos(t) * r * 0.92 + size * 0.25, math.sin(t) * r * 0.82
        pts.append((u, v))
    part = g.part()
    d = smooth(pts[:-1], close=True)
    tone = fresh(colour, 0.06 - 0.14 * math.sin(angle))
    part.path(
        d,
        part.doc.lin([(0, shade(tone, 0.24)), (0.5, tone), (1, shade(tone, -0.32))], 0, 0, 0.9, 1),
        casts=True,
    )
    tip = size * 1.15
    part.line(
        f"M{num(-size * 0.28)} 0Q{num(size * 0.4)} {num(size * 0.04)} {num(tip)} 0",
        shade(tone, 0.4),
        5,
        opacity=0.75,
    )
    for k in range(5):
        ux = size * (0.02 + 0.2 * k)
        for side in (-1, 1):
            ex, ey = ux + size * 0.42, side * size * (0.74 - 0.06 * k)
            band = (
                f'<path d="M{pt(ux, 0)}Q{pt(ux + size * 0.12, ey * 0.5)} {pt(ex, ey)}" fill="none"'
                f' stroke="#cfe0c0" stroke-width="{size * 0.055:.0f}" opacity=".42"/>'
            )
            part.inside(d, band)
    g.add(part, x, y, turn=math.degrees(angle) + rng.uniform(-6, 6))


def snake_plant(g, green="#4d7350", colour="#e2d6c0"):
    blades = g.part()
    for i, (x, lean, h, w) in enumerate(
        (
            (-70, -120, 520, 66),
            (70, 130, 500, 64),
            (-30, -40, 690, 74),
            (40, 60, 620, 70),
            (0, 0, 560, 76),
            (-96, -190, 380, 54),
            (100, 200, 360, 54),
        )
    ):
        y0 = -290
        tip = (x + lean, y0 - h)
        d = f"M{x - w / 3:.0f} {y0}C{x - w * 0.8 + lean * 0.2:.0f} {y0 - h * 0.4:.0f} {x - w * 0.3 + lean * 0.7:.0f} {y0 - h * 0.75:.0f} {pt(*tip)}C{x + w * 0.7 + lean * 0.7:.0f} {y0 - h * 0.7:.0f} {x + w * 0.9 + lean * 0.2:.0f} {y0 - h * 0.36:.0f} {x + w / 3:.0f} {y0}Z"
        tone = fresh(green, (-0.2, -0.1, 0.02, -0.05, 0.10, 0, -0.12)[i])
        blades.path(
            d,
            blades.doc.lin(
                [
                    (0, "#c9b860"),
                    (0.10, "#d3c578"),
                    (0.2, tone),
                    (0.5, fresh(tone, 0.16)),
                    (0.82, shade(tone, -0.2)),
                    (0.9, "#b8a850"),
                    (1, "#8f8440"),
                ],
                0,
                0.3,
                1,
                0.36,
            ),
            casts=True,
        )
        rows = ""
        for k in range(int(h / 24)):
            yy = y0 - k * 24 - blades.rng.uniform(0, 12)
            xx = x + lean * ((y0 - yy) / h) ** 1.4
            rows += (
                f"M{xx - w * 0.3:.0f} {yy:.0f}q{w * 0.16:.0f} -14 {w * 0.3:.0f} -4t{w * 0.3:.0f} -2"
            )
        blades.inside(
            d,
            (
                f'<path d="{rows}" fill="none" stroke="{shade(green, -0.6)}" stroke-width="6"'
                ' opacity=".35"/>'
            ),
        )
    base = g.part()
    touch = pot(base, colour, r=176, h=280, rim=False, saucer=False, gloss=0.1)
    g.add(base)
    g.add(blades)
    rim = g.part()
    rim.line(f"M-157 -280A157 {num(157 * TILT)} 0 0 0 157 -280", lit(colour, (-0.2, 0.8, 0.4)), 13)
    g.add(rim)
    return touch


def olive_tree(g, green="#76906a", colour="#b9714d"):
    base = g.part()
    touch = pot(base, colour, r=160, h=230)
    g.add(base)
    g.tube("M0 -290C-20 -380 24 -440 6 -540C-6 -600 20 -640 10 -700", 24, "#8d7458", gloss=0)
    crown = [
        (-150, -760),
        (130, -800),
        (0, -900),
        (-220, -640),
        (210, -660),
        (60, -680),
        (-70, -640),
    ]
    for i, (x, y) in enumerate(crown):
        g.line(f"M8 -600Q{x * 0.3:.0f} {y * 0.9:.0f} {x} {y}", "#8d7458", 8, casts=True)
    for i, (x, y) in enumerate(crown):
        a = math.atan2(y + 640, x) if (x, y) != (60, -680) else -0.6
        for k in range(3):
            b = a + (k - 1) * 0.7
            end = (x + math.cos(b) * 110, y + math.sin(b) * 110)
            stem(
                g,
                [(x * 0.7, y * 0.85 - 90), (x, y), end],
                6,
                fresh(green, g.rng.uniform(-0.25, 0.15)),
                62,
                4,
            )
    for x, y in ((-120, -700), (150, -740), (40, -820), (-40, -720), (200, -640)):
        g.ball(x, y, 12, "#55602d", gloss=0.3, casts=False)
    return touch


def watering_can(g, colour="#6f7f6a", brass="#c39a4e"):
    g.tube("M-150 -330C-60 -560 260 -520 214 -120", 26, colour, gloss=0.2)
    g.tube("M-130 -60C-240 -90 -300 -240 -420 -420", 40, colour, gloss=0.2)
    rose = g.part()
    rose.turned([(26, -70), (62, 0)], brass, gloss=0.7)
    g.add(rose, -420, -414, turn=140)
    d = g.turned(
        [(150, -330), (160, -316), (196, -30), (198, -10), (194, 0)], colour, gloss=0.22, sharp=18
    )
    for y in (-268, -44):
        r = 166 if y == -268 else 196
        g.line(f"M{-r} {y}A{r} {num(r * TILT)} 0 0 0 {r} {y}", shade(colour, -0.55), 5, opacity=0.4)
        g.line(
            f"M{-r} {y + 6}A{r} {num(r * TILT)} 0 0 0 {r} {y + 6}",
            shade(colour, 0.5),
            3,
            opacity=0.5,
        )
    g.sheen(d, -128, -300, -40, 32, 0.35, 8)
    g.mouth(-330, 150, 8, colour, inner=shade(colour, -0.3))
    half = f"M-146 -330A146 {num(146 * TILT)} 0 0 1 60 -355"
    g.line(half, shade(colour, 0.2), 6)
    return [(0, 194)]


def trowel(g, wood="#b98150", steel="#b9bdbb", fork=False):
    """A hand tool lying flat, blade up."""
    g.tube("M0 40V-40", 26, steel, gloss=0.7)
    if fork:
        for x in (-70, 0, 70):
            d = f"M{x - 15} -360Q{x} -420 {x + 15} -360L{x * 0.8 + 15:.0f} -170H{x * 0.8 - 15:.0f}Z"
            g.path(
                d,
                g.doc.lin([(0, "#f1f0ec"), (0.4, steel), (1, shade(steel, -0.45))], 0, 0, 1, 0.1),
                casts=True,
            )
        g.path(
            "M-84 -210C-70 -120 -30 -90 -14 -30H14C30 -90 70 -120 84 -210L54 -180H-54Z",
            g.doc.lin([(0, "#f1f0ec"), (0.4, steel), (1, shade(steel, -0.45))], 0, 0, 1, 0.1),
            casts=True,
        )
    else:
        d = (
            "M0 -420C60 -370 96 -300 96 -210C96 -120 60 -70 16 -30H-16C-60 -70 -96 -120 -96"
            " -210C-96 -300 -60 -370 0 -420Z"
        )
        g.path(
            d,
            g.doc.lin(
                [(0, "#f1f0ec"), (0.35, steel), (0.6, shade(steel, 0.3)), (1, shade(steel, -0.45))],
                0,
                0.2,
                1,
                0.3,
            ),
            casts=True,
        )
        g.soft(
            "M0 -400C-14 -280 -12 -160 0 -40L26 -60C30 -180 20 -300 0 -400Z",
            "#4a4c4a",
            12,
            0.35,
            clip=d,
        )
    h = "M-26 44C-34 120 -42 260 -36 380C-34 420 34 420 36 380C42 260 34 120 26 44Q0 34 -26 44Z"
    g.slab(h, wood, (-0.25, 0.1, 0.9), spread=0.26, angle=(0, 0, 1, 0.1))
    rows = "".join(
        f"M{x} 40C{x * 1.5:.0f} 180 {x * 1.4:.0f} 280 {x} 420" for x in range(-30, 34, 9)
    )
    g.inside(
        h,
        (
            f'<path d="{rows}" fill="none" stroke="{shade(wood, -0.6)}" stroke-width="3"'
            ' opacity=".28"/>'
        ),
    )
    g.path(
        "M-27 40H27V74H-27Z",
        g.doc.lin([(0, "#f6e2ac"), (0.4, "#c39a4e"), (1, "#7d5f28")], 0, 0, 1, 0),
    )
    g.line("M0 400C-26 440 -24 480 0 484C24 480 26 440 0 400", "#8a5230", 7, casts=True)


def seed_packet(g, paper, accent, name, w=330, h=480):
    g.slab(box_path(-w / 2, -h / 2, w, h, 5), paper, (-0.2, 0.2, 0.95), spread=0.09)
    d = box_path(-w / 2, -h / 2, w, h, 5)
    art = g.part()
    for i, (x, y, r) in enumerate(
        ((-86, 90, 62), (70, 60, 72), (-6, 170, 56), (110, 190, 48), (-120, 210, 44))
    ):
        art.line(f"M{x} {y}Q{x * 0.9:.0f} {y + 80} {x * 0.7:.0f} 260", "#6f7d55", 6)
        leaf(art, x * 0.85, y + 90, -0.4 if i % 2 else -2.7, 60, 0.4, "#6f7d55")
        bloom(art, x, y, r, (accent, shade(accent, 0.5), "#d9a441", "#f0e0c8", "#8e6a86")[i])
    g.inside(d, "".join(art.out))
    for i, text in enumerate(name.split("|")):
        write(g, text, 0, -h / 2 + 86 + i * 46, 32, shade(paper, -0.75), weight=1.4)
    write(g, "THISTLEBARROW", 0, -h / 2 + 40, 11, shade(paper, -0.75), weight=1.6)
    g.line(
        f"M{-w / 2 + 4} {-h / 2 + 18}H{w / 2 - 4}",
        shade(paper, -0.5),
        2.5,
        opacity=0.4,
        stroke_dasharray="8 6",
    )


def twine(g, colour="#c9a86e", wood="#a8764c", h=300, r=150):
    g.turned([(r * 0.86, -34), (r * 0.86, 0)], wood)
    g.disc(-34, r * 0.86, wood)
    d = g.turned(
        [
            (r * 0.62, -h + 20),
            (r * 0.94, -h * 0.72),
            (r, -h * 0.5),
            (r * 0.94, -h * 0.3),
            (r * 0.66, -40),
        ],
        colour,
    )
    rows = lights = ""
    for i in range(-14, 26):
        y = -h + i * 12
        rows += f"M{-r * 1.1} {y + 24}Q0 {y + 70} {r * 1.1} {y - 16}"
        lights += f"M{-r * 1.1} {y - 18}Q0 {y + 66} {r * 1.1} {y + 30}"
    g.inside(
        d,
        (
            f'<path d="{lights}" fill="none" stroke="{shade(colour, 0.5)}" stroke-width="5"'
            f' opacity=".45"/><path d="{rows}" fill="none" stroke="{shade(colour, -0.65)}"'
            ' stroke-width="4" opacity=".5"/>'
        ),
    )
    g.wrap(r * 1.0, -h * 0.62, -h * 0.36, "#f1e8d6", half=r * 0.99)
    write(g, "JUTE TWINE", 0, -h * 0.43, 17, "#4a3a2e", weight=1.5)
    top = g.part()
    top.turned([(r * 0.7, -h - 8), (r * 0.7, -h + 22)], wood)
    top.disc(-h - 8, r * 0.7, wood, lift=0.04)
    top.path(oval_path(0, -h - 8, 24, 24 * TILT), "#2c1a10")
    g.add(top)
    g.line(
        (
            f"M{r - 14} -90C{r + 80} -60 {r + 60} 20 {r + 170} 18C{r + 240} 16 {r + 220} -34"
            f" {r + 300} -22"
        ),
        shade(colour, -0.3),
        9,
        casts=True,
    )
    g.line(
        (
            f"M{r - 14} -91C{r + 80} -61 {r + 60} 18 {r + 170} 16C{r + 240} 14 {r + 220} -36"
            f" {r + 300} -24"
        ),
        shade(colour, 0.2),
        4,
    )
    return [(0, r * 0.86)]


def nest_box(g, wood="#c49a66", roof="#5d6e66"):
    """A bird box hung on the wall; the origin is its centre."""
    side = poly([(170, -180), (228, -214), (228, 232), (170, 260)])
    g.slab(side, wood, (0.85, 0, 0.4), spread=0.08)
    front = poly([(-180, -190), (172, -190), (172, 260), (-180, 260)])
    g.slab(front, wood, (-0.2, 0.1, 0.95), spread=0.12)
    rows = "".join(f"M{x} -200C{x + 9} 0 {x - 9} 120 {x + 4} 270" for x in range(-176, 176, 15))
    g.inside(
        front,
        (
            f'<path d="{rows}" fill="none" stroke="{shade(wood, -0.6)}" stroke-width="3"'
            ' opacity=".25"/>'
        ),
    )
    for x in (-64, 56):
        g.line(f"M{x} -190V258", shade(wood, -0.7), 4, opacity=0.45)
    hole = oval_path(-4, -30, 70, 70)
    g.path(hole, g.doc.rad([(0, "#120b07"), (0.8, "#22150d"), (1, "#3c2818")], 0.55, 0.45, 0.55))
    g.line(oval_path(-4, -30, 72, 72), shade(wood, 0.35), 6, opacity=0.7)
    g.tube("M-4 84V90", 26, shade(wood, -0.15))
    g.ball(-4, 92, 19, shade(wood, -0.1), gloss=0.05)
    g.slab(
        poly([(-216, -176), (-2, -352), (60, -386), (-150, -214)]),
        roof,
        (-0.4, 0.8, 0.4),
        spread=0.05,
    )
    g.slab(
        poly([(-216, -160), (-2, -340), (210, -160), (272, -196), (58, -388), (-2, -352)]),
        roof,
        (0.2, 0.6, 0.7),
        spread=0.1,
    )
    g.slab(
        poly([(-222, -158), (-4, -352), (214, -158), (182, -150), (-4, -312), (-190, -150)]),
        shade(roof, 0.12),
        (-0.2, 0.3, 0.9),
        spread=0.08,
    )
    gable = poly([(-180, -188), (-4, -320), (172, -188)])
    g.slab(gable, wood, (-0.2, 0.1, 0.95), spread=0.08)
    g.soft("M-190 -160L-4 -318L186 -160", "#1d120d", 8, 0.5, width=12)
    for x, y in ((-60, -212), (50, -212)):
        g.path(oval_path(x, y, 5, 5), "#4a3a2e")


def pots(g, colour):
    for x, y, k in ((-210, -10, 0.72), (190, 0, 1.0), (-40, 44, 0.5)):
        part = g.part()
        pot(part, colour, saucer=False, earth=False)
        g.add(part, x, y, k)
    return [(-210, 92, -10), (190, 128), (-40, 66, 44)]
