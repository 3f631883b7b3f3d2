# Lamps, candles, vases, leaves and flowers. The kit is in draw.py, the scenes are in scenes_home.py.
import math

from draw import TILT, box_path, extent, fresh, lit, num, oval_path, poly, pt, shade, smooth
from lettering import width, write


def glow(g, x, y, r, colour="#ffd890", alpha=0.55):
    g.path(
        oval_path(x, y, r, r),
        g.doc.rad([(0, colour, alpha), (0.35, colour, alpha * 0.45), (1, colour, 0)]),
    )


def mushroom_lamp(g, colour, on=True):
    """A table lamp: domed shade on a turned foot, one material."""
    foot = g.part()
    foot.turned(
        [(34, -330), (36, -230), (60, -110), (150, -30), (164, -14), (160, 0)], colour, gloss=0.15
    )
    g.add(foot)
    if on:
        g.path(
            oval_path(0, -318, 236, 236 * TILT * 1.05),
            g.doc.rad([(0, "#fff3cf"), (0.5, "#ffdf9a"), (1, "#d9964a")]),
        )
        g.soft(oval_path(0, -230, 60, 80), "#ffdf9a", 22, 0.55)
    top = g.part()
    out = top.turned(
        [(2, -606), (50, -603), (110, -578), (182, -510), (232, -400), (242, -330), (240, -322)],
        colour,
        gloss=0.2,
        sharp=22,
        lift=0.04 if on else 0,
    )
    top.sheen(out, -168, -520, -370, 50, 0.36, 11)
    if on:
        top.soft(
            "M-250 -300A250 44 0 0 0 250 -300V-356A250 44 0 0 1 -250 -356Z",
            "#ffc870",
            16,
            0.65,
            clip=out,
        )
    g.add(top)
    if on:
        glow(g, 0, -290, 420, alpha=0.30)
    return [(0, 160)]


def paper_pendant(g, colour="#f6ecd8", r=300):
    """A ribbed paper lantern on a cord; the origin is where the cord leaves the picture."""
    g.line("M0 -60V250", "#33302c", 5)
    cy = 240 + r * 0.86
    d = g.ball(0, cy, r * 0.86, colour, rx=r, lift=0.14)
    g.path(
        oval_path(0, cy + 20, r * 0.75, r * 0.62),
        g.doc.rad([(0, "#fff6dc", 0.95), (0.6, "#ffe7b0", 0.5), (1, "#ffe0a0", 0)]),
    )
    ribs = ""
    for i in range(1, 19):
        t = -math.cos(math.pi * i / 19)
        half = r * math.sqrt(1 - t * t)
        ribs += (
            f"M{pt(-half, cy + t * r * 0.86)}A{num(half)} {num(half * 0.13 + 1)} 0 0 0"
            f" {pt(half, cy + t * r * 0.86)}"
        )
    g.inside(
        d,
        (
            f'<path d="{ribs}" fill="none" stroke="#8d6c3e" stroke-width="2.6" opacity=".34"/><path'
            f' d="{ribs}" transform="translate(0 3)" fill="none" stroke="#fff" stroke-width="2.4"'
            ' opacity=".5"/>'
        ),
    )
    g.turned([(34, 234), (40, 250)], "#3a332c")
    glow(g, 0, cy, r * 1.7, alpha=0.28)


def heron_lamp(g, colour, brass="#c49a52"):
    """A desk lamp: round foot, two arms, a small bell shade."""
    g.turned([(140, -30), (146, -24), (146, 0)], colour, gloss=0.25)
    g.disc(-30, 140, colour, lift=0.05, gloss=0.2)
    g.tube("M20 -34L-110 -360", 18, brass, gloss=0.5)
    g.tube("M-110 -360L170 -590", 18, brass, gloss=0.5)
    for x, y in ((20, -36), (-110, -360)):
        g.ball(x, y, 22, colour, gloss=0.3)
    bell = g.part()
    bell.path(
        oval_path(0, 92, 112, 24), bell.doc.rad([(0, "#fffbe8"), (0.6, "#ffe0a0"), (1, "#c98f45")])
    )
    cone = bell.turned([(26, -52), (40, -44), (74, 10), (112, 84), (114, 92)], colour, gloss=0.25)
    bell.sheen(cone, -52, -30, 74, 22, 0.4, 6)
    bell.soft("M-114 92A114 22 0 0 0 114 92V70A114 20 0 0 1 -114 70Z", "#ffd890", 7, 0.6, clip=cone)
    g.add(bell, 196, -600, turn=-24)
    beam = poly([(150, -500), (330, -520), (470, -40), (60, -10)])
    g.soft(beam, "#ffe6a8", 26, 0.30)
    return [(0, 146)]


