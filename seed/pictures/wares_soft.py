# Knitwear, cloth and bags. The kit is in draw.py, the scenes are in scenes_soft.py.
import math

from draw import box_path, extent, lit, num, oval_path, pt, shade, smooth
from lettering import width, write
from wares_home import weave


def knit(g, outline, colour, size=15, alpha=0.26):
    """Stocking stitch: rows of V, each with a lit and a dark side."""
    x0, y0, x1, y1 = extent(outline)
    dark, rise = "", size * 0.72
    columns = int((x1 - x0) / size) + 2
    for row in range(int((y1 - y0) / rise) + 2):
        half = f"l{num(size / 2)} {num(rise)}l{num(size / 2)} {num(-rise)}"
        dark += f"M{num(x0 - size / 2)} {num(y0 + (row - 1) * rise)}" + half * columns
    g.inside(
        outline,
        (
            f'<path d="{dark}" fill="none" stroke="{shade(colour, -0.75)}"'
            f' stroke-width="{size * 0.17:.1f}" opacity="{alpha}"/><path d="{dark}"'
            f' transform="translate(0 {num(rise * 0.5)})" fill="none" stroke="{shade(colour, 0.6)}"'
            f' stroke-width="{size * 0.15:.1f}" opacity="{alpha}"/>'
        ),
    )


def rib(g, outline, colour, gap=15, alpha=0.38):
    x0, y0, x1, y1 = extent(outline)
    d = "".join(
        f"M{num(x0 + i * gap)} {num(y0)}V{num(y1)}" for i in range(int((x1 - x0) / gap) + 1)
    )
    g.inside(
        outline,
        (
            f'<path d="{d}" transform="translate({num(gap * 0.18)} 0)"'
            f' stroke="{shade(colour, -0.75)}" stroke-width="{num(gap * 0.36)}"'
            f' opacity="{alpha}"/><path d="{d}" transform="translate({num(gap * 0.64)} 0)"'
            f' stroke="{shade(colour, 0.6)}" stroke-width="{num(gap * 0.28)}" opacity="{alpha}"/>'
        ),
    )


def folds(g, clip, lines, colour, width=20, alpha=0.34):
    """Soft creases: a dark line and its lit left edge."""
    dark = "".join(smooth(line) for line in lines)
    pale = "".join(smooth([(x - width * 1.1, y) for x, y in line]) for line in lines)
    g.soft(dark, shade(colour, -0.85), width * 0.5, alpha, clip=clip, width=width)
    g.soft(pale, shade(colour, 0.7), width * 0.5, alpha * 0.75, clip=clip, width=width * 0.9)


def cable(g, x, y0, y1, colour, wide=24, pitch=74):
    """Two strands twisting around each other."""
    edge, face, top = (
        shade(colour, -0.55),
        lit(colour, (-0.1, 0.1, 0.95)),
        shade(lit(colour, (-0.3, 0.3, 0.9)), 0.25),
    )
    y, k = y0, 0
    out = []
    while y < y1 - 4:
        end = min(y + pitch, y1)
        for side in (-1, 1) if k % 2 else (1, -1):
            a, b = side * wide, -side * wide
            out.append(
                f"M{pt(x + a, y)}C{pt(x + a, y + pitch * 0.4)} {pt(x + b, y + pitch * 0.6)} {pt(x + b, end)}"
            )
        y, k = end, k + 1
    for i in range(0, len(out)):
        g.line(out[i], edge, wide * 1.15, stroke_linecap="butt")
        g.line(out[i], face, wide * 0.92)
        g.line(out[i], top, wide * 0.3, transform=f"translate({num(-wide * 0.16)} 0)", opacity=0.8)


def hanger(g, wood="#b98a58"):
    g.line("M0 -8C-2 -40 34 -44 34 -76C34 -108 -20 -108 -20 -78", "#6d675e", 8, casts=True)
    g.tube("M-190 62C-120 10 -50 -6 0 -8C50 -6 120 10 190 62", 24, wood, gloss=0.15)


