# Chairs, tables, shelves and baskets. The kit is in draw.py, the scenes are in scenes_home.py.
import math

from draw import TILT, box_path, num, oval_path, poly, pt, shade, smooth
from lettering import write
from wares_home import weave
from wares_table import glass, grain


def chair(g, wood, seat="#c9ae82"):
    """A dining chair with a paper-cord seat, three quarters from the front."""
    for d, w in (
        ("M-108 -330C-116 -470 -110 -620 -96 -700", 26),
        ("M196 -372C206 -500 206 -640 196 -716", 26),
        ("M-104 -330L-122 -70", 24),
        ("M196 -372L214 -96", 24),
    ):
        g.tube(d, w, wood, gloss=0.08)
    back = (
        "M-112 -716C-30 -756 130 -768 212 -730C220 -700 220 -664 212 -640C130 -676 -30 -664 -112"
        " -626C-118 -660 -118 -690 -112 -716Z"
    )
    g.slab(back, wood, (-0.2, 0.2, 0.95), spread=0.16, gloss=0.05)
    grain(g, back, (-120, -760, 220, -630), shade(wood, -0.6), gap=12, alpha=0.25)
    g.tube("M-106 -210L-196 -130", 14, wood)
    g.tube("M208 -230L168 -150", 14, wood)
    top = poly([(-112, -352), (206, -392), (236, -300), (-186, -258)])
    g.slab(
        smooth(
            [
                (-112, -354),
                (50, -372),
                (206, -394),
                (222, -346),
                (238, -296),
                (30, -280),
                (-190, -254),
                (-150, -300),
            ],
            close=True,
        ),
        seat,
        (-0.1, 0.95, 0.3),
        spread=0.10,
    )
    cord = "".join(
        f"M{pt(-112 + i * 14.4, -352 - i * 1.8)}L{pt(-186 + i * 19.2, -258 - i * 1.9)}"
        for i in range(23)
    )
    g.inside(top, f'<path d="{cord}" stroke="{shade(seat, -0.6)}" stroke-width="3" opacity=".30"/>')
    g.inside(
        top,
        (
            '<path d="M-112 -352L20 -318L-186 -258ZM206 -392L20 -318L236 -300Z"'
            f' fill="{shade(seat, -0.4)}" opacity=".13"/>'
        ),
    )
    g.tube("M-190 -246L238 -286", 22, wood, gloss=0.06)
    for d in ("M-188 -250L-206 -2", "M236 -290L258 -34"):
        g.tube(d, 27, wood, gloss=0.08)
    g.tube("M-198 -120L246 -150", 14, wood)
    return [(-206, 20), (258, 18, -34), (214, 14, -96), (-122, 14, -70)]


def stool(g, wood, r=190, h=440):
    for x0, x1, y1 in ((-80, -128, -50), (96, 142, -40)):
        g.tube(f"M{x0} {-h + 10}L{x1} {y1}", 28, shade(wood, -0.12), gloss=0.05)
    g.tube("M-70 -190L130 -190", 17, shade(wood, -0.12))
    for x0, x1, y1 in ((-110, -190, 0), (110, 200, 6)):
        g.tube(f"M{x0} {-h + 24}L{x1} {y1}", 32, wood, gloss=0.08)
    g.turned(
        [(r, -h - 32), (r + 4, -h - 20), (r - 4, -h + 12), (r - 16, -h + 18)], wood, gloss=0.06
    )
    g.disc(-h - 32, r, wood, lift=0.05)
    top = oval_path(0, -h - 32, r, r * TILT)
    grain(g, top, (-r, -h - 70, r, -h + 4), shade(wood, -0.6), gap=7, alpha=0.28, wave=5)
    return [(-190, 22), (200, 22, 6), (-128, 16, -50), (142, 16, -40)]


def side_table(g, wood, r=270, h=470):
    for x0, x1, y1 in ((20, 30, -56),):
        g.tube(f"M{x0} {-h}L{x1} {y1}", 30, shade(wood, -0.15))
    for x0, x1, y1 in ((-170, -200, 0), (180, 214, 4)):
        g.tube(f"M{x0} {-h}L{x1} {y1}", 34, wood, gloss=0.08)
    g.turned([(r * 0.86, -210), (r * 0.86, -196)], shade(wood, -0.05))
    g.disc(-210, r * 0.86, shade(wood, -0.05))
    for x0, x1, y1 in ((-170, -200, 0), (180, 214, 4)):
        g.tube(f"M{x0} {-h}L{x1} {y1}", 34, wood, gloss=0.08, casts=False)
    g.turned([(r, -h - 28), (r, -h)], wood, gloss=0.06)
    g.disc(-h - 28, r, wood, lift=0.05)
    grain(
        g,
        oval_path(0, -h - 28, r, r * TILT),
        (-r, -h - 80, r, -h + 20),
        shade(wood, -0.6),
        gap=8,
        alpha=0.26,
        wave=6,
    )
    return [(-200, 22), (214, 22, 4), (30, 18, -56)]