def floor_lamp(g, colour="#e9dcc3", wood="#a8764c"):
    for x0, x1 in ((0, -150), (0, 160), (0, 24)):
        g.tube(f"M{x0} -640L{x1} {-4 if x1 != 24 else -40}", 20, wood, gloss=0.05)
    g.path(oval_path(0, -640, 190, 190 * TILT), "#d99c50")
    shade_ = g.part()
    out = shade_.turned([(130, -900), (190, -640)], colour, lift=0.12)
    shade_.soft(oval_path(0, -735, 100, 110), "#ffe9b6", 30, 0.85, clip=out)
    shade_.mouth(-900, 130, 5, colour, inner="#ffe9b6")
    weave(shade_, out, "#8a6a3c", 0.10)
    g.add(shade_)
    glow(g, 0, -740, 430, alpha=0.28)
    return [(-150, 18, -4), (160, 18, -4), (24, 16, -40)]


def weave(g, outline, colour="#2a1a10", alpha=0.14, size=7):
    """Plain cloth: crossing threads."""
    x0, y0, x1, y1 = extent(outline)
    d = "".join(
        f"M{num(x0)} {num(y0 + i * size)}H{num(x1)}" for i in range(int((y1 - y0) / size) + 1)
    )
    d += "".join(
        f"M{num(x0 + i * size)} {num(y0)}V{num(y1)}" for i in range(int((x1 - x0) / size) + 1)
    )
    g.inside(
        outline,
        f'<path d="{d}" stroke="{colour}" stroke-width="{size * 0.3:g}" opacity="{alpha}"/>',
    )


def flame(g, x, y, s=1.0):
    glow(g, x, y - 26 * s, 190 * s, alpha=0.5)
    g.line(f"M{pt(x, y + 8)}q2 -8 0 {num(-16 * s)}", "#3a2a20", 3.5)
    d = f"M{pt(x, y - 4 * s)}C{pt(x - 22 * s, y - 16 * s)} {pt(x - 12 * s, y - 46 * s)} {pt(x + 1, y - 78 * s)}C{pt(x + 13 * s, y - 46 * s)} {pt(x + 21 * s, y - 16 * s)} {pt(x, y - 4 * s)}Z"
    g.path(d, g.doc.lin([(0, "#fff1b8"), (0.5, "#ffd46a"), (0.85, "#ff9d3a"), (1, "#7a8fd0", 0.5)]))
    g.soft(
        (
            f"M{pt(x, y - 12 * s)}q{num(-9 * s)} {num(-14 * s)} 0"
            f" {num(-36 * s)}q{num(9 * s)} {num(22 * s)} 0 {num(36 * s)}Z"
        ),
        "#fffbe8",
        3,
        0.95,
    )


def candle(g, vessel, label, name, wax="#f1e6cf", r=135, h=250, burning=True, word="LUMARRE"):
    """A scented candle in a glazed beaker."""
    d = g.turned([(r, -h), (r, -24), (r * 0.95, -6), (r * 0.93, 0)], vessel, gloss=0.25, sharp=20)
    g.sheen(d, -r * 0.76, -h * 0.94, -h * 0.1, 24, 0.42, 7)
    g.wrap(r + 0.5, -h * 0.66, -h * 0.18, label, half=r * 0.62)
    for i, text in enumerate(name.split("|")):
        write(g, text, 0, -h * 0.42 + i * 26 + 8, 17, "#3c2c20", weight=1.5)
    write(g, word, 0, -h * 0.18 + 14, 8.5, "#3c2c20", weight=1.7)
    g.mouth(-h, r, 8, vessel, inner=shade(vessel, 0.2), gloss=0.2)
    inner = oval_path(0, -h, r - 8, (r - 8) * TILT)
    g.inside(
        inner,
        (
            f'<ellipse cx="0" cy="{-h + 11}" rx="{r - 8}" ry="{num((r - 8) * TILT)}"'
            f' fill="{g.doc.rad([(0, "#fff6d8"), (0.4, wax), (1, shade(wax, -0.22))], 0.5, 0.4, 0.6)}"/>'
        ),
    )
    if burning:
        flame(g, 0, -h + 2, 1.15)
    return [(0, r * 0.94)]


