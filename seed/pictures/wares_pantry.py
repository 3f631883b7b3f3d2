# Things for the larder. The kit is in draw.py, the scenes are in scenes_table.py.
from draw import TILT, box_path, num, oval_path, poly, shade, smooth
from lettering import write
from wares_table import glass


def tin(g, colour, label, sign="茶", r=120, h=290, word="SORAYUKI", line="SENCHA", lid=None):
    """A tea tin with an inner lid line and a paper label."""
    lid = lid or colour
    g.turned([(r, -h), (r, 0)], colour, gloss=0.30, sharp=20)
    g.wrap(r + 2.5, -h - 34, -h + 26, lid, gloss=0.35)
    g.outline.append(f'<path d="M{-r} {-h - 40}H{r}V{-h}H{-r}Z"/>')
    g.disc(-h - 34, r + 2.5, lid, lift=0.05, gloss=0.4)
    g.line(
        f"M{-r} {-h + 27}A{r} {num(r * TILT)} 0 0 0 {r} {-h + 27}",
        shade(colour, -0.7),
        4,
        opacity=0.5,
    )
    g.wrap(r + 0.5, -h + 58, -44, label, half=r * 0.72)
    y = -h / 2 + 6
    write(g, sign, 0, y + 44, 78, shade(colour, -0.15), weight=1.0)
    write(g, line, 0, y + 84, 15, shade(colour, -0.15), weight=1.5)
    write(g, word, 0, -h + 92 + 10, 9, shade(colour, -0.15), weight=1.6)
    side = f"M{-r} {-h - 20}H{r}V20H{-r}Z"
    g.sheen(side, -r * 0.80, -h - 20, 8, 16, 0.30, 5)
    return [(0, r)]


def pouch(g, colour, label, name, word, w=330, h=470, accent=None):
    """A coffee bag with a flat bottom, a folded top and a label."""
    accent = accent or shade(label, -0.3)
    side = poly([(w / 2 - 6, 0), (w / 2 + 64, -34), (w / 2 + 42, -h + 62), (w / 2 - 22, -h + 40)])
    g.slab(side, colour, (0.85, 0, 0.4), spread=0.12)
    g.line(f"M{w / 2 + 26:.0f} -20L{w / 2 + 10:.0f} {-h + 54}", shade(colour, -0.6), 3, opacity=0.4)
    front = (
        f"M{-w / 2:.0f} -10Q{-w / 2 - 6:.0f} {-h / 2:.0f} {-w / 2 + 16:.0f} {-h + 40}L{w / 2 - 20:.0f} {-h + 40}Q{w / 2 + 6:.0f} {-h / 2:.0f} {w / 2:.0f} 0Q0"
        f" 16 {-w / 2:.0f} -10Z"
    )
    g.slab(front, colour, (-0.25, 0.12, 0.9), spread=0.14)
    top = f"M{-w / 2 + 16:.0f} {-h + 42}L{-w / 2 + 20:.0f} {-h - 62}H{w / 2 + 8:.0f}L{w / 2 + 42:.0f} {-h + 62}L{w / 2 - 20:.0f} {-h + 42}Z"
    g.slab(top, colour, (-0.2, 0.35, 0.9), spread=0.08)
    for y, a in ((-h - 28, 0.30), (-h + 4, 0.24), (-h + 40, 0.34)):
        g.line(
            f"M{-w / 2 + 18:.0f} {y}H{w / 2 + 10 + (y + h + 40) * 0.2:.0f}",
            shade(colour, -0.7),
            3,
            opacity=a,
        )
    g.path(
        f"M{-w / 2 + 8:.0f} {-h - 46}H{w / 2 + 18:.0f}V{-h - 22}H{-w / 2 + 8:.0f}Z",
        g.doc.lin([(0, "#e7dcc4"), (1, "#a8977a")]),
    )
    for x, lean in ((-w * 0.34, 14), (w * 0.36, -16)):
        g.soft(
            f"M{x:.0f} {-h + 60}Q{x + lean:.0f} {-h * 0.5:.0f} {x:.0f} -30",
            shade(colour, -0.8),
            9,
            0.30,
            clip=front,
            width=12,
        )
        g.soft(
            f"M{x - 18:.0f} {-h + 60}Q{x - 18 + lean:.0f} {-h * 0.5:.0f} {x - 18:.0f} -30",
            "#fff6e6",
            7,
            0.25,
            clip=front,
            width=9,
        )
    lw = w * 0.62
    g.slab(
        box_path(-lw / 2, -h * 0.74, lw, h * 0.56, 6),
        label,
        (-0.25, 0.12, 0.9),
        casts=False,
        spread=0.08,
    )
    g.path(
        (
            f"M{-lw / 2:.0f} {-h * 0.36:.0f}Q{-lw / 4:.0f} {-h * 0.43:.0f} 0"
            f" {-h * 0.36:.0f}T{lw / 2:.0f} {-h * 0.36:.0f}V{-h * 0.19:.0f}Q{lw / 2:.0f} {-h * 0.18:.0f} {lw / 2 - 6:.0f} {-h * 0.18:.0f}H{-lw / 2 + 6:.0f}Q{-lw / 2:.0f} {-h * 0.18:.0f} {-lw / 2:.0f} {-h * 0.19:.0f}Z"
        ),
        accent,
        opacity=0.85,
    )
    for i, text in enumerate(name.split("|")):
        write(g, text, 0, -h * 0.62 + i * 38, 26, shade(accent, -0.5), weight=1.5)
    write(
        g, word, 0, -h * 0.62 + 38 * len(name.split("|")) - 6, 11, shade(accent, -0.5), weight=1.5
    )
    return [(-20, w * 0.42), (40, w * 0.42)]


