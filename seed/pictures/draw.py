# The drawing kit: colour, light and the solids that every picture is made of. Things made with it are in wares_*.py.
"""Objects are drawn around the origin: x to the right, y down, standing on y = 0.

One lamp (upper left, in front) and one bounce (right, from the floor) light everything. A colour
is an albedo; `lit` turns it and a surface normal into what the camera sees.
"""
import math
import random
import re

LIGHT = (-0.56, 0.60, 0.57)  # towards the lamp: x right, y up, z to the camera
TILT = 0.17  # height of a level circle seen by the camera, relative to its width


def rgb(hexa):
    return tuple(int(hexa[i : i + 2], 16) / 255 for i in (1, 3, 5))


def linear(c):
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in c)


def encode(c):
    out = []
    for v in c:
        v = min(max(v, 0.0), 1.0)
        v = v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055
        out.append(round(v * 255))
    return "#%02x%02x%02x" % tuple(out)


def mix(a, b, t):
    la, lb = linear(rgb(a)), linear(rgb(b))
    return encode(tuple(x + (y - x) * t for x, y in zip(la, lb)))


def shade(colour, t):
    """Darker for t < 0 (towards a warm dark), lighter for t > 0 (towards a warm white)."""
    return mix(colour, "#fff4e2", t) if t >= 0 else mix(colour, "#1d120d", -t)


def lit(colour, normal, gloss=0.0, sharp=24, lift=0.0):
    nx, ny, nz = normal
    lx, ly, lz = LIGHT
    key = max(0.0, (nx * lx + ny * ly + nz * lz + 0.30) / 1.30)
    bounce = max(0.0, nx * 0.8 - ny * 0.35 + nz * 0.1)
    ambient = 0.25 + 0.07 * ny
    hx, hy, hz = lx, ly, lz + 1
    size = math.sqrt(hx * hx + hy * hy + hz * hz)
    spec = gloss * max(0.0, (nx * hx + ny * hy + nz * hz) / size) ** sharp
    warm, cool, glow = (1.05, 1.0, 0.93), (0.97, 0.98, 1.05), (1.1, 0.94, 0.78)
    out = []
    for i, albedo in enumerate(linear(rgb(colour))):
        power = 0.86 * key * warm[i] + ambient * cool[i] + 0.13 * bounce * glow[i] + lift
        out.append(albedo * power + spec)
    return encode(out)


def fresh(colour, t):
    """As `shade`, for leaves: the light shines through them."""
    return mix(colour, "#c6d37c", t) if t >= 0 else shade(colour, t)


def num(v):
    return ("%.1f" % v).rstrip("0").rstrip(".")


def pt(x, y):
    return num(x) + " " + num(y)


def poly(points, close=True):
    return "M" + "L".join(pt(*p) for p in points) + ("Z" if close else "")


def curves(points):
    """A Catmull-Rom line through the points as cubic segments; a doubled point is a corner.

    Tangents are scaled by the length of their segment, so that a short one beside a long one makes no loop.
    """
    runs, run = [], [points[0]]
    for p in points[1:]:
        if p == run[-1]:
            runs.append(run)
            run = [p]
        else:
            run.append(p)
    runs.append(run)
    segments = []
    for run in runs:
        for i in range(len(run) - 1):
            a, b, c, d = run[max(i - 1, 0)], run[i], run[i + 1], run[min(i + 2, len(run) - 1)]
            ab, bc, cd = math.dist(a, b), math.dist(b, c), math.dist(c, d)
            lead, tail = bc / (ab + bc) / 3, bc / (bc + cd) / 3
            segments.append(
                (
                    b,
                    (b[0] + (c[0] - a[0]) * lead, b[1] + (c[1] - a[1]) * lead),
                    (c[0] - (d[0] - b[0]) * tail, c[1] - (d[1] - b[1]) * tail),
                    c,
                )
            )
    return segments


def smooth(points, close=False):
    """The path data of a smooth line through the points (closed: also over the seam)."""
    if close:
        n = len(points)
        segments = curves([points[-1]] + list(points) + [points[0], points[1 % n]])[1:-1]
    else:
        segments = curves(points)
    out = "M" + pt(*segments[0][0])
    for _, b, c, d in segments:
        out += "C" + pt(*b) + " " + pt(*c) + " " + pt(*d)
    return out + ("Z" if close else "")