def candlestick(g, metal="#c39a4e", wax="#e8c988", lit_=True):
    """A low brass chamberstick with a ring, and a taper in it."""
    g.tube("M128 -34C214 -90 232 20 140 2", 15, metal, gloss=0.8)
    g.turned([(160, -34), (152, -20), (120, -4), (112, 0)], metal, gloss=0.9, sharp=10)
    g.disc(-34, 160, metal, lift=0.08, gloss=0.6)
    g.path(
        oval_path(0, -31, 138, 138 * TILT),
        g.doc.lin([(0, shade(metal, -0.5)), (1, shade(metal, 0.2))], 0, 0, 1, 0.4),
    )
    g.turned([(40, -106), (32, -92), (34, -40), (44, -28)], metal, gloss=0.9, sharp=10)
    part = g.part()
    part.turned([(20, -470), (24, -450), (27, -106)], wax, gloss=0.15)
    part.soft("M8 -460Q14 -420 12 -380L20 -376Q24 -430 18 -464Z", shade(wax, 0.5), 3, 0.7)
    g.add(part)
    g.mouth(-106, 40, 11, metal, inner=wax, gloss=0.8)
    g.turned([(26.6, -130), (27, -104)], wax, gloss=0.15)
    if lit_:
        flame(g, 0, -472, 1.0)
    return [(0, 118)]


def tapers(g, colours):
    """A bundle of dipped candles, tied, lying; seen from above."""
    for i, colour in enumerate(colours):
        part = g.part()
        x = (i - (len(colours) - 1) / 2) * 62
        d = box_path(x - 25, -330, 50, 640, 20)
        part.path(
            d,
            part.doc.lin(
                [
                    (0, lit(colour, (-0.9, 0.2, 0.3))),
                    (0.3, lit(colour, (-0.4, 0.3, 0.9), 0.15)),
                    (0.7, lit(colour, (0.4, 0, 0.9))),
                    (1, lit(colour, (0.95, -0.2, 0.2))),
                ],
                0,
                0,
                1,
                0,
            ),
            casts=True,
        )
        part.line(
            f"M{x} -330C{x} -372 {x + 10} -392 {x + 26 - i * 10} -400", "#e9dfc8", 5, casts=True
        )
        g.add(part, 0, g.rng.uniform(-14, 14))
    g.path(
        box_path(-len(colours) * 31 - 4, -60, len(colours) * 62 + 8, 110, 4),
        g.doc.lin([(0, "#f0e6d2"), (1, "#d9cab0")], 0, 0, 1, 0.2),
        casts=True,
    )
    write(g, "LUMARRE", 0, -6, 24, "#4a3828", weight=1.5)
    write(g, "BEESWAX", 0, 26, 12, "#4a3828", weight=1.5)


