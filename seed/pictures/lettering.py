# A single-stroke alphabet, so that labels need no font on the machine that draws them. Used by wares_*.py.
"""Capitals on a grid 14 units tall; a few more signs for the tea."""

GLYPHS = {
    "A": (10, "M0 14L5 0L10 14M1.9 9H8.1"),
    "B": (8.8, "M0 0V14H5A3.8 3.8 0 0 0 5 6.4H0M5 6.4A3.2 3.2 0 0 0 4.6 0H0"),
    "C": (10, "M10 2.5A6.5 7 0 1 0 10 11.5"),
    "D": (10.5, "M0 0V14H3.5A7 7 0 0 0 3.5 0Z"),
    "E": (8, "M8 0H0V14H8M0 6.6H6.5"),
    "È": (8, "M8 0H0V14H8M0 6.6H6.5M3.4 -4.6L5.6 -2.4"),
    "F": (8, "M8 0H0V14M0 6.8H6.5"),
    "G": (10.5, "M10 2.5A6.5 7 0 1 0 10.2 11V7.5H6.5"),
    "H": (10, "M0 0V14M10 0V14M0 6.8H10"),
    "I": (0.5, "M0 0V14"),
    "J": (6, "M6 0V10.5A3 3.4 0 0 1 0 10.5"),
    "K": (9, "M0 0V14M8.5 0L0 8.5M3 5.8L9 14"),
    "L": (7.5, "M0 0V14H7.5"),
    "M": (12, "M0 14V0L6 10L12 0V14"),
    "N": (10, "M0 14V0L10 14V0"),
    "O": (13, "M6.5 0A6.5 7 0 1 0 6.5 14A6.5 7 0 1 0 6.5 0"),
    "P": (8.5, "M0 14V0H4.6A3.9 3.9 0 0 1 4.6 7.8H0"),
    "Q": (13, "M6.5 0A6.5 7 0 1 0 6.5 14A6.5 7 0 1 0 6.5 0M8 10.5L12.5 15"),
    "R": (9, "M0 14V0H4.6A3.9 3.9 0 0 1 4.6 7.8H0M4.6 7.8L9 14"),
    "S": (
        9,
        (
            "M8.6 2.2C7.5 .5 6 0 4.5 0C2.2 0 .4 1.3 .4 3.4C.4 8.2 8.8 5.6 8.8 10.4C8.8 12.7 6.8 14"
            " 4.5 14C2.6 14 .9 13.2 0 11.4"
        ),
    ),
    "T": (10, "M5 0V14M0 0H10"),
    "U": (9.6, "M0 0V9A4.8 5 0 0 0 9.6 9V0"),
    "V": (10, "M0 0L5 14L10 0"),
    "W": (14, "M0 0L3.5 14L7 1.5L10.5 14L14 0"),
    "X": (10, "M0 0L10 14M10 0L0 14"),
    "Y": (10, "M0 0L5 7L10 0M5 7V14"),
    "Z": (9, "M0 0H9L0 14H9"),
    "&": (
        10.5,
        (
            "M10.5 14L3 4.6A2.8 2.7 0 1 1 6.6 5.4C3 7.4 .6 8.4 .6 10.6C.6 12.8 2.4 14 4.6 14C7.6 14"
            " 9.4 11.4 10 8"
        ),
    ),
    "0": (9, "M4.5 0A4.5 7 0 1 0 4.5 14A4.5 7 0 1 0 4.5 0"),
    "1": (4, "M0 2.5L4 0V14"),
    "2": (8.5, "M.3 3.6A4 3.8 0 1 1 7.4 6L0 14H8.5"),
    "5": (8, "M8 0H1.4L.8 6C5 4 8.4 6.4 8.4 9.6C8.4 14.8 2 15.2 0 11.6"),
    "7": (8.5, "M0 0H8.5L3 14"),
    "·": (1, "M.4 7V7.2"),
    "-": (5, "M0 7H5"),
    "茶": (
        14,
        (
            "M0 3H14M4.4 .2V5M9.6 .2V5M7 4.2L0 9.6M7 4.2L14 9.6M3.2 9.6H10.8M7 7.4V15M4.2 11.4L2"
            " 14M9.8 11.4L12 14"
        ),
    ),
    "日": (12, "M1 0H11V14.4H1ZM1 7H11"),
    "本": (14, "M0 4H14M7 0V14.8M7 4L.5 11M7 4L13.5 11M4.5 11H9.5"),
}


def width(text, spacing):
    return sum((6 if c == " " else GLYPHS[c][0]) + spacing for c in text) - spacing


def write(group, text, x, y, size, colour, weight=1.3, spacing=4.5, align=0.5, alpha=1, turn=0):
    """Draw text with its baseline at y; `align` 0 left, 0.5 centred, 1 right of x."""
    at, out = -width(text, spacing) * align, ""
    for c in text:
        if c == " ":
            at += 6 + spacing
            continue
        advance, d = GLYPHS[c]
        out += f'<path d="{d}" transform="translate({at:.1f} -14)"/>'
        at += advance + spacing
    scale = size / 14
    spin = f" rotate({turn:g})" if turn else ""
    group.put(
        f'<g transform="translate({x:.1f} {y:.1f}){spin} scale({scale:.4g})" fill="none"'
        f' stroke="{colour}" stroke-width="{weight:g}" stroke-linecap="round"'
        f' stroke-linejoin="round" opacity="{alpha:g}">{out}</g>'
    )