def bench(g, wood, w=720, h=330):
    for x in (w / 2 - 60, -w / 2 + 140):
        g.tube(f"M{x + 34:.0f} {-h}V-60", 30, shade(wood, -0.2))
    top = poly([(-w / 2, -h), (w / 2, -h), (w / 2 + 70, -h - 86), (-w / 2 + 70, -h - 86)])
    g.slab(
        poly([(w / 2, -h + 44), (w / 2 + 70, -h - 42), (w / 2 + 70, -h - 86), (w / 2, -h)]),
        wood,
        (0.85, 0, 0.4),
    )
    g.slab(top, wood, (-0.1, 0.95, 0.3), spread=0.08)
    grain(
        g, top, (-w / 2, -h - 90, w / 2 + 80, -h + 8), shade(wood, -0.6), gap=11, alpha=0.25, wave=7
    )
    front = box_path(-w / 2, -h, w, 44, 5)
    g.slab(front, wood, (-0.2, 0.05, 0.95), spread=0.07)
    grain(g, front, (-w / 2, -h, w / 2, -h + 44), shade(wood, -0.6), gap=11, alpha=0.25, wave=4)
    for x in (-w / 2 + 44, w / 2 - 44):
        g.tube(f"M{x:.0f} {-h + 44}V0", 36, wood, gloss=0.05)
    g.tube(f"M{-w / 2 + 60:.0f} -120H{w / 2 - 60:.0f}", 22, wood)
    return [(-w / 2 + 44, 24), (w / 2 - 44, 24), (-w / 2 + 174, 16, -60), (w / 2 - 26, 16, -60)]


def armchair(g, fabric, wood="#8a5c3a"):
    """A low, round, upholstered armchair."""
    for x in (-210, 216):
        g.tube(f"M{x} -80L{x * 1.04:.0f} 0", 28, wood)
    back = smooth(
        [
            (-250, -300),
            (-244, -520),
            (-150, -640),
            (10, -668),
            (168, -640),
            (256, -520),
            (262, -300),
            (0, -250),
        ],
        close=True,
    )
    g.slab(back, fabric, (-0.1, 0.25, 0.95), spread=0.22)
    weave(g, back, alpha=0.12, size=10)
    for i in (-2, -1, 0, 1, 2):
        g.soft(
            f"M{i * 82} -650C{i * 92} -500 {i * 90} -400 {i * 84} -320",
            shade(fabric, -0.7),
            7,
            0.34,
            clip=back,
            width=12,
        )
        g.soft(
            f"M{i * 82 - 18} -650C{i * 92 - 18} -500 {i * 90 - 18} -400 {i * 84 - 18} -320",
            shade(fabric, 0.6),
            8,
            0.22,
            clip=back,
            width=12,
        )
    g.soft(
        "M-230 -260H240V-330C140 -370 -120 -370 -230 -330Z",
        shade(fabric, -0.85),
        20,
        0.55,
        clip=back,
    )
    seat = smooth(
        [
            (-220, -310),
            (0, -344),
            (226, -310),
            (252, -230),
            (226, -180),
            (0, -166),
            (-216, -180),
            (-244, -230),
        ],
        close=True,
    )
    g.slab(seat, fabric, (-0.15, 0.75, 0.65), spread=0.16)
    weave(g, seat, alpha=0.12, size=10)
    base = smooth(
        [
            (-250, -220),
            (-120, -196),
            (0, -190),
            (120, -196),
            (256, -220),
            (250, -80),
            (120, -62),
            (-116, -62),
            (-246, -80),
        ],
        close=True,
    )
    g.slab(base, fabric, (-0.15, -0.1, 0.95), spread=0.16)
    weave(g, base, alpha=0.12, size=10)
    g.soft("M-240 -206C-100 -176 110 -176 250 -206", shade(fabric, -0.85), 8, 0.5, width=14)
    for side in (-1, 1):
        arm = smooth(
            [
                (side * 214, -412),
                (side * 300, -424),
                (side * 338, -370),
                (side * 334, -120),
                (side * 270, -64),
                (side * 216, -84),
                (side * 226, -250),
            ],
            close=True,
        )
        g.slab(arm, fabric, (-0.35 if side < 0 else 0.25, 0.25, 0.85), spread=0.20)
        weave(g, arm, alpha=0.12, size=10)
        g.soft(
            f"M{side * 236} -396C{side * 290} -420 {side * 330} -390 {side * 322} -340",
            shade(fabric, 0.6),
            10,
            0.5,
            clip=arm,
            width=20,
        )
        g.soft(
            f"M{side * 222} -380C{side * 238} -280 {side * 230} -160 {side * 226} -90",
            shade(fabric, -0.85),
            9,
            0.45,
            clip=arm,
            width=16,
        )
    return [(-210, 70), (216, 70), (0, 240)]