def vase(g, colour, profile=None, speckle=True, stripes=0, gloss=0.12):
    profile = profile or [
        (70, -430),
        (56, -390),
        (66, -330),
        (150, -230),
        (186, -140),
        (160, -40),
        (110, 0),
    ]
    d = g.turned(profile, colour, gloss=gloss, sharp=24)
    r0, y0 = profile[0]
    widest = max(r for r, _ in profile)
    for i in range(stripes):
        y = y0 + 60 + i * (-y0 - 60) / stripes
        g.inside(
            d,
            (
                f'<path d="M{-widest} {num(y)}A{widest} {num(widest * TILT)} 0 0 0'
                f' {widest} {num(y)}" fill="none" stroke="{shade(colour, -0.5)}" stroke-width="4"'
                f' opacity=".30"/><path d="M{-widest} {num(y + 4)}A{widest} {num(widest * TILT)} 0'
                f' 0 0 {widest} {num(y + 4)}" fill="none" stroke="{shade(colour, 0.6)}"'
                ' stroke-width="3" opacity=".30"/>'
            ),
        )
    if speckle:
        g.speckle(d, shade(colour, -0.65), 130, (-widest, y0, widest, 20), alpha=0.35)
    g.sheen(d, -widest * 0.7, y0 * 0.52, y0 * 0.16, widest * 0.2, 0.34, 9)
    g.mouth(y0, r0, 8, colour, inner=shade(colour, -0.2))
    return [(0, profile[-1][0])]


def stem(g, points, leaves, colour="#7c8a5e", size=70, width=5):
    """A cut branch: leaves in pairs along a bent stem."""
    d = smooth(points)
    g.line(d, shade(colour, -0.35), width, casts=True)
    for i in range(leaves):
        t = 0.25 + 0.75 * i / leaves
        k = t * (len(points) - 1)
        a, b = points[int(k)], points[min(int(k) + 1, len(points) - 1)]
        x, y = a[0] + (b[0] - a[0]) * (k % 1), a[1] + (b[1] - a[1]) * (k % 1)
        along = math.atan2(b[1] - a[1], b[0] - a[0]) if a != b else -1.57
        for side in (-1, 1):
            leaf(
                g,
                x,
                y,
                along + side * g.rng.uniform(0.6, 1.0),
                size * g.rng.uniform(0.8, 1.1) * (1.1 - 0.4 * t),
                0.42,
                colour,
            )
    leaf(
        g,
        *points[-1],
        math.atan2(points[-1][1] - points[-2][1], points[-1][0] - points[-2][0]),
        size * 0.7,
        0.4,
        colour,
    )


def leaf(g, x, y, angle, length, fat, colour, bend=0.12, vein=True):
    """One leaf from its stalk at (x, y); the side away from the light is darker."""
    c, s = math.cos(angle), math.sin(angle)

    def at(u, v):
        return (x + length * (u * c - v * s), y + length * (u * s + v * c))

    tip = at(1, bend)
    up = f"M{pt(x, y)}C{pt(*at(0.25, -fat * 0.75))} {pt(*at(0.7, -fat * 0.6))} {pt(*tip)}"
    down = f"C{pt(*at(0.72, fat * 0.6 + bend * 0.4))} {pt(*at(0.25, fat * 0.75))} {pt(x, y)}Z"
    light = max(-0.3, min(0.32, -0.26 * s - 0.16 * c + g.rng.uniform(-0.10, 0.10)))
    tone = (fresh if vein else shade)(colour, light)
    g.path(
        up + down,
        g.doc.lin(
            [(0, (fresh if vein else shade)(tone, 0.16)), (1, shade(tone, -0.22))], 0, 0, 1, 1
        ),
        casts=True,
    )
    if vein:
        g.path(
            f"M{pt(x, y)}Q{pt(*at(0.5, 0.02))} {pt(*tip)}" + down, shade(tone, -0.5), opacity=0.22
        )
        g.line(
            f"M{pt(x, y)}Q{pt(*at(0.5, 0.02))} {pt(*tip)}",
            shade(tone, 0.45),
            max(1.2, length * 0.014),
            opacity=0.7,
        )


def bloom(g, x, y, r, colour, heart="#d9a441", petals=9):
    for ring, share in ((0, 1.0), (1, 0.72)):
        for i in range(petals):
            a = 6.283 * (i + 0.5 * ring) / petals + 0.2
            leaf(g, x, y, a, r * share, 0.5, shade(colour, 0.12 * ring), bend=0.0, vein=False)
    g.ball(x, y, r * 0.2, heart, casts=False)