def sleeve(g, side, colour, cuff=None, length=560, knit_size=15, turn=11, stripes=()):
    """One sleeve hanging from the shoulder, drawn straight and then turned outwards."""
    part = g.part()
    d = (
        f"M{-64 * side} -30C{-20 * side} -44 {40 * side} -26"
        f" {62 * side} 6C{72 * side} {length * 0.3:.0f} {60 * side} {length * 0.7:.0f} {46 * side} {length}H{-46 * side}C{-56 * side} {length * 0.7:.0f} {-78 * side} {length * 0.3:.0f} {-86 * side} 130Z"
    )
    part.slab(
        d, colour, (-0.35 if side < 0 else 0.22, 0.1, 0.9), spread=0.16, angle=(0, 0, 1, 0.25)
    )
    for y, h, tone in stripes:
        part.inside(
            d,
            (
                f'<path d="M-120 {y}Q0 {y + 16} 120 {y}V{y + h}Q0 {y + h + 16} -120 {y + h}Z"'
                f' fill="{lit(tone, (0.1 * side, 0.1, 0.95))}"/>'
            ),
        )
    if knit_size:
        knit(part, d, colour, knit_size)
    folds(
        part,
        d,
        [
            [(-30 * side, 120), (-4 * side, 240), (-26 * side, 330)],
            [(20 * side, 300), (-6 * side, 400), (10 * side, 500)],
        ],
        colour,
        15,
        0.30,
    )
    part.soft(f"M{-60 * side} 0L{-84 * side} 300", shade(colour, -0.9), 16, 0.5, clip=d, width=26)
    if cuff:
        c = box_path(-48, length - 14, 96, 74, 12)
        part.slab(c, cuff, (-0.3 if side < 0 else 0.2, 0.05, 0.9), spread=0.16, angle=(0, 0, 1, 0))
        rib(part, c, cuff, 14)
        part.line(f"M-46 {length - 12}H46", shade(cuff, -0.8), 4, opacity=0.35)
    g.add(part, side * 196, 96, turn=-side * turn)


BODY = (
    "M-92 6C-130 16 -180 36 -222 70C-214 130 -206 190 -206 250C-204 400 -208 520 -206 640H206C208"
    " 520 204 400 206 250C206 190 214 130 222 70C180 36 130 16 92 6C60 50 -60 50 -92 6Z"
)


def jumper(g, colour, cables=True, stripes=(), collar=70):
    hanger(g)
    back = "M-92 8C-60 -14 60 -14 92 8C60 48 -60 48 -92 8Z"
    g.path(back, shade(lit(colour, (0, -0.3, 0.8)), -0.35), casts=True)
    for side in (-1, 1):
        sleeve(g, side, colour, colour, stripes=stripes and [(y, h, c) for y, h, c in stripes])
    g.soft("M-216 130C-196 250 -208 400 -210 600", shade(colour, -0.9), 14, 0.45, width=16)
    g.slab(BODY, colour, (-0.12, 0.1, 0.95), spread=0.13)
    for y, h, tone in stripes:
        g.inside(
            BODY,
            (
                f'<path d="M-240 {y + 70}Q0 {y + 92} 240 {y + 70}V{y + h + 70}Q0 {y + h + 92} -240'
                f' {y + h + 70}Z" fill="{lit(tone, (-0.1, 0.1, 0.95))}"/>'
            ),
        )
    knit(g, BODY, colour)
    if cables:
        part = g.part()
        for x in (-112, 0, 112):
            part.path(f"M{x - 50} 0H{x + 50}V600H{x - 50}Z", shade(colour, -0.5), opacity=0.20)
            cable(part, x, 20, 600, colour, 25 if x else 30)
        g.inside(BODY, "".join(part.out))
    folds(
        g,
        BODY,
        [
            [(-150, 250), (-120, 360), (-140, 500)],
            [(150, 230), (110, 350), (140, 520)],
            [(30, 380), (-10, 470), (20, 590)],
        ],
        colour,
        24,
        0.26,
    )
    g.soft("M190 120C208 250 196 420 204 620", shade(colour, -0.9), 16, 0.5, clip=BODY, width=30)
    hem = "M-208 622C-100 640 100 640 208 622L202 700C100 716 -100 716 -202 700Z"
    g.slab(hem, colour, (-0.15, 0.05, 0.95), spread=0.12)
    rib(g, hem, colour, 15)
    g.soft("M-206 624C-100 642 100 642 206 624", shade(colour, -0.9), 4, 0.5, width=6)
    neck = "M-104 0C-70 66 70 66 104 0L80 -20C56 32 -56 32 -80 -20Z"
    g.slab(neck, colour, (-0.15, 0.3, 0.9), spread=0.12)
    rib(g, neck, colour, 12)
    g.soft("M-104 2C-70 70 70 70 104 2", shade(colour, -0.9), 5, 0.5, width=6)