def box_path(x, y, w, h, r=0):
    r = min(r, w / 2, h / 2)
    return (
        f"M{pt(x + r, y)}H{num(x + w - r)}Q{pt(x + w, y)} {pt(x + w, y + r)}V{num(y + h - r)}"
        f"Q{pt(x + w, y + h)} {pt(x + w - r, y + h)}H{num(x + r)}Q{pt(x, y + h)} {pt(x, y + h - r)}"
        f"V{num(y + r)}Q{pt(x, y)} {pt(x + r, y)}Z"
    )


def oval_path(cx, cy, rx, ry):
    return (
        f"M{pt(cx - rx, cy)}A{num(rx)} {num(ry)} 0 1 1 {pt(cx + rx, cy)}"
        f"A{num(rx)} {num(ry)} 0 1 1 {pt(cx - rx, cy)}Z"
    )


def extent(d):
    """The box around the points of path data with absolute commands."""
    xs, ys = [], []
    for command, text in re.findall(r"([MLCQAHVZ])([^A-Za-z]*)", d):
        v = [float(n) for n in re.findall(r"-?[\d.]+", text)]
        if command == "H":
            xs += v
        elif command == "V":
            ys += v
        else:
            step = 7 if command == "A" else 2
            for i in range(0, len(v), step):
                xs.append(v[i + step - 2])
                ys.append(v[i + step - 1])
    return min(xs), min(ys), max(xs), max(ys)


class Doc:
    """One SVG file: its definitions, each kept once."""

    def __init__(self, seed):
        self.defs, self.known, self.rng = [], {}, random.Random(seed)

    def define(self, kind, attrs, inner):
        key = (kind, attrs, inner)
        if key not in self.known:
            self.known[key] = "d%d" % len(self.known)
            self.defs.append(f'<{kind} id="{self.known[key]}" {attrs}>{inner}</{kind}>')
        return "url(#%s)" % self.known[key]

    @staticmethod
    def stops(stops):
        out = ""
        for at, colour, *alpha in stops:
            out += f'<stop offset="{at:.3g}" stop-color="{colour}"'
            out += f' stop-opacity="{alpha[0]:.3g}"/>' if alpha else "/>"
        return out

    def lin(self, stops, x1=0, y1=0, x2=0, y2=1, user=False):
        unit = ' gradientUnits="userSpaceOnUse"' if user else ""
        return self.define(
            "linearGradient",
            f'x1="{x1:.4g}" y1="{y1:.4g}" x2="{x2:.4g}" y2="{y2:.4g}"{unit}',
            self.stops(stops),
        )

    def rad(self, stops, cx=0.5, cy=0.5, r=0.5, user=False, move=""):
        unit = ' gradientUnits="userSpaceOnUse"' if user else ""
        move = f' gradientTransform="{move}"' if move else ""
        return self.define(
            "radialGradient",
            f'cx="{cx:.4g}" cy="{cy:.4g}" r="{r:.4g}"{unit}{move}',
            self.stops(stops),
        )

    def blur(self, std, margin=30):
        m = margin
        return self.define(
            "filter",
            (
                f'x="-{m}%" y="-{m}%" width="{100 + 2 * m}%" height="{100 + 2 * m}%"'
                ' color-interpolation-filters="sRGB"'
            ),
            f'<feGaussianBlur stdDeviation="{std:g}"/>',
        )

    def clip(self, d):
        return self.define("clipPath", "", f'<path d="{d}"/>')

    def pattern(self, w, h, inner, move=""):
        move = f' patternTransform="{move}"' if move else ""
        return self.define(
            "pattern", f'width="{w:g}" height="{h:g}" patternUnits="userSpaceOnUse"{move}', inner
        )