def jar(g, content, label, name, r=125, h=270, lid="#c8a35a", word="LARKMILL"):
    d = glass(
        g,
        [(r * 0.84, -h), (r * 0.86, -h + 16), (r, -h + 52), (r, -30), (r * 0.95, 0)],
        "#efe6d2",
        content,
        -h + 66,
        6,
        dense=True,
    )
    g.wrap(r + 0.5, -h + 82, -46, label, half=r * 0.80)
    parts = name.split("|")
    for i, text in enumerate(parts):
        write(g, text, 0, -h * 0.5 + 24 + i * 28 - 14 * (len(parts) - 1), 20, "#4a3324", weight=1.5)
    write(g, word, 0, -64, 9, "#4a3324", weight=1.6)
    cap = g.part()
    cap.turned(
        [(r * 0.88, -h - 40), (r * 0.9, -h - 34), (r * 0.9, -h + 10)], lid, gloss=0.5, sharp=14
    )
    cap.disc(-h - 40, r * 0.88, lid, lift=0.06, gloss=0.4)
    g.add(cap)
    g.soft(
        f"M{r * 0.5:.0f} {-h + 60}L{r * 0.8:.0f} {-h + 70}V-30L{r * 0.6:.0f} 0Z",
        shade(content, 0.4),
        12,
        0.5,
        clip=d,
    )
    g.sheen(d, -r * 0.88, -h + 50, -20, 14, 0.75, 4)
    return [(0, r * 0.95)]


def oil_bottle(g, colour="#55602d", label="#efe7d4"):
    d = g.turned(
        [(30, -560), (30, -430), (40, -392), (94, -330), (104, -270), (104, -20), (98, 0)],
        colour,
        gloss=0.55,
        sharp=16,
        lift=-0.05,
    )
    g.soft("M40 -330Q86 -200 60 -30L92 -30V-330Z", "#b9b04a", 14, 0.55, clip=d)
    g.sheen(d, -76, -310, -20, 16, 0.6, 4)
    g.sheen(d, -18, -540, -420, 8, 0.6, 3)
    g.wrap(104.5, -270, -70, label, half=84)
    write(g, "HILLSIDE", 0, -172, 21, "#3c4322", weight=1.5)
    write(g, "OLIVE OIL", 0, -142, 11, "#3c4322", weight=1.5)
    g.line("M-8 -218C-30 -240 -26 -262 0 -268M-8 -218C14 -236 34 -236 44 -228", "#3c4322", 3)
    for x, y, a in ((-22, -248, 40), (22, -232, -20), (-2, -262, 80)):
        g.path(oval_path(x, y, 15, 6), "#3c4322", transform=f"rotate({a} {x} {y})")
    write(g, "LARKMILL", 0, -92, 9, "#3c4322", weight=1.6)
    cap = g.part()
    cap.turned([(33, -610), (34, -600), (34, -520), (33, -516)], "#2b2a26", gloss=0.3)
    cap.disc(-610, 33, "#3a3833", lift=0.05)
    g.add(cap)
    return [(0, 100)]