def cardigan(g, colour, button="#5a3d28"):
    jumper(g, colour, cables=False)
    opening = "M-74 -8C-60 60 -18 160 0 220C18 160 60 60 74 -8C40 18 -40 18 -74 -8Z"
    g.path(opening, shade(colour, -0.62))
    knit(g, opening, shade(colour, -0.5), 13, 0.2)
    band = (
        "M-104 -2C-84 90 -40 170 -24 232V708H24V232C40 170 84 90 104 -2L76 -16C60 60 22 140 0"
        " 206C-22 140 -60 60 -76 -16Z"
    )
    g.slab(band, colour, (-0.15, 0.15, 0.95), spread=0.10)
    rib(g, band, colour, 12, alpha=0.30)
    g.soft("M24 236V704", shade(colour, -0.9), 5, 0.55, width=6)
    for y in range(270, 700, 92):
        g.soft(oval_path(4, y + 5, 16, 16), "#1d120d", 3, 0.45)
        g.ball(0, y, 15, button, gloss=0.25, casts=False)
        for dx, dy in ((-4, -4), (4, -4), (-4, 4), (4, 4)):
            g.path(oval_path(dx, y + dy, 1.8, 1.8), "#1d120d", opacity="0.8")


def tee(g, colour, stripes=()):
    hanger(g)
    g.path("M-84 6C-60 -10 60 -10 84 6C60 50 -60 50 -84 6Z", shade(colour, -0.45), casts=True)
    for side in (-1, 1):
        part = g.part()
        d = (
            f"M{side * 80} 10C{side * 140} 24 {side * 190} 40 {side * 226} 66C{side * 274} 130"
            f" {side * 312} 210 {side * 330} 268C{side * 300} 296 {side * 256} 312"
            f" {side * 222} 318C{side * 214} 280 {side * 200} 240 {side * 186} 200Z"
        )
        part.slab(d, colour, (-0.3 if side < 0 else 0.2, 0.2, 0.9), spread=0.14)
        for y, h, tone in stripes:
            part.inside(
                d,
                (
                    "<path"
                    f' d="M{side * 120} {y - 40}L{side * 360} {y + 66}V{y + h + 66}L{side * 120} {y + h - 40}Z"'
                    f' fill="{lit(tone, (0.1 * side, 0.1, 0.95))}"/>'
                ),
            )
        folds(
            part, d, [[(side * 214, 110), (side * 240, 190), (side * 236, 290)]], colour, 16, 0.25
        )
        part.line(
            f"M{side * 334} 254C{side * 300} 284 {side * 256} 300 {side * 218} 306",
            shade(colour, -0.6),
            2.5,
            opacity=0.4,
        )
        g.add(part)
    g.slab(BODY, colour, (-0.12, 0.1, 0.95), spread=0.12)
    for y, h, tone in stripes:
        g.inside(
            BODY,
            (
                f'<path d="M-240 {y}Q0 {y + 18} 240 {y}V{y + h}Q0 {y + h + 18} -240 {y + h}Z"'
                f' fill="{lit(tone, (-0.1, 0.1, 0.95))}"/>'
            ),
        )
    weave(g, BODY, alpha=0.05, size=9)
    folds(
        g,
        BODY,
        [
            [(-160, 230), (-90, 330), (-130, 520)],
            [(160, 220), (90, 330), (120, 540)],
            [(10, 330), (-30, 450), (10, 630)],
        ],
        colour,
        26,
        0.24,
    )
    g.line("M-204 620C-100 634 100 634 204 620", shade(colour, -0.6), 2.5, opacity=0.4)
    neck = "M-96 4C-64 66 64 66 96 4L82 -6C54 44 -54 44 -82 -6Z"
    g.slab(neck, colour, (-0.15, 0.3, 0.9), spread=0.08)
    g.line("M-97 6C-64 70 64 70 97 6", shade(colour, -0.7), 3, opacity=0.45)


