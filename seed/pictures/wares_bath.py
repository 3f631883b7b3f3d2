# Things for the bath. The kit is in draw.py, the scenes are in scenes_small.py.
import math

from draw import TILT, lit, mix, num, oval_path, pt, shade, smooth
from lettering import write
from wares_home import stem
from wares_table import glass, grain


def soap(g, colour, specks="#8a6a3c", word="RUE"):
    """A bar of soap lying on its broad side."""
    part = g.part()
    d = smooth(
        [
            (-210, -20),
            (-232, -70),
            (-205, -120),
            (-60, -150),
            (120, -150),
            (226, -122),
            (250, -70),
            (226, -16),
            (100, 6),
            (-90, 6),
        ],
        close=True,
    )
    part.slab(d, colour, (-0.1, -0.1, 0.95), spread=0.22)
    top = smooth(
        [
            (-196, -112),
            (-150, -172),
            (-20, -196),
            (140, -196),
            (226, -166),
            (228, -122),
            (120, -88),
            (-60, -84),
        ],
        close=True,
    )
    part.slab(top, colour, (-0.15, 0.9, 0.4), casts=False, spread=0.10)
    part.soft(
        smooth([(-190, -108), (-60, -82), (120, -86), (226, -118)]), "#fffaf0", 6, 0.5, width=12
    )
    part.speckle(d, specks, 90, (-220, -150, 240, 10), (2, 5), 0.5)
    part.speckle(top, specks, 60, (-200, -200, 230, -84), (2, 5), 0.5)
    g.add(part)
    write(g, "POMELLI & RUE", 14, -132, 17, shade(colour, -0.5), weight=1.5, alpha=0.7)
    return [(8, 214, -6, 26)]


def soap_stack(g, colours):
    for i, colour in enumerate(colours):
        part = g.part()
        soap(part, colour)
        g.add(part, g.rng.uniform(-14, 14), -138 * i)
    return [(8, 214, -6, 26)]


def dish(g, wood="#a8764c", w=300):
    g.turned([(w, -36), (w * 0.96, -22), (w * 0.8, 0)], wood)
    g.disc(-36, w, wood, lift=0.03)
    g.path(
        oval_path(0, -33, w * 0.88, w * 0.88 * TILT),
        g.doc.lin([(0, shade(wood, -0.55)), (1, shade(wood, -0.05))], 0, 0, 1, 0.4),
    )
    grain(
        g,
        oval_path(0, -36, w, w * TILT),
        (-w, -100, w, 30),
        shade(wood, -0.7),
        gap=9,
        alpha=0.22,
        wave=5,
    )
    return [(0, w * 0.82)]


def pump_bottle(g, colour, label, name, word="POMELLI & RUE", r=118, h=400, dark=True):
    """A hand-wash bottle with a pump."""
    metal = "#2d2b28" if dark else "#e9e2d6"
    g.tube(f"M0 {-h - 60}V{-h - 150}H-96L-104 {-h - 130}", 22, metal, gloss=0.3)
    g.turned([(34, -h - 80), (36, -h - 74), (36, -h + 4)], metal, gloss=0.35)
    g.disc(-h - 80, 34, metal, lift=0.05)
    d = g.turned(
        [(36, -h), (60, -h + 10), (104, -h + 40), (r, -h + 82), (r, -20), (r * 0.94, 0)],
        colour,
        gloss=0.45,
        sharp=16,
        lift=-0.03,
    )
    g.wrap(r + 0.5, -h + 128, -62, label, half=r * 0.80)
    for i, text in enumerate(name.split("|")):
        write(g, text, 0, -h * 0.46 + i * 34, 22, "#3c3026", weight=1.4)
    write(g, word, 0, -84, 9.5, "#3c3026", weight=1.6)
    g.line(f"M-40 {-h * 0.46 - 50}H40", "#3c3026", 2)
    g.sheen(d, -r * 0.84, -h + 76, -16, 17, 0.55, 4)
    g.sheen(d, r * 0.66, -h + 90, -24, 12, 0.20, 5)
    return [(0, r * 0.95)]