def chocolate(g, paper, accent, name, w=300, h=560, broken=True):
    """A bar half out of its wrapper, seen from above."""
    dark = "#4a2b1c"
    if broken:
        g.slab(
            box_path(-w / 2 + 14, -h / 2 - 70, w - 28, 240, 8),
            dark,
            (-0.2, 0.3, 0.9),
            spread=0.12,
            gloss=0.1,
        )
        for i in range(3):
            for j in range(2):
                x, y = -w / 2 + 24 + i * (w - 36) / 3, -h / 2 - 60 + j * 86
                g.path(
                    box_path(x, y, (w - 60) / 3 - 4, 74, 6),
                    g.doc.lin(
                        [(0, shade(dark, 0.22)), (0.2, shade(dark, 0.06)), (1, shade(dark, -0.22))],
                        0,
                        0,
                        1,
                        1,
                    ),
                )
        foil = smooth(
            [
                (-w / 2 + 4, -h / 2 + 118),
                (-w / 4, -h / 2 + 92),
                (0, -h / 2 + 112),
                (w / 4, -h / 2 + 88),
                (w / 2 - 4, -h / 2 + 110),
            ]
        )
        g.path(
            foil + f"V{-h / 2 + 170}H{-w / 2 + 4}Z",
            g.doc.lin(
                [
                    (0, "#f4ead2"),
                    (0.3, "#c9b48a"),
                    (0.5, "#f7efdc"),
                    (0.8, "#b59d70"),
                    (1, "#e3d3ae"),
                ],
                0,
                0,
                1,
                0.2,
            ),
            casts=True,
        )
    top = -h / 2 + (130 if broken else 0)
    g.slab(box_path(-w / 2, top, w, h / 2 - top, 5), paper, (-0.2, 0.25, 0.95), spread=0.10)
    g.path(
        (
            f"M{-w / 2} {h / 2 - 150}C{-w / 4} {h / 2 - 200} {w / 6} {h / 2 - 70} {w / 2} {h / 2 - 140}V{h / 2 - 5}H{-w / 2}Z"
        ),
        accent,
        opacity=0.9,
    )
    g.path(
        (
            f"M{-w / 2} {h / 2 - 100}C{-w / 5} {h / 2 - 140} {w / 5} {h / 2 - 20} {w / 2} {h / 2 - 84}V{h / 2 - 5}H{-w / 2}Z"
        ),
        shade(accent, -0.3),
        opacity=0.8,
    )
    for i, text in enumerate(name.split("|")):
        write(g, text, 0, top + 90 + i * 44, 27, shade(paper, -0.72), weight=1.4)
    write(g, "LARKMILL", 0, top + 46, 11, shade(paper, -0.72), weight=1.6)
    g.line(f"M{w / 2 - 12} {top + 4}V{h / 2 - 6}", shade(paper, -0.6), 3, opacity=0.25)


def beans(g, count, colour="#5a3522", spread=(200, 40)):
    for _ in range(count):
        x, y = g.rng.gauss(0, spread[0] * 0.5), g.rng.gauss(0, spread[1] * 0.5)
        turn = g.rng.uniform(0, 180)
        part = g.part()
        part.ball(0, -8, 11, shade(colour, g.rng.uniform(-0.2, 0.15)), gloss=0.2, rx=16)
        part.line("M-12 -8C-4 -12 4 -4 12 -8", shade(colour, -0.6), 2.5)
        g.add(part, x, y, turn=turn if abs(turn - 90) > 40 else turn * 0.3)