def beanie(g, colour, brim=None, bobble=None):
    """A ribbed hat, standing as if on a head; base at y = 0."""
    brim = brim or colour
    dome = "M-214 -120C-226 -300 -150 -470 0 -474C150 -470 226 -300 214 -120Z"
    if bobble:
        for i in range(90):
            a, k = g.rng.uniform(0, 6.28), math.sqrt(g.rng.uniform(0, 1))
            x, y = math.cos(a) * 74 * k, -520 + math.sin(a) * 70 * k
            n = (math.cos(a) * k, -math.sin(a) * k, math.sqrt(1 - k * k * 0.98))
            g.line(
                f"M{pt(x, y)}l{num(math.cos(a) * 17)} {num(math.sin(a) * 17)}",
                lit(shade(bobble, g.rng.uniform(-0.15, 0.2)), n),
                12,
                casts=i % 6 == 0,
            )
    g.slab(dome, colour, (-0.15, 0.35, 0.9), spread=0.26)
    ribs = ""
    for i in range(-9, 10):
        x = i * 23.5
        ribs += f"M{x} -100C{x * 1.05:.0f} -280 {x * 0.8:.0f} -420 {x * 0.12:.0f} -478"
    g.inside(
        dome,
        (
            f'<path d="{ribs}" fill="none" stroke="{shade(colour, -0.8)}" stroke-width="8"'
            f' opacity=".36"/><path d="{ribs}" transform="translate(-9 0)" fill="none"'
            f' stroke="{shade(colour, 0.6)}" stroke-width="7" opacity=".28"/>'
        ),
    )
    knit(g, dome, colour, 12, 0.14)
    g.soft("M200 -140C214 -300 150 -440 40 -474", shade(colour, -0.9), 24, 0.5, clip=dome, width=60)
    band = (
        "M-232 -150C-120 -118 120 -118 232 -150C240 -110 238 -40 226 -8C120 26 -120 26 -226 -8C-238"
        " -40 -240 -110 -232 -150Z"
    )
    g.soft("M-228 -156C-120 -124 120 -124 228 -156", shade(colour, -0.9), 10, 0.6, width=16)
    g.slab(band, brim, (-0.2, 0.1, 0.95), spread=0.20, angle=(0, 0, 1, 0.2))
    rib(g, band, brim, 21)
    g.soft("M218 -140C236 -90 230 -30 216 0", shade(brim, -0.9), 14, 0.55, clip=band, width=40)
    return [(0, 200)]


def scarf(g, colour, stripe=None, fringe=True):
    """Hung over a peg: two tails, one in front."""
    for side, length, x in ((1, 690, 86), (-1, 590, -66)):
        part = g.part()
        d = smooth(
            [
                (-96, 0),
                (-104, length * 0.4),
                (-98, length),
                (0, length + 6),
                (100, length),
                (104, length * 0.5),
                (92, 0),
                (0, -30),
            ],
            close=True,
        )
        part.slab(
            d, colour, (-0.2 if side < 0 else 0.15, 0.1, 0.95), spread=0.16, angle=(0, 0, 1, 0.2)
        )
        if stripe:
            for y in (length - 60, length - 110, length - 190):
                part.inside(
                    d,
                    (
                        f'<rect x="-120" y="{y}" width="240"'
                        f' height="{30 if y != length - 190 else 54}"'
                        f' fill="{lit(stripe, (-0.1, 0.1, 0.95))}"/>'
                    ),
                )
        knit(part, d, colour, 16)
        folds(
            part,
            d,
            [[(-30, 20), (-10, 200), (-36, 420)], [(44, 10), (24, 260), (50, length)]],
            colour,
            22,
            0.34,
        )
        if fringe:
            for i in range(12):
                fx = -88 + i * 16
                part.line(
                    (
                        f"M{fx} {length - 2}q{num(g.rng.uniform(-8, 8))} 40"
                        f" {num(g.rng.uniform(-6, 6))} 78"
                    ),
                    shade(lit(colour, (-0.2, 0, 0.9)), g.rng.uniform(-0.2, 0.15)),
                    9,
                    casts=True,
                )
        g.add(part, x, 40, turn=-side * 2.5)
    loop = smooth(
        [
            (-170, 60),
            (-120, -40),
            (10, -84),
            (140, -40),
            (192, 70),
            (120, 96),
            (10, 40),
            (-90, 100),
        ],
        close=True,
    )
    g.slab(loop, colour, (-0.2, 0.5, 0.8), spread=0.2)
    knit(g, loop, colour, 16)
    folds(g, loop, [[(-150, 70), (-80, -10), (10, -30), (90, -6), (170, 80)]], colour, 14, 0.4)
    g.ball(8, -74, 32, "#b98a58", gloss=0.2)


