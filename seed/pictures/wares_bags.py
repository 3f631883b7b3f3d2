# Bags, leather and felt. The kit is in draw.py, the scenes are in scenes_soft.py.
from draw import box_path, lit, poly, shade
from lettering import write
from wares_desk import cards
from wares_home import weave
from wares_soft import folds


def leather(g, d, colour, normal=(-0.2, 0.15, 0.95), spread=0.16, stitch=None):
    g.slab(d, colour, normal, spread=spread, gloss=0.06)
    if stitch:
        g.line(stitch, shade(colour, 0.55), 3, stroke_dasharray="11 8", opacity=0.8)


def tote(g, canvas, strap="#8a5230", print_colour=None):
    """A canvas bag on a peg; the origin is the peg."""
    print_colour = print_colour or shade(canvas, -0.75)
    g.line(
        "M-110 330C-120 150 -40 0 0 -6C40 0 120 150 110 330", shade(strap, -0.45), 26, casts=True
    )
    side = poly([(232, 330), (292, 372), (282, 796), (226, 830)])
    g.slab(side, canvas, (0.8, 0, 0.45), spread=0.12)
    d = (
        "M-240 322C-120 334 120 334 240 322C244 500 238 680 232 820C120 836 -120 836 -232 820C-238"
        " 680 -244 500 -240 322Z"
    )
    g.slab(d, canvas, (-0.18, 0.1, 0.95), spread=0.12)
    weave(g, d, "#3a2a1a", 0.13, 7)
    folds(
        g,
        d,
        [
            [(-150, 330), (-120, 460), (-170, 640)],
            [(160, 330), (120, 500), (170, 700)],
            [(-20, 640), (30, 720), (120, 800)],
        ],
        canvas,
        26,
        0.24,
    )
    g.line(
        "M-240 352C-120 364 120 364 240 352",
        shade(canvas, -0.6),
        3,
        opacity=0.35,
        stroke_dasharray="9 6",
    )
    write(g, "ALMERY", 0, 600, 40, print_colour, weight=1.25, spacing=6)
    write(g, "GOOD THINGS · SLOWLY", 0, 640, 14, print_colour, weight=1.3, spacing=4)
    for x in (-110, 110):
        leather(
            g, box_path(x - 25, 312, 50, 118, 8), strap, stitch=box_path(x - 17, 322, 34, 98, 5)
        )
    g.line(
        "M-110 330C-128 140 -44 4 0 -2C44 4 128 140 110 330",
        lit(strap, (-0.2, 0.2, 0.9)),
        30,
        casts=True,
    )
    g.line(
        "M-110 330C-128 140 -44 4 0 -2C44 4 128 140 110 330",
        lit(strap, (-0.4, 0.4, 0.8), 0.1),
        12,
        opacity=0.6,
        transform="translate(-5 -4)",
    )
    g.ball(0, -10, 36, "#b98a58", gloss=0.25)