def wall_shelf(g, wood, w=620):
    """Two boards on leather straps; the origin is between the pegs."""
    for x in (-w / 2 + 70, w / 2 - 70):
        g.path(
            f"M{x - 12} -280H{x + 12}V260H{x - 12}Z",
            g.doc.lin([(0, "#a8683e"), (1, "#7c4626")], 0, 0, 1, 0),
            casts=True,
        )
        g.ball(x, -268, 17, "#c39a4e", gloss=0.6)
    for y in (-20, 250):
        top = poly([(-w / 2, y), (w / 2, y), (w / 2 - 26, y - 40), (-w / 2 + 26, y - 40)])
        g.slab(top, wood, (-0.1, 0.95, 0.3), spread=0.06)
        front = box_path(-w / 2, y, w, 30, 4)
        g.slab(front, wood, (-0.2, 0.05, 0.95), spread=0.10)
        grain(g, front, (-w / 2, y, w / 2, y + 30), shade(wood, -0.6), gap=9, alpha=0.28, wave=4)


def basket(g, colour, r=250, h=330, handles=True, band=None):
    """A coiled seagrass basket: rows of plaited strands."""
    if handles:
        for x in (-1, 1):
            g.tube(
                (
                    f"M{x * (r * 0.86):.0f} {-h + 8}C{x * r * 0.98:.0f} {-h - 120} {x * r * 0.4:.0f} {-h - 130} {x * r * 0.44:.0f} {-h - 14}"
                ),
                22,
                shade(colour, -0.1),
                gloss=0,
            )
    d = g.turned(
        [(r * 0.92, -h), (r, -h * 0.72), (r * 1.02, -h * 0.4), (r * 0.86, -18), (r * 0.82, 0)],
        colour,
    )
    rows, y, k = "", -h + 10, 0
    while y < r * TILT:
        rr = r * 1.04
        for i in range(-23, 24):
            a = (i + 0.5 * (k % 2)) * math.pi / 46
            x0, x1 = rr * math.sin(a - 0.03), rr * math.sin(a + 0.03)
            sag = rr * TILT * math.cos(a)
            rows += f"M{pt(x0, y + sag - 7)}L{pt(x1, y + sag + 7)}"
        y, k = y + 21, k + 1
    g.inside(
        d,
        (
            f'<path d="{rows}" stroke="{shade(colour, -0.75)}" stroke-width="7"'
            f' stroke-linecap="round" opacity=".34"/><path d="{rows}" transform="translate(-5 -3)"'
            f' stroke="{shade(colour, 0.6)}" stroke-width="4" stroke-linecap="round"'
            ' opacity=".34"/>'
        ),
    )
    if band:
        g.inside(
            d,
            (
                f'<path d="M{-r * 1.1} {-h * 0.42}A{r * 1.02} {num(r * TILT)} 0 0 0'
                f' {r * 1.1} {-h * 0.42}V60H{-r * 1.1}Z" fill="{band}" opacity=".62"/>'
            ),
        )
    g.mouth(-h, r * 0.92, 15, colour, inner=shade(colour, -0.35))
    return [(0, r * 0.84)]


def diffuser(g, colour="#d9c7ae", label="#f4ecdd"):
    """A reed diffuser."""
    for x, top in ((-92, -470), (-40, -520), (14, -540), (66, -505), (112, -450)):
        g.line(f"M{x * 0.14:.0f} -190L{x} {top}", "#b08d62", 7, casts=True)
        g.line(f"M{x * 0.14 - 1:.0f} -190L{x - 1} {top}", "#d8bb8f", 3)
    d = glass(
        g,
        [(36, -232), (36, -196), (60, -176), (104, -150), (108, -24), (100, 0)],
        "#f0dfc4",
        "#c98f4e",
        -110,
        8,
    )
    g.wrap(108.5, -128, -34, label, half=62)
    write(g, "LUMARRE", 0, -68, 12, "#4a3828", weight=1.5)
    g.sheen(d, -88, -140, -10, 12, 0.6, 4)
    return [(0, 102)]