class Group:
    """What is drawn of one object, and the outlines that throw its shadow."""

    def __init__(self, doc):
        self.doc, self.out, self.outline, self.rng = doc, [], [], doc.rng

    def put(self, svg):
        self.out.append(svg)

    def path(self, d, fill, casts=False, **attrs):
        extra = "".join(f' {k.replace("_", "-")}="{v}"' for k, v in attrs.items())
        self.out.append(f'<path d="{d}" fill="{fill}"{extra}/>')
        if casts:
            self.outline.append(f'<path d="{d}"/>')

    def line(self, d, colour, width, casts=False, **attrs):
        attrs.setdefault("stroke_linecap", "round")
        attrs.setdefault("stroke_linejoin", "round")
        self.path(d, "none", stroke=colour, stroke_width=num(width), **attrs)
        if casts:
            self.outline.append(
                f'<path d="{d}" fill="none" stroke-width="{num(width)}" stroke="#000"'
                ' stroke-linecap="round"/>'
            )

    def soft(self, d, colour, std, alpha=1.0, clip=None, width=None, margin=30):
        """A blurred fill (or line, with a width), kept inside `clip`; margin: room for the blur in %."""
        look = (
            f'fill="none" stroke="{colour}" stroke-width="{num(width)}" stroke-linecap="round"'
            if width
            else f'fill="{colour}"'
        )
        svg = f'<path d="{d}" {look} opacity="{alpha:g}"/>'
        svg = f'<g filter="{self.doc.blur(std, margin)}">{svg}</g>'
        self.out.append(f'<g clip-path="{self.doc.clip(clip)}">{svg}</g>' if clip else svg)

    def inside(self, clip, parts):
        self.out.append(f'<g clip-path="{self.doc.clip(clip)}">{parts}</g>')

    def part(self):
        return Group(self.doc)

    def add(self, other, x=0, y=0, scale=1, turn=0, casts=True, flip=False):
        move = f"translate({pt(x, y)})" + (f" rotate({num(turn)})" if turn else "")
        move += f" scale({-scale if flip else scale:g} {scale:g})" if scale != 1 or flip else ""
        self.out.append(f'<g transform="{move}">{"".join(other.out)}</g>')
        if casts and other.outline:
            self.outline.append(f'<g transform="{move}">{"".join(other.outline)}</g>')

    def wrap(self, r, y0, y1, colour, half=None, gloss=0.0, tilt=TILT, lift=0.0):
        """A label or a band around a cylinder of radius r, all round or only |x| <= half."""
        x = half or r
        sag = tilt * math.sqrt(max(r * r - x * x, 0))
        stops = []
        for i in range(9):
            n = -math.cos(math.pi * i / 8)
            stops.append(
                ((n + 1) / 2, lit(colour, (n, 0, math.sqrt(max(0, 1 - n * n))), gloss, 20, lift))
            )
        k = f"{num(r)} {num(r * tilt)}"
        self.path(
            (
                f"M{pt(-x, y0 + sag)}A{k} 0 0 0 {pt(x, y0 + sag)}V{num(y1 + sag)}A{k} 0 0 1"
                f" {pt(-x, y1 + sag)}Z"
            ),
            self.doc.lin(stops, -r, 0, r, 0, user=True),
        )

    # ---- solids ------------------------------------------------------------------------------

    def bands(self, colour, gloss, sharp, tilt, lift):
        """Horizontal gradient over a turned surface whose normal rises by `tilt` (radians)."""
        stops = []
        for i in range(11):
            x = -math.cos(math.pi * i / 10)
            z = math.sqrt(max(0.0, 1 - x * x))
            n = (x * math.cos(tilt), math.sin(tilt), z * math.cos(tilt))
            stops.append(((x + 1) / 2, lit(colour, n, gloss, sharp, lift)))
        return self.doc.lin(stops, 0, 0, 1, 0)

    def turned(
        self, profile, colour, gloss=0.0, sharp=24, foot=True, top=True, lift=0.0, step=6, tilt=TILT
    ):
        """A solid of revolution. profile: (radius, y) from top to bottom. Returns its outline."""
        segments = curves(profile)
        dense = []
        for a, b, c, d in segments:
            for i in range(8):
                t, u = i / 8, 1 - i / 8
                dense.append(
                    tuple(
                        u * u * u * a[k]
                        + 3 * u * u * t * b[k]
                        + 3 * u * t * t * c[k]
                        + t * t * t * d[k]
                        for k in (0, 1)
                    )
                )
        dense.append(segments[-1][3])
        left = "".join(
            "C" + pt(-b[0], b[1]) + " " + pt(-c[0], c[1]) + " " + pt(-d[0], d[1])
            for _, b, c, d in segments
        )
        right = "".join(
            "C" + pt(*c) + " " + pt(*b) + " " + pt(*a) for a, b, c, _ in reversed(segments)
        )
        (r0, y0), (r1, y1) = profile[0], profile[-1]
        r0, r1 = max(r0, 0.5), max(r1, 0.5)
        outline = f"M{pt(-profile[0][0], y0)}{left}"
        outline += f"A{num(r1)} {num(r1 * tilt)} 0 0 0 {pt(r1, y1)}" if foot else f"L{pt(r1, y1)}"
        outline += right + (f"A{num(r0)} {num(r0 * tilt)} 0 0 0 {pt(-r0, y0)}Z" if top else "Z")
        strips, y = "", y0
        flat = self.bands(colour, gloss, sharp, 0.0, lift)
        if top:
            strips += (
                f'<rect x="{num(-r0 - 1)}" y="{num(y0 - r0 * tilt - 1)}" width="{num(2 * r0 + 2)}"'
                f' height="{num(r0 * tilt * 2 + 2)}" fill="{flat}"/>'
            )
        while y < y1:
            below = min(y + step, y1)
            a, b = radius_at(dense, y), radius_at(dense, below)
            rise = round(max(-1.35, min(1.35, math.atan2(b - a, below - y))) * 20) / 20
            fill = self.bands(colour, gloss, sharp, rise, lift)
            r = max(a, b, radius_at(dense, (y + below) / 2)) + 0.6
            lead = r * tilt * math.sqrt(max(0.0, 1 - (a / r) ** 2)) if rise > 0.3 else 0
            strips += self.strip(r, y - lead, y1, below, fill, tilt)
            y = below
        self.inside(outline, strips)
        self.outline.append(f'<path d="{outline}"/>')
        return outline

    @staticmethod
    def strip(r, y0, y1, below, fill, tilt):
        """The part of a turned surface from y0 down, in front; the next strip covers what is too much."""
        end = min(below + 12, y1) if below < y1 else y1
        k = num(r * tilt)
        return (
            f'<path d="M{pt(-r, y0)}A{num(r)} {k} 0 0 0 {pt(r, y0)}V{num(end)}A{num(r)} {k} 0 0 1'
            f' {pt(-r, end)}Z" fill="{fill}"/>'
        )

    def disc(self, y, r, colour, lift=0.0, gloss=0.0, tilt=TILT, cx=0):
        """A level round face seen from a little above."""
        hot = lit(colour, (-0.15, 0.95, 0.2), gloss, 6, lift)
        dim = lit(colour, (0.25, 0.9, 0.2), 0, 6, lift)
        self.path(oval_path(cx, y, r, r * tilt), self.doc.lin([(0, hot), (1, dim)], 0, 0, 1, 0.3))

    def mouth(self, y, r, wall, colour, inner=None, fill=None, level=0.35, gloss=0.0, tilt=TILT):
        """An open rim: the lip, the inside, and what is in it."""
        inner = inner or colour
        self.disc(y, r, shade(colour, 0.06), lift=0.03, gloss=gloss * 0.3, tilt=tilt)
        hole = oval_path(0, y, r - wall, (r - wall) * tilt)
        inside = self.doc.lin(
            [
                (0, lit(inner, (0.9, 0, 0.2))),
                (0.45, lit(inner, (0.2, 0.2, 0.5))),
                (1, lit(inner, (-0.75, 0.15, 0.6))),
            ],
            0,
            0,
            1,
            0.15,
        )
        self.path(hole, inside)
        deep = self.doc.lin([(0, "#1d120d", 0.45), (1, "#1d120d", 0.05)])
        self.path(hole, deep)
        if fill:
            drop = (r - wall) * tilt * level
            rim = oval_path(0, y + drop, (r - wall) * 0.985, (r - wall) * tilt)
            wet = self.doc.lin(
                [(0, shade(fill, -0.25)), (0.5, fill), (1, shade(fill, 0.12))], 0, 0, 1, 0.2
            )
            self.inside(hole, f'<path d="{rim}" fill="{wet}"/>')

    def tube(self, d, width, colour, gloss=0.25, casts=True):
        """A round rod along a path."""
        self.line(d, lit(colour, (0.75, -0.5, 0.35)), width, casts=casts)
        for share, shift, normal in (
            (0.80, 0.05, (0.35, -0.1, 0.85)),
            (0.60, 0.09, (-0.1, 0.2, 0.95)),
            (0.38, 0.13, (-0.35, 0.45, 0.8)),
            (0.18, 0.16, (-0.5, 0.6, 0.6)),
        ):
            s = num(-shift * width)
            self.line(
                d,
                lit(colour, normal, gloss * (share < 0.3), 8),
                width * share,
                transform=f"translate({s} {s})",
            )

    def ball(self, x, y, r, colour, gloss=0.0, sharp=30, rx=None, casts=True, lift=0.0):
        stops = []
        for i in range(9):
            t = i / 8
            # along the line from the lit point of the rim through the centre to the dark rim
            s = 2 * t - 0.62
            s = min(s, 0.999)
            z = math.sqrt(max(0.0, 1 - s * s))
            stops.append((t, lit(colour, (0.68 * s, -0.73 * s, z), gloss, sharp, lift)))
        fill = self.doc.rad(stops, 0.29, 0.27, 0.86)
        d = oval_path(x, y, rx or r, r)
        self.path(d, fill, casts=casts)
        return d

    def slab(
        self, d, colour, normal=(0, 0, 1), casts=True, spread=0.10, gloss=0.0, angle=(0, 0, 1, 1)
    ):
        """A flat face with the slight fall-off of a near lamp."""
        base = lit(colour, normal, gloss, 10)
        fill = self.doc.lin([(0, shade(base, spread)), (1, shade(base, -spread))], *angle)
        self.path(d, fill, casts=casts)
        return d

    def crate(self, x, y, w, h, colour, depth=0.3, r=6, top=None, side=None, front=None):
        """A box: front face w x h standing on y, its top seen from above and its right side."""
        dx, dy = w * depth * 0.42, -w * depth * 0.30
        self.slab(
            poly(
                [(x + w - r, y), (x + w + dx, y + dy), (x + w + dx, y - h + dy), (x + w - r, y - h)]
            ),
            side or colour,
            (0.85, 0, 0.4),
            spread=0.06,
        )
        self.slab(
            poly(
                [
                    (x + r * 0.4, y - h + r * 0.5),
                    (x + w, y - h + r * 0.5),
                    (x + w + dx, y - h + dy),
                    (x + dx, y - h + dy),
                ]
            ),
            top or colour,
            (-0.1, 0.93, 0.3),
            spread=0.05,
        )
        self.slab(box_path(x, y - h, w, h, r), front or colour, (-0.25, 0.12, 0.9), spread=0.07)

    def sheen(self, outline, cx, y0, y1, width, alpha=0.35, std=7):
        """The soft window reflection on glazed or polished things."""
        d = f"M{pt(cx, y0)}Q{pt(cx - width * 0.4, (y0 + y1) / 2)} {pt(cx, y1)}L{pt(cx + width, y1)}Q{pt(cx + width * 0.6, (y0 + y1) / 2)} {pt(cx + width, y0)}Z"
        self.soft(d, "#fffaf0", std, alpha, clip=outline)

    def speckle(self, outline, colour, count, box, size=(1.0, 2.6), alpha=0.5):
        x0, y0, x1, y1 = box
        dots = ""
        for _ in range(count):
            r = self.rng.uniform(*size)
            dots += f"M{pt(self.rng.uniform(x0, x1), self.rng.uniform(y0, y1))}h{num(r)}v{num(r * 0.9)}h{num(-r)}z"
        self.inside(outline, f'<path d="{dots}" fill="{colour}" opacity="{alpha:g}"/>')


def radius_at(dense, y):
    last = dense[0][0]
    if y <= dense[0][1]:
        return last
    for (ra, ya), (rb, yb) in zip(dense, dense[1:]):
        if ya <= y <= yb:
            return ra if yb == ya else ra + (rb - ra) * (y - ya) / (yb - ya)
    return dense[-1][0]