def sock(g, colour, accent, stripes=True):
    """One sock lying flat, toe to the right."""
    d = (
        "M-80 -330H80C84 -200 78 -90 92 -10C104 40 190 66 262 92C330 118 352 168 330 214C306 256"
        " 250 262 190 252C110 240 -10 236 -64 190C-108 150 -86 60 -84 -20C-82 -120 -82 -220 -80"
        " -330Z"
    )
    g.slab(d, colour, (-0.15, 0.15, 0.95), spread=0.18)
    heel = "M-86 40C-40 60 0 110 6 226C-40 220 -70 200 -84 170C-98 130 -90 80 -86 40Z"
    toe = "M236 84C214 130 206 190 216 254C280 264 326 246 336 204C348 160 318 112 262 92Z"
    for part in (heel, toe):
        g.inside(d, f'<path d="{part}" fill="{lit(accent, (-0.1, 0.1, 0.95))}"/>')
    if stripes:
        for y in (-170, -128, -86):
            g.inside(
                d,
                (
                    f'<rect x="-120" y="{y}" width="260" height="18"'
                    f' fill="{lit(accent, (-0.1, 0.1, 0.95))}"/>'
                ),
            )
    knit(g, d, colour, 12, 0.28)
    folds(g, d, [[(60, -20), (40, 40), (70, 90)], [(20, 0), (30, 70), (90, 120)]], colour, 14, 0.28)
    g.soft(
        "M86 -320C86 -150 84 -40 100 10C130 50 250 80 330 130",
        shade(colour, -0.9),
        14,
        0.40,
        clip=d,
        width=20,
    )
    cuff = box_path(-86, -376, 172, 92, 16)
    g.slab(cuff, accent, (-0.2, 0.1, 0.95), spread=0.16, angle=(0, 0, 1, 0))
    rib(g, cuff, accent, 14)


def mitten(g, colour, accent, side=1):
    d = "M-96 40C-120 -60 -124 -220 -86 -310C-50 -372 50 -372 86 -310C124 -220 120 -60 96 40Z"
    thumb = smooth(
        [(84, -30), (120, -130), (166, -190), (196, -160), (176, -70), (110, 34), (84, 30)],
        close=True,
    )
    part = g.part()
    part.slab(thumb, colour, (0.15, 0.1, 0.95), spread=0.16)
    knit(part, thumb, colour, 12, 0.26)
    part.slab(d, colour, (-0.15, 0.15, 0.95), spread=0.18)
    dots = ""
    for j in range(13):
        for i in range(-5, 6):
            if (abs(i) + j) % 6 in (0, 1) or (abs(i) == 5 and j % 3 == 0):
                dots += box_path(i * 18 - 8, -330 + j * 28, 16, 20, 3)
    part.inside(d, f'<path d="{dots}" fill="{lit(accent, (-0.1, 0.1, 0.95))}"/>')
    knit(part, d, colour, 12, 0.26)
    part.soft("M88 -300C116 -200 110 -60 90 40", shade(colour, -0.9), 16, 0.5, clip=d, width=28)
    cuff = box_path(-92, 26, 184, 150, 18)
    part.slab(cuff, accent, (-0.2, 0.1, 0.95), spread=0.16, angle=(0, 0, 1, 0))
    rib(part, cuff, accent, 15)
    part.soft("M-90 32H90", shade(accent, -0.9), 5, 0.5, width=8)
    g.add(part, flip=side < 0)