def cream_tube(g, colour, name, accent="#b5532f", w=190, h=520):
    """An aluminium tube standing on its cap."""
    cap = g.part()
    cap.turned([(52, -78), (54, -72), (56, 0)], "#2d2b28", gloss=0.3)
    for i in range(-6, 7):
        x = 54 * math.sin(i * 0.24)
        cap.line(f"M{num(x)} -66V{num(9 * math.cos(i * 0.24))}", "#120c08", 3, opacity=0.45)
    g.add(cap)
    d = (
        f"M-50 -76C-90 -92 -{w / 2 - 2:.0f} -130"
        f" -{w / 2} -180L-{w / 2 + 26:.0f} {-h}H{w / 2 + 26:.0f}L{w / 2} -180C{w / 2 - 2:.0f} -130"
        " 90 -92 50 -76Q0 -66 -50 -76Z"
    )
    tone = [
        (0, lit(colour, (-0.9, 0, 0.4))),
        (0.2, lit(colour, (-0.5, 0.2, 0.8), 0.25)),
        (0.32, shade(lit(colour, (-0.4, 0.3, 0.85)), 0.25)),
        (0.5, lit(colour, (0, 0.1, 0.95))),
        (0.85, lit(colour, (0.75, -0.1, 0.5))),
        (1, lit(colour, (0.9, -0.2, 0.3))),
    ]
    g.path(d, g.doc.lin(tone, 0, 0, 1, 0), casts=True)
    crimp = f"M-{w / 2 + 26:.0f} {-h - 40}H{w / 2 + 26:.0f}V{-h + 6}H-{w / 2 + 26:.0f}Z"
    g.path(
        crimp,
        g.doc.lin(
            [(0, shade(colour, -0.1)), (0.3, shade(colour, 0.4)), (1, shade(colour, -0.35))],
            0,
            0,
            1,
            0,
        ),
        casts=True,
    )
    for y in (-h - 30, -h - 18, -h - 6):
        g.line(f"M-{w / 2 + 26:.0f} {y}H{w / 2 + 26:.0f}", shade(colour, -0.7), 2.5, opacity=0.35)
    g.soft(
        f"M-30 {-h + 10}C-50 -360 20 -300 -10 -180", shade(colour, -0.8), 12, 0.28, clip=d, width=18
    )
    g.soft(f"M60 {-h + 10}C30 -420 50 -380 34 -300", "#fff6e6", 9, 0.35, clip=d, width=14)
    for i, text in enumerate(name.split("|")):
        write(g, text, 0, -h + 140 + i * 46, 31, shade(accent, -0.3), weight=1.4)
    write(
        g,
        "POMELLI & RUE",
        0,
        -h + 150 + 46 * len(name.split("|")),
        10,
        shade(accent, -0.3),
        weight=1.6,
    )
    g.inside(
        d,
        (
            '<path d="M-160 -226C-60 -260 60 -190 160 -230V-60H-160Z"'
            f' fill="{lit(accent, (-0.1, 0.1, 0.9))}" opacity=".85"/>'
        ),
    )
    return [(0, 56)]


def dropper(g, colour="#7a3f1c", label="#f4ecdd", name="ROSEHIP", r=104, h=270):
    """A small amber bottle with a pipette."""
    bulb = g.part()
    bulb.turned(
        [(12, -h - 176), (26, -h - 168), (32, -h - 140), (26, -h - 84), (28, -h - 72)],
        "#2d2b28",
        gloss=0.25,
    )
    bulb.turned([(42, -h - 74), (44, -h - 66), (44, -h + 4)], "#2d2b28", gloss=0.3)
    for i in range(-6, 7):
        x = 44 * math.sin(i * 0.24)
        bulb.line(f"M{num(x)} {-h - 64}V{-h + 4}", "#0c0908", 3, opacity=0.5)
    d = g.turned(
        [(40, -h), (44, -h + 12), (88, -h + 40), (r, -h + 74), (r, -16), (r * 0.94, 0)],
        colour,
        gloss=0.5,
        sharp=14,
        lift=-0.02,
    )
    g.soft(
        f"M10 {-h + 90}Q{r * 0.9:.0f} {-h * 0.4:.0f} 40 -20L{r * 0.8:.0f} -16V{-h + 90}Z",
        "#e08a3a",
        14,
        0.6,
        clip=d,
    )
    g.wrap(r + 0.5, -h + 104, -44, label, half=r * 0.80)
    write(g, name, 0, -h * 0.38, 19, "#3c3026", weight=1.5)
    write(g, "FACE OIL", 0, -h * 0.38 + 24, 10, "#3c3026", weight=1.5)
    write(g, "POMELLI & RUE", 0, -56, 7, "#3c3026", weight=1.7, spacing=3.6)
    g.sheen(d, -r * 0.84, -h + 66, -12, 14, 0.6, 4)
    g.add(bulb)
    return [(0, r * 0.95)]


