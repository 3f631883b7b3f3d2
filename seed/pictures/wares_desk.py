# Things for the desk: notebooks, pens, cards, books. The kit is in draw.py, the scenes are in scenes_small.py.
from draw import TILT, box_path, lit, num, oval_path, poly, shade
from lettering import write
from wares_home import bloom, stem


def notebook(g, colour, band="#2d2b28", word="QUILLFARROW", w=420, h=580, ribbon="#b5532f"):
    """A cloth-bound notebook lying flat, with an elastic band."""
    g.path(
        box_path(-w / 2 + 8, -h / 2 + 10, w + 12, h + 6, 16),
        shade(lit("#efe6d2", (0.5, -0.3, 0.6)), -0.05),
        casts=True,
    )
    for i in range(4):
        g.line(f"M{w / 2 + 6 + i * 4} {-h / 2 + 20}V{h / 2 + 8}", "#8a7a60", 1.5, opacity=0.5)
    if ribbon:
        g.path(
            f"M{w * 0.16:.0f} {h / 2}h20l4 74l-14 -10l-12 14Z",
            lit(ribbon, (-0.1, 0, 0.95)),
            casts=True,
        )
    d = box_path(-w / 2, -h / 2, w, h, 16)
    g.slab(d, colour, (-0.2, 0.2, 0.95), spread=0.14)
    cloth = g.doc.pattern(
        7,
        7,
        (
            f'<path d="M0 3.5H7M3.5 0V7" stroke="{shade(colour, -0.7)}" stroke-width="1.8"'
            ' opacity=".20"/>'
        ),
    )
    g.path(d, cloth)
    g.soft(f"M{-w / 2 + 44} {-h / 2}V{h / 2}", "#120c08", 5, 0.45, clip=d, width=9)
    g.soft(f"M{-w / 2 + 58} {-h / 2}V{h / 2}", "#fff4e2", 5, 0.3, clip=d, width=7)
    g.path(
        box_path(-90, -h * 0.28, 210, 104, 4),
        g.doc.lin([(0, "#f8f1e1"), (1, "#e3d6bd")], 0, 0, 1, 1),
    )
    write(g, word, 15, -h * 0.28 + 50, 14, "#4a3a2e", weight=1.4)
    g.line(f"M-60 {-h * 0.28 + 76:.0f}H90", "#4a3a2e", 1.6, opacity=0.6)
    if band:
        g.path(
            f"M{w / 2 - 74} {-h / 2 - 3}h26V{h / 2 + 3}h-26Z",
            g.doc.lin([(0, shade(band, 0.14)), (1, band)], 0, 0, 1, 0),
        )
        g.soft(f"M{w / 2 - 44} {-h / 2}V{h / 2}", "#120c08", 4, 0.4, clip=d, width=6)


def pen(g, colour="#2f4a4a", metal="#c9a45c", length=760):
    """A fountain pen lying flat, nib to the right."""
    x0, x1 = -length / 2, length / 2
    tube = lambda c: g.doc.lin(
        [
            (0, lit(c, (-0.2, 0.9, 0.3))),
            (0.25, shade(lit(c, (-0.3, 0.6, 0.8)), 0.35)),
            (0.4, lit(c, (-0.1, 0.3, 0.9))),
            (0.8, lit(c, (0.4, -0.5, 0.6))),
            (1, lit(c, (0.5, -0.8, 0.2))),
        ]
    )
    g.path(
        f"M{x0 + 14} -24Q{x0} -22 {x0} 0Q{x0} 22 {x0 + 14} 24L110 33V-33Z", tube(colour), casts=True
    )
    g.path("M110 -33H132V33H110Z", tube(metal), casts=True)
    g.path("M132 -27L262 -19V19L132 27Z", tube(shade(colour, -0.5)), casts=True)
    nib = f"M258 -20C300 -26 334 -16 {x1 + 14} 2C334 18 300 24 258 20Z"
    g.path(nib, g.doc.lin([(0, "#fbeec6"), (0.4, metal), (1, shade(metal, -0.45))]), casts=True)
    g.line(f"M296 0H{x1 + 8}", "#4a3818", 2.4)
    g.path(oval_path(294, 0, 6, 6), "#3a2b14")
    g.path(f"M{x0 + 70} -22H{x0 + 84}V24H{x0 + 70}Z", tube(metal))
    cap = g.part()
    cap.path(f"M-170 -38H150Q172 -38 172 -14V14Q172 38 150 38H-170Z", tube(colour), casts=True)
    cap.path("M-170 -40H-146V40H-170Z", tube(metal))
    cap.path("M150 -30Q176 -30 176 0Q176 30 150 30Z", tube(metal))
    cap.path(
        "M-130 -14H140Q160 -14 160 -4Q160 6 140 6H-120Q-140 6 -130 -14Z",
        g.doc.lin([(0, "#fbeec6"), (0.5, metal), (1, shade(metal, -0.5))]),
        casts=True,
    )
    g.add(cap, -110, 150, turn=6)