def backpack(g, cloth, trim="#8a5230", brass="#c39a4e"):
    g.line("M-60 -640C-60 -740 60 -740 60 -640", trim, 22, casts=True)
    for side in (-1, 1):
        g.line(
            f"M{side * 190} -560C{side * 290} -480 {side * 290} -240 {side * 214} -90",
            shade(trim, -0.2),
            34,
            casts=True,
        )
    d = (
        "M-220 -30C-244 -200 -236 -420 -206 -540C-180 -640 -100 -660 0 -660C100 -660 180 -640 206"
        " -540C236 -420 244 -200 220 -30Q210 0 170 0H-170Q-210 0 -220 -30Z"
    )
    g.slab(d, cloth, (-0.15, 0.15, 0.95), spread=0.20)
    weave(g, d, "#120c08", 0.11, 8)
    folds(
        g,
        d,
        [[(-180, -300), (-160, -200), (-190, -60)], [(180, -330), (150, -200), (186, -60)]],
        cloth,
        24,
        0.30,
    )
    g.soft("M210 -560C240 -420 240 -180 216 -20", shade(cloth, -0.9), 22, 0.5, clip=d, width=50)
    pocket = (
        "M-166 -30V-220Q-166 -250 -130 -250H130Q166 -250 166 -220V-30Q166 -14 140 -14H-140Q-166 -14"
        " -166 -30Z"
    )
    g.soft(pocket, "#120c08", 10, 0.45)
    g.slab(pocket, cloth, (-0.2, 0.15, 0.95), spread=0.15)
    weave(g, pocket, "#120c08", 0.11, 8)
    g.line("M-150 -214H150", shade(cloth, -0.7), 7, opacity=0.6)
    g.line("M-150 -210H150", brass, 3, opacity=0.7)
    flap = (
        "M-214 -520C-196 -640 -110 -668 0 -668C110 -668 196 -640 214 -520C222 -440 210 -370 190"
        " -340C120 -300 -120 -300 -190 -340C-210 -370 -222 -440 -214 -520Z"
    )
    g.soft(
        "M-200 -340C-120 -290 120 -290 200 -340V-310C120 -266 -120 -266 -200 -310Z",
        "#120c08",
        10,
        0.5,
    )
    g.slab(flap, cloth, (-0.2, 0.4, 0.88), spread=0.18)
    weave(g, flap, "#120c08", 0.11, 8)
    g.line(
        "M-182 -348C-116 -312 116 -312 182 -348",
        shade(cloth, 0.5),
        3,
        stroke_dasharray="10 7",
        opacity=0.6,
    )
    for x in (-96, 96):
        leather(
            g,
            box_path(x - 19, -420, 38, 210, 8),
            trim,
            stitch=f"M{x - 11} -410V-250M{x + 11} -410V-250",
        )
        g.line(box_path(x - 27, -296, 54, 44, 6), brass, 7)
        g.line(f"M{x} -292V-256", shade(brass, 0.3), 5)
    leather(g, box_path(-54, -130, 108, 46, 5), trim, stitch=box_path(-48, -124, 96, 34, 3))
    write(g, "BRINDLECOTE", 0, -101, 10, "#f0dfc6", weight=1.5, spacing=3.6)
    return [(0, 205, 0, 24)]


def weekender(g, cloth, trim="#7a4526", brass="#c39a4e"):
    g.line("M-150 -330C-160 -560 170 -560 160 -330", shade(trim, -0.35), 24, casts=True)
    d = (
        "M-330 -40C-362 -160 -350 -300 -300 -366C-150 -396 150 -396 300 -366C350 -300 352 -160 324"
        " -40Q312 0 270 0H-276Q-316 0 -330 -40Z"
    )
    g.slab(d, cloth, (-0.18, 0.2, 0.95), spread=0.2)
    weave(g, d, "#120c08", 0.12, 8)
    folds(
        g,
        d,
        [
            [(-240, -340), (-250, -220), (-220, -120)],
            [(60, -370), (40, -250), (80, -150)],
            [(250, -350), (240, -220), (270, -110)],
        ],
        cloth,
        28,
        0.28,
    )
    base = (
        "M-338 -120C-110 -96 110 -96 334 -120C338 -90 332 -60 324 -40Q312 0 270 0H-276Q-316 0 -330"
        " -40C-334 -66 -340 -90 -338 -120Z"
    )
    leather(g, base, trim, stitch="M-334 -104C-110 -82 110 -82 330 -104")
    g.line("M-296 -368C-150 -398 150 -398 296 -368", shade(trim, -0.2), 16, casts=True)
    g.line("M-290 -370C-150 -398 150 -398 290 -370", brass, 4)
    g.soft("M318 -366C372 -260 360 -120 330 0", "#120c08", 22, 0.55, clip=d, width=70)
    g.soft("M-318 -366C-372 -260 -360 -120 -330 0", "#120c08", 18, 0.30, clip=d, width=34)
    for x in (-150, 160):
        leather(
            g,
            poly([(x - 24, -350), (x + 24, -350), (x + 22, -96), (x - 22, -96)]),
            trim,
            stitch=f"M{x - 15} -340V-104M{x + 15} -340V-104",
        )
        g.line(box_path(x - 22, -344, 44, 32, 6), brass, 7)
    g.tube("M-150 -336C-170 -620 180 -620 160 -336", 26, trim, gloss=0.12)
    leather(g, box_path(-42, -300, 96, 60, 6), trim, stitch=box_path(-36, -294, 84, 48, 4))
    write(g, "BRINDLECOTE", 6, -265, 8.5, "#f0dfc6", weight=1.6, spacing=3.4)
    return [(0, 300, 0, 26)]