def salts(g, content="#e9c9c0", r=150, h=320):
    """A cork-stoppered jar of bath salts."""
    d = glass(
        g,
        [(r * 0.80, -h), (r * 0.82, -h + 14), (r, -h + 60), (r, -30), (r * 0.95, 0)],
        "#efe9e0",
        content,
        -h + 100,
        7,
        dense=True,
    )
    g.speckle(d, "#ffffff", 240, (-r, -h + 100, r, 20), (3, 8), 0.55)
    g.speckle(d, shade(content, -0.35), 130, (-r, -h + 100, r, 20), (3, 7), 0.4)
    cork = g.part()
    cork.turned([(r * 0.84, -h - 62), (r * 0.80, -h), (r * 0.79, -h + 6)], "#c39a66")
    cork.disc(-h - 62, r * 0.84, "#c9a271", lift=0.05)
    cork.speckle(f"M{-r} {-h - 100}H{r}V{-h + 30}H{-r}Z", "#6d4a26", 0, (0, 0, 1, 1))
    g.add(cork)
    g.wrap(r + 0.5, -h + 140, -60, "#f4ecdd", half=r * 0.66)
    write(g, "SEA SALT", 0, -112, 20, "#4a3a2e", weight=1.5)
    write(g, "& ROSE", 0, -86, 14, "#4a3a2e", weight=1.5)
    g.sheen(d, -r * 0.88, -h + 60, -20, 16, 0.8, 4)
    return [(0, r * 0.95)]


def bath_brush(g, wood="#c49a66", bristle="#d9c7a3"):
    """A long-handled brush lying flat, bristles down-right; seen from above."""
    for i in range(150):
        x, y = g.rng.uniform(120, 390), g.rng.choice((-1, 1))
        edge = 92 * math.sqrt(max(0.05, 1 - ((x - 255) / 150) ** 2))
        g.line(
            f"M{pt(x, 40 + edge * 0.6)}l{num(g.rng.uniform(-10, 14))} {num(g.rng.uniform(46, 66))}",
            shade(bristle, g.rng.uniform(-0.3, 0.2)),
            5,
            casts=i % 8 == 0,
        )
    d = (
        "M-470 -4C-474 -30 -440 -36 -400 -30C-260 -14 -60 -22 60 -40C120 -110 200 -126 266 -124C360"
        " -120 420 -70 420 6C420 82 360 126 266 128C200 130 120 112 60 44C-60 26 -260 20 -400"
        " 30C-440 34 -474 26 -470 -4Z"
    )
    g.slab(d, wood, (-0.2, 0.4, 0.9), spread=0.2)
    rows = "".join(f"M-480 {y}C-200 {y + 12} 40 {y - 20} 430 {y + 8}" for y in range(-120, 130, 17))
    g.inside(
        d,
        (
            f'<path d="{rows}" fill="none" stroke="{shade(wood, -0.6)}" stroke-width="3"'
            ' opacity=".25"/>'
        ),
    )
    g.soft("M90 -60C150 -104 260 -110 340 -80", "#fff6e6", 9, 0.5, clip=d, width=18)
    g.path(oval_path(-420, -2, 13, 11), "#3c2818", opacity="0.8")
    g.line("M-420 -2C-470 -60 -540 -50 -536 0C-532 44 -470 40 -420 -2", "#7c4a2a", 8, casts=True)


def standing_tin(g, colour, name, accent="#efe5d2", r=200):
    """A flat tin on its edge, lid to the camera."""
    cy = -r
    g.path(
        oval_path(26, cy, r, r),
        g.doc.lin([(0, "#8d887e"), (0.4, "#d9d4ca"), (1, "#6d685f")], 0, 0, 0.3, 1),
        casts=True,
    )
    g.path(
        oval_path(0, cy, r, r),
        g.doc.lin([(0, "#f1ede4"), (0.5, "#c3beb4"), (1, "#99948a")], 0.1, 0, 0.9, 1),
        casts=True,
    )
    g.path(
        oval_path(0, cy, r * 0.93, r * 0.93),
        g.doc.lin([(0, shade(colour, 0.22)), (1, shade(colour, -0.22))], 0.1, 0, 0.9, 1),
    )
    g.line(oval_path(0, cy, r * 0.84, r * 0.84), accent, 3)
    for i, text in enumerate(name.split("|")):
        write(g, text, 0, cy + 6 + i * 40 - 10 * len(name.split("|")), 27, accent, weight=1.4)
    write(g, "POMELLI & RUE", 0, cy + r * 0.56, 9.5, accent, weight=1.6)
    stem(
        g,
        [(0, cy - r * 0.30), (10, cy - r * 0.46), (4, cy - r * 0.66)],
        3,
        mix(accent, colour, 0.25),
        34,
        3,
    )
    return [(10, r * 0.4, 0, 22)]