def pencils(g, colours, cup="#e2d6c0"):
    """A cup of pencils, points up."""
    behind = g.part()
    behind.disc(-260, 130, shade(cup, -0.2))
    behind.path(oval_path(0, -260, 118, 118 * TILT), shade(cup, -0.75))
    g.add(behind)
    for i, colour in enumerate(colours):
        x = (i - (len(colours) - 1) / 2) * 27
        part = g.part()
        top = -470 - g.rng.uniform(0, 90)
        part.path(
            f"M-15 0V{top}H15V0Z",
            part.doc.lin(
                [
                    (0, lit(colour, (-0.8, 0.2, 0.5))),
                    (0.33, lit(colour, (-0.5, 0.3, 0.8))),
                    (0.34, lit(colour, (0, 0.2, 0.97), 0.1)),
                    (0.67, lit(colour, (0, 0.2, 0.97))),
                    (0.68, lit(colour, (0.75, 0, 0.5))),
                    (1, lit(colour, (0.85, 0, 0.3))),
                ],
                0,
                0,
                1,
                0,
            ),
            casts=True,
        )
        part.path(
            (
                f"M-15 {top + 2}Q-10 {top - 10} -7.5 {top}Q0 {top - 12} 7.5 {top}Q10 {top - 10} 15"
                f" {top + 2}L4 {top - 58}H-4Z"
            ),
            part.doc.lin([(0, "#eed3a6"), (0.5, "#dcb988"), (1, "#b08a5c")], 0, 0, 1, 0),
            casts=True,
        )
        part.path(
            f"M-4.6 {top - 54}L0 {top - 76}L4.6 {top - 54}Z",
            "#33302c" if i % 3 else shade(colour, -0.2),
            casts=True,
        )
        g.add(part, x, -40, turn=(i - (len(colours) - 1) / 2) * 4.5)
    out = g.turned([(130, -260), (128, -140), (122, -12), (116, 0)], cup, gloss=0.1)
    g.speckle(out, shade(cup, -0.6), 100, (-130, -260, 130, 20), alpha=0.35)
    g.sheen(out, -90, -236, -40, 26, 0.32)
    g.line(f"M-125 -260A125 {num(125 * TILT)} 0 0 0 125 -260", lit(cup, (-0.2, 0.9, 0.3)), 10)
    return [(0, 118)]


def cards(g, tones):
    """Greeting cards and an envelope, fanned."""
    for i, (turn, x, y) in enumerate(((-16, -120, 30), (4, 20, -20), (20, 150, 40))):
        part = g.part()
        ground, ink = tones[i]
        d = box_path(-170, -240, 340, 480, 6)
        part.slab(d, ground, (-0.2, 0.2, 0.95), spread=0.09)
        part.line(box_path(-146, -216, 292, 432, 4), ink, 3)
        if i == 0:
            for k, w in enumerate((110, 84, 58)):
                part.path(
                    f"M{-w} {120 - k * 84}A{w} {w} 0 0 1 {w} {120 - k * 84}Z", shade(ink, 0.25 * k)
                )
            part.path(oval_path(54, -140, 34, 34), shade(ink, 0.4))
        elif i == 1:
            stem(part, [(0, 160), (-14, 0), (10, -150)], 7, ink, 84, 6)
        else:
            bloom(part, 0, -40, 108, ink, shade(ink, -0.5))
            part.line("M0 60C10 110 -6 150 4 200", ink, 6)
        g.add(part, x, y, turn=turn)