def folded(g, colours, w=600, thick=74, stripe=None, pile=False, label=True):
    """A stack of folded cloth seen from the front and a little above."""
    y = 0
    for i, colour in enumerate(colours):
        shift = g.rng.uniform(-12, 12)
        for half in (0, 1):
            top = y - thick * 0.5
            d = (
                f"M{pt(-w / 2 + shift + 20, top)}C{pt(-w / 2 + shift - 16, top)} {pt(-w / 2 + shift - 16, y)} {pt(-w / 2 + shift + 20, y)}"
                f"C{pt(-w / 6, y + 5)} {pt(w / 6, y + 4)} {pt(w / 2 + shift - 20, y)}C{pt(w / 2 + shift + 16, y)} {pt(w / 2 + shift + 16, top)} {pt(w / 2 + shift - 20, top)}"
                f"C{pt(w / 6, top - 5)} {pt(-w / 6, top - 4)} {pt(-w / 2 + shift + 20, top)}Z"
            )
            tone = lit(colour, (-0.2, 0.15, 0.9))
            g.path(
                d,
                g.doc.lin([(0, shade(tone, 0.20)), (0.45, tone), (1, shade(tone, -0.42))]),
                casts=True,
            )
            g.path(
                d,
                g.doc.lin(
                    [(0, "#fff4e2", 0.12), (0.4, "#fff4e2", 0), (1, "#1d120d", 0.30)], 0, 0, 1, 0
                ),
            )
            texture(g, d, colour, pile)
            if stripe:
                for x in (-w * 0.30, -w * 0.24, w * 0.26):
                    g.inside(
                        d,
                        (
                            f'<rect x="{x:.0f}" y="{top - 8:.0f}"'
                            f' width="{22 if x != -w * 0.24 else 10}"'
                            f' height="{thick * 0.5 + 16:.0f}"'
                            f' fill="{lit(stripe, (-0.1, 0.1, 0.9))}" opacity=".85"/>'
                        ),
                    )
            y = top + 2
    colour, dx, dy = colours[-1], 70, -96
    top = f"M{pt(-w / 2 + 14, y + 4)}C{pt(-w / 2 + 20, y - 20)} {pt(-w / 2 + dx * 0.6, y + dy)} {pt(-w / 2 + dx + 22, y + dy)}H{num(w / 2 - 34)}C{pt(w / 2 - 8, y + dy)} {pt(w / 2 + 6, y - 30)} {pt(w / 2 - 6, y + 4)}C{pt(w / 6, y - 4)} {pt(-w / 6, y - 2)} {pt(-w / 2 + 14, y + 4)}Z"
    g.slab(top, colour, (-0.15, 0.9, 0.4), spread=0.10)
    texture(g, top, colour, pile)
    if stripe:
        for x, sw in ((-w * 0.30, 22), (-w * 0.24, 10), (w * 0.26, 22)):
            g.inside(
                top,
                (
                    "<path"
                    f' d="M{pt(x, y + 4)}L{pt(x + dx * 0.4, y + dy)}h{sw * 0.9:.0f}L{pt(x + sw, y + 4)}Z"'
                    f' fill="{lit(stripe, (-0.1, 0.9, 0.3))}" opacity=".85"/>'
                ),
            )
    if label:
        g.path(box_path(w * 0.30, y + 34, 74, 44, 3), g.doc.lin([(0, "#f4ecdb"), (1, "#d9ccb2")]))
        write(
            g,
            "TARNWOOL" if not pile else "ALMERY",
            w * 0.30 + 37,
            y + 60,
            8,
            "#4a3a2c",
            weight=1.7,
            spacing=3,
        )
    return [(20, w * 0.49, 0, 24)]


def texture(g, d, colour, pile):
    if not pile:
        weave(g, d, shade(colour, -0.8), 0.12, 8)
        return
    x0, y0, x1, y1 = extent(d)
    loops = "".join(
        f"M{num(x0 + 4 * (i % 2))} {num(y0 + i * 5)}" + "q2 -3 4 0m4 0" * int((x1 - x0) / 8)
        for i in range(int((y1 - y0) / 5) + 2)
    )
    g.inside(
        d,
        (
            f'<path d="{loops}" fill="none" stroke="{shade(colour, -0.6)}" stroke-width="1.6"'
            ' opacity=".3"/>'
        ),
    )