def dried(g, x, y, lean, height, colour="#d8c08e"):
    """A bunny-tail grass."""
    tip = (x + lean, y - height)
    g.line(
        f"M{pt(x, y)}Q{pt(x + lean * 0.2, y - height * 0.6)} {pt(*tip)}",
        shade(colour, -0.3),
        3.5,
        casts=True,
    )
    for i in range(14):
        a, k = g.rng.uniform(0, 6.28), g.rng.uniform(0, 1)
        g.soft(
            oval_path(tip[0] + math.cos(a) * 13 * k, tip[1] - 26 + math.sin(a) * 32 * k, 9, 15),
            shade(colour, g.rng.uniform(-0.12, 0.35)),
            3,
            0.8,
        ) if i < 3 else g.path(
            oval_path(tip[0] + math.cos(a) * 13 * k, tip[1] - 26 + math.sin(a) * 32 * k, 6, 13),
            shade(colour, g.rng.uniform(-0.14, 0.3)),
            casts=i == 3,
            opacity=0.75,
        )


def clock(g, face="#efe6d5", rim="#b98a57", r=300):
    d = oval_path(0, 0, r, r)
    g.path(
        d,
        g.doc.lin(
            [(0, shade(lit(rim, (-0.4, 0.5, 0.7)), 0.15)), (1, lit(rim, (0.6, -0.5, 0.5)))],
            0.1,
            0,
            0.9,
            1,
        ),
        casts=True,
    )
    g.path(
        oval_path(0, 0, r * 0.93, r * 0.93),
        g.doc.lin([(0, shade(face, -0.22)), (0.25, face), (1, shade(face, 0.3))], 0.1, 0, 0.9, 1),
    )
    g.soft(
        f"M{num(-r * 0.92)} 0A{num(r * 0.92)} {num(r * 0.92)} 0 0 1 {num(r * 0.6)} {num(-r * 0.7)}",
        shade(rim, -0.7),
        14,
        0.5,
        clip=oval_path(0, 0, r * 0.93, r * 0.93),
        width=26,
    )
    for i in range(12):
        a = math.pi * i / 6
        k = 0.70 if i % 3 == 0 else 0.77
        g.line(
            (
                f"M{pt(math.sin(a) * r * k, -math.cos(a) * r * k)}L{pt(math.sin(a) * r * 0.83, -math.cos(a) * r * 0.83)}"
            ),
            "#4a3b2e",
            9 if i % 3 == 0 else 5,
        )
    for angle, length, width in ((-54, 0.46, 13), (62, 0.66, 9)):
        a = math.radians(angle)
        x, y = math.sin(a) * r * length, -math.cos(a) * r * length
        g.soft(f"M8 10L{pt(x + 8, y + 10)}", "#3a2b1e", 4, 0.35, width=width)
        g.line(f"M{pt(-x * 0.16, -y * 0.16)}L{pt(x, y)}", "#352a22", width)
    g.ball(0, 0, 15, "#b5532f", casts=False)


def mirror(g, rim="#a8764c", rx=260, ry=360):
    g.path(
        oval_path(0, 0, rx, ry),
        g.doc.lin(
            [(0, shade(lit(rim, (-0.4, 0.5, 0.7)), 0.2)), (1, lit(rim, (0.6, -0.5, 0.4)))],
            0.1,
            0,
            0.9,
            1,
        ),
        casts=True,
    )
    inside = oval_path(0, 0, rx - 22, ry - 22)
    g.path(
        inside,
        g.doc.lin(
            [(0, "#f4efe6"), (0.45, "#d8d9d4"), (0.55, "#c9cdc9"), (1, "#aeb5b2")], 0.1, 0, 0.9, 1
        ),
    )
    g.inside(
        inside,
        (
            f'<path d="M{-rx} 40L{rx} -300V-170L{-rx} 170ZM{-rx} 220L{rx} -110V-80L{-rx} 250Z"'
            ' fill="#fff" opacity=".35"/>'
        ),
    )
    g.soft(
        f"M{num(-rx + 20)} 0A{num(rx - 20)} {num(ry - 20)} 0 0 1 {num(rx * 0.5)} {num(-ry * 0.82)}",
        "#4a3828",
        8,
        0.45,
        clip=inside,
        width=16,
    )