def envelope(g, colour):
    d = box_path(-260, -180, 520, 360, 8)
    g.slab(d, colour, (-0.2, 0.2, 0.95), spread=0.10)
    g.path(
        "M-258 -176L0 40L258 -176", shade(colour, 0.25), stroke=shade(colour, -0.35), stroke_width=3
    )
    g.soft("M-250 -170L0 46L250 -170", "#1d120d", 6, 0.35, clip=d, width=7)


def book(g, cover, draw, spine=None, w=460, h=620, thick=70):
    """A hardback standing, turned a little: front cover and page edge; `draw` paints the cover."""
    pages = poly([(w / 2, -12), (w / 2 + thick, -44), (w / 2 + thick, -h + 18), (w / 2, -h + 8)])
    g.path(pages, g.doc.lin([(0, "#f3ead8"), (1, "#c9b894")], 0, 0, 1, 0), casts=True)
    for i in range(9):
        x = w / 2 + 5 + i * (thick - 8) / 9
        k = (x - w / 2) / thick
        g.line(f"M{num(x)} {num(-12 - 30 * k)}V{num(-h + 10 + 8 * k)}", "#8a7450", 1.6, opacity=0.4)
    back = poly(
        [
            (w / 2 + thick - 4, -36),
            (w / 2 + thick + 8, -42),
            (w / 2 + thick + 8, -h + 10),
            (w / 2 + thick - 4, -h + 10),
        ]
    )
    g.path(back, lit(cover, (0.8, 0, 0.4)), casts=True)
    top = poly(
        [
            (-w / 2 + 4, -h + 2),
            (w / 2, -h + 2),
            (w / 2 + thick, -h + 16),
            (w / 2 + thick - 6, -h + 22),
            (w / 2 - 6, -h + 12),
        ]
    )
    g.path(top, shade("#f3ead8", -0.2))
    d = box_path(-w / 2, -h, w + 8, h, 7)
    g.slab(d, cover, (-0.25, 0.12, 0.95), spread=0.10)
    art = g.part()
    draw(art, w, h)
    g.inside(d, "".join(art.out))
    g.path(
        d, g.doc.lin([(0, "#fff4e2", 0.16), (0.5, "#fff4e2", 0), (1, "#1d120d", 0.20)], 0, 0, 1, 1)
    )
    g.soft(f"M{-w / 2 + 34} {-h}V0", "#120c08", 6, 0.42, clip=d, width=10)
    g.soft(f"M{-w / 2 + 50} {-h}V0", "#fff4e2", 5, 0.30, clip=d, width=7)
    return [(30, w * 0.53, -4, 22)]


def cover_kitchen(g, w, h):
    write(g, "THE SLOW", 16, -h + 120, 44, "#f3e6cc", weight=1.25)
    write(g, "KITCHEN", 16, -h + 184, 44, "#f3e6cc", weight=1.25)
    g.path(oval_path(16, -h * 0.40, 130, 130), "#e0b670")
    g.path(
        (
            f"M-104 {-h * 0.36:.0f}H136C136 {-h * 0.20:.0f} 80 {-h * 0.16:.0f} 16"
            f" {-h * 0.16:.0f}C-48 {-h * 0.16:.0f} -104 {-h * 0.20:.0f} -104 {-h * 0.36:.0f}Z"
        ),
        "#2f3d36",
    )
    for x in (-40, 16, 72):
        g.line(f"M{x} {-h * 0.40:.0f}q-18 -26 0 -50q18 -24 0 -50", "#f3e6cc", 7)
    write(g, "MARTHE OLDING", 16, -54, 17, "#f3e6cc", weight=1.4)