def wallet(g, colour, cards=("#d9b98a", "#7f9aa0", "#efe5d2")):
    """A card wallet lying flat."""
    for i, card in enumerate(cards):
        g.slab(
            box_path(-240 + 8 * i, -230 + i * 34, 464, 240, 18),
            card,
            (-0.2, 0.2, 0.95),
            spread=0.08,
        )
        g.soft(f"M-230 {-150 + i * 34}H230", "#1d120d", 8, 0.3, width=12)
    d = (
        "M-270 -92Q-270 -112 -250 -112C-160 -112 -150 -60 0 -60C150 -60 160 -112 250 -112Q270 -112"
        " 270 -92V200Q270 224 246 224H-246Q-270 224 -270 200Z"
    )
    leather(
        g, d, colour, stitch="M-254 -92V198Q-254 208 -244 208H244Q254 208 254 198V-92", spread=0.22
    )
    g.line(
        "M-250 -104C-160 -102 -150 -50 0 -50C150 -50 160 -102 250 -104",
        shade(colour, 0.5),
        3,
        stroke_dasharray="11 8",
        opacity=0.8,
    )
    g.soft(
        "M-230 -60C-120 -40 40 -20 120 40L60 60C0 20 -140 0 -240 -20Z", "#fff1dc", 26, 0.30, clip=d
    )
    write(g, "BRINDLECOTE", 0, 176, 15, shade(colour, -0.6), weight=1.4)


def slippers(g, colour, sole="#d9c4a0", lining="#efe5d2"):
    """A pair seen from above, toes up."""
    for side in (-1, 1):
        part = g.part()
        d = (
            f"M{-92 * side} 250C{-116 * side} 120 {-132 * side} -40"
            f" {-112 * side} -190C{-92 * side} -300 {10 * side} -336"
            f" {76 * side} -280C{132 * side} -220 {130 * side} -60 {104 * side} 80C{92 * side} 160"
            f" {98 * side} 210 {88 * side} 260C{60 * side} 322 {-64 * side} 322 {-92 * side} 250Z"
        )
        edge = part.part()
        edge.path(d, lit(sole, (0, 0, 1)), casts=True)
        part.add(edge, 5, 8, 1.03)
        part.slab(d, colour, (-0.2, 0.2, 0.92), spread=0.22)
        hole = (
            f"M{-66 * side} 236C{-86 * side} 140 {-92 * side} 60 {-78 * side} 16C{-40 * side} -36"
            f" {50 * side} -36 {80 * side} 10C{84 * side} 90 {72 * side} 160"
            f" {66 * side} 240C{40 * side} 282 {-44 * side} 282 {-66 * side} 236Z"
        )
        part.path(
            hole,
            part.doc.lin(
                [(0, shade(lining, -0.55)), (0.35, shade(lining, -0.15)), (1, lining)],
                0.2,
                0,
                0.5,
                1,
            ),
        )
        part.soft(
            f"M{-80 * side} 20C{-40 * side} -34 {50 * side} -34 {80 * side} 14",
            "#1d120d",
            10,
            0.55,
            clip=hole,
            width=26,
        )
        part.line(hole, shade(colour, -0.45), 7)
        part.line(hole, shade(colour, 0.55), 2.5, stroke_dasharray="10 8")
        part.soft(f"M-70 -220C-40 -280 20 -290 50 -270L20 -200Z", "#fff4e2", 22, 0.28, clip=d)
        g.add(part, side * 160, 0, turn=side * 5)