def cushion(g, colour, stripes=None, w=520):
    h = w / 2
    d = smooth(
        [
            (-h - 8, -h - 8),
            (-h * 0.5, -h + 14),
            (0, -h + 24),
            (h * 0.5, -h + 14),
            (h + 8, -h - 8),
            (h - 12, -h * 0.5),
            (h - 22, 0),
            (h - 12, h * 0.5),
            (h + 8, h + 8),
            (h * 0.5, h - 12),
            (0, h - 20),
            (-h * 0.5, h - 12),
            (-h - 8, h + 8),
            (-h + 12, h * 0.5),
            (-h + 22, 0),
            (-h + 12, -h * 0.5),
        ],
        close=True,
    )
    part = g.part()
    tone = lit(colour, (-0.1, 0.15, 0.95))
    part.path(
        d,
        part.doc.rad(
            [(0, shade(tone, 0.30)), (0.5, tone), (1, shade(tone, -0.45))], 0.38, 0.34, 0.72
        ),
        casts=True,
    )
    if stripes:
        for i, x in enumerate((-h * 0.72, -h * 0.58, -h * 0.44, h * 0.36, h * 0.5, h * 0.64)):
            part.inside(
                d,
                (
                    f'<path d="M{num(x)} {-h - 20}Q{num(x * 1.12)} 0 {num(x)} {h + 20}" fill="none"'
                    f' stroke="{lit(stripes, (-0.1, 0.1, 0.95))}"'
                    f' stroke-width="{(12, 22, 12)[i % 3]}" opacity=".9"/>'
                ),
            )
    rows = "".join(
        f"M{num(x)} {-h - 20}Q{num(x * 1.12)} 0 {num(x)} {h + 20}"
        for x in range(int(-h), int(h), 13)
    )
    part.inside(
        d,
        (
            f'<path d="{rows}" fill="none" stroke="{shade(colour, -0.7)}" stroke-width="4"'
            f' opacity=".16"/><path d="{rows}" transform="translate(-5 0)" fill="none"'
            ' stroke="#fff" stroke-width="3" opacity=".13"/>'
        ),
    )
    weave(part, d, alpha=0.10, size=8)
    for sx in (-1, 1):
        for sy in (-1, 1):
            folds(
                part,
                d,
                [[(sx * h, sy * h), (sx * h * 0.72, sy * h * 0.66), (sx * h * 0.5, sy * h * 0.56)]],
                colour,
                14,
                0.30,
            )
    part.line(d, shade(colour, -0.35), 7, opacity=0.8)
    part.line(d, shade(colour, 0.4), 2.5, opacity=0.5, transform="translate(-2 -2)")
    g.add(part, 0, -h)
    return [(0, h * 0.92, -8, 22)]


def tea_towel(g, colour, stripe):
    """Linen over a wooden rail; the origin is the middle of the rail."""
    back = "M-190 0H200V560H-180Z"
    g.slab(back, shade(colour, -0.12), (0.1, -0.1, 0.9), spread=0.1)
    d = (
        "M-214 -8C-216 200 -222 420 -210 690C-120 700 20 684 120 694L176 688C186 430 178 200"
        " 182 -8Z"
    )
    g.slab(d, colour, (-0.15, 0.1, 0.95), spread=0.12)
    for x, w in ((-178, 10), (-160, 22), (-128, 10), (92, 10), (112, 22), (144, 10)):
        g.inside(
            d,
            (
                f'<path d="M{x} -20C{x - 4} 240 {x + 6} 460 {x - 2} 710H{x + w - 2}C{x + w + 6} 460'
                f' {x + w - 4} 240 {x + w} -20Z" fill="{lit(stripe, (-0.1, 0.1, 0.95))}"'
                ' opacity=".9"/>'
            ),
        )
    weave(g, d, "#4a3420", 0.12, 6)
    folds(
        g,
        d,
        [
            [(-90, 0), (-70, 260), (-100, 690)],
            [(30, 0), (10, 320), (40, 690)],
            [(130, 0), (140, 300), (120, 690)],
        ],
        colour,
        26,
        0.28,
    )
    g.line("M-208 676C-120 688 20 672 120 680L176 676", shade(colour, -0.5), 3, opacity=0.4)
    g.tube("M-330 -14H310", 32, "#b98a58", gloss=0.1)
    over = "M-214 -30C-120 -40 100 -40 182 -30V20C100 10 -120 10 -214 20Z"
    g.slab(over, colour, (-0.2, 0.6, 0.75), spread=0.16)
    for x, w in ((-178, 10), (-160, 22), (-128, 10), (92, 10), (112, 22), (144, 10)):
        g.inside(
            over,
            (
                f'<rect x="{x}" y="-50" width="{w}" height="90"'
                f' fill="{lit(stripe, (-0.1, 0.5, 0.8))}" opacity=".9"/>'
            ),
        )
    weave(g, over, "#4a3420", 0.12, 6)
    for x in (-300, 280):
        g.ball(x, -14, 26, "#c39a4e", gloss=0.6)