def cover_fox(g, w, h):
    g.path(
        (
            f"M{-w} {-h * 0.30:.0f}C-120 {-h * 0.40:.0f} 60"
            f" {-h * 0.20:.0f} {w} {-h * 0.34:.0f}V10H{-w}Z"
        ),
        "#27414f",
    )
    g.path(
        (
            f"M{-w} {-h * 0.20:.0f}C-60 {-h * 0.28:.0f} 60"
            f" {-h * 0.12:.0f} {w} {-h * 0.22:.0f}V10H{-w}Z"
        ),
        "#1d3340",
    )
    g.path(oval_path(-130, -h * 0.66, 30, 30), "#f6e3ae")
    for x, y in (
        (-150, -h + 250),
        (-40, -h + 220),
        (70, -h + 290),
        (-120, -h * 0.45),
        (180, -h * 0.5),
    ):
        g.path(oval_path(x, y, 4, 4), "#f6e3ae")
    g.path(f"M90 {-h * 0.24:.0f}L104 {-h * 0.56:.0f}H156L170 {-h * 0.24:.0f}Z", "#efe5d2")
    for k in (0, 1):
        g.path(
            (
                f"M{94 + k * 5} {-h * 0.34 - k * 74:.0f}L{98 + k * 4} {-h * 0.40 - k * 70:.0f}H{162 - k * 4}L{166 - k * 5} {-h * 0.34 - k * 74:.0f}Z"
            ),
            "#b5432f",
        )
    g.path(
        (
            f"M106 {-h * 0.56:.0f}V{-h * 0.62:.0f}L130 {-h * 0.66:.0f}L154"
            f" {-h * 0.62:.0f}V{-h * 0.56:.0f}Z"
        ),
        "#e0b670",
    )
    g.path(
        f"M106 {-h * 0.60:.0f}L{-w} {-h * 0.70:.0f}V{-h * 0.50:.0f}L106 {-h * 0.585:.0f}Z",
        "#f6e3ae",
        opacity=0.30,
    )
    fox = (
        "M-130 -120C-150 -170 -140 -230 -96 -252L-100 -300L-66 -268H-30L4 -300L0 -252C40 -226 44"
        " -160 20 -120C60 -90 110 -110 120 -160C150 -110 110 -50 40 -56H-110C-124 -70 -134 -96 -130"
        " -120Z"
    )
    g.path(fox, "#d0703a")
    g.path(
        (
            "M-92 -232C-80 -196 -60 -186 -48 -184C-36 -186 -16 -196 -4 -232C-20 -214 -76 -214 -92"
            " -232Z"
        ),
        "#f3e6cc",
    )
    for x in (-74, -22):
        g.path(oval_path(x, -226, 6, 7), "#22180f")
    g.path(oval_path(-48, -190, 9, 7), "#22180f")
    g.path("M112 -150C120 -126 104 -100 90 -96C112 -96 132 -120 120 -160Z", "#f3e6cc")
    write(g, "THE FOX WHO KEPT", 10, -h + 84, 25, "#f6e3ae", weight=1.4)
    write(g, "THE LIGHTHOUSE", 10, -h + 128, 25, "#f6e3ae", weight=1.4)


def cover_garden(g, w, h):
    for i in range(5):
        x = -150 + i * 84
        stem(
            g,
            [(x, -60), (x + 12 * (-1) ** i, -200), (x + 6, -300 - 36 * (i % 2))],
            4,
            ("#6f7d55", "#8a9068", "#56683f")[i % 3],
            58,
            5,
        )
        bloom(g, x + 6, -330 - 36 * (i % 2), 40, ("#e7b7a2", "#d98a66", "#d9a441")[i % 3])
    write(g, "A YEAR OF", 14, -h + 96, 34, "#4a3a2e", weight=1.3)
    write(g, "SMALL GARDENS", 14, -h + 150, 34, "#4a3a2e", weight=1.3)
