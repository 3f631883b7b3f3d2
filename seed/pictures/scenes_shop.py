# The banner of the home page, in a light and a dark tone, and one picture for each category.
from scenes_home import sprig
from shot import picture
from wares_bags import backpack
from wares_bath import pump_bottle, soap_stack
from wares_desk import book, cover_fox, pencils
from wares_furniture import chair, side_table
from wares_garden import calathea, pots, watering_can
from wares_home import bloom, candle, mushroom_lamp, vase
from wares_pantry import jar, oil_bottle, pouch, tin
from wares_play import rainbow
from wares_soft import beanie, folded, scarf
from wares_table import board, bowl, mug, pitcher, stacked, teacup, teapot


def bouquet(s, x, y, scale):
    """Cut stems; stand the vase in front of them."""
    g = s.group()
    blooms = ((-120, -260, 78, "#e7b7a2"), (40, -340, 92, "#f0e0c8"), (160, -220, 74, "#d98a66"))
    for bx, by, r, c in blooms:
        g.line(f"M0 0Q{bx * 0.2:.0f} {by * 0.6:.0f} {bx} {by}", "#6b7a4c", 6, casts=True)
    sprig(g, "#6f7d55", 1.2, 70)
    for bx, by, r, c in blooms:
        bloom(g, bx, by, r, c)
    s.stage.place(g, x, y, scale, strength=0)


def banner(s, evening=False):
    s.stand(board, "#8a5a3a", at=(1010, 700), scale=0.86)
    s.stand(board, "#c79a68", w=230, h=470, at=(1150, 715), scale=0.78)
    bouquet(s, 1585, 340, 0.66)
    s.stand(pitcher, "#e7dcc8", at=(1580, 745), scale=0.84)
    s.stand(
        stacked,
        bowl,
        ["#efe5d2", "#93a383", "#efe5d2", "#b9694a"],
        58,
        at=(1270, 770),
        scale=0.66,
        inner="#f3ead9",
    )
    s.stand(mushroom_lamp, "#b4532f", at=(1810, 760), scale=0.80, on=evening)
    s.stand(teapot, "#3d5466", at=(970, 815), scale=0.70)
    s.stand(
        candle, "#4c5b4b", "#f3ead9", "CEDAR|& FIG", at=(1460, 830), scale=0.66, burning=evening
    )
    s.stand(teacup, "#dccfb8", at=(1180, 852), scale=0.72)
    s.stand(tin, "#8c5a3c", "#f1e4cf", line="HOJICHA", at=(1660, 842), scale=0.62)


WIDE = {"size": (2000, 900), "horizon": 660}
picture("hero", "oat", banner, timber="#b98d63", **WIDE)
picture(
    "hero-dark",
    "night",
    lambda s: banner(s, True),
    timber="#5a3f2d",
    window=False,
    glow=0.2,
    **WIDE,
)


def kitchen(s):
    s.stand(board, "#c79a68", at=(420, 900), scale=1.1)
    s.stand(pitcher, "#e7dcc8", at=(800, 950), scale=1.12)
    s.stand(mug, "#3d5466", at=(470, 1050), scale=0.95)
    s.stand(bowl, "#b9694a", at=(860, 1085), scale=0.85, inner="#e2c3a8")


def pantry(s):
    s.stand(oil_bottle, at=(300, 930), scale=1.12)
    s.stand(
        pouch,
        "#2f3d47",
        "#ece2cf",
        "LOW|TIDE",
        "LARKMILL COFFEE",
        accent="#4d6a7a",
        at=(800, 920),
        scale=1.12,
    )
    s.stand(jar, "#c8811e", "#f4ecd9", "HEATHER|HONEY", at=(480, 1060), scale=1.15)
    s.stand(tin, "#54684a", "#f1ead8", line="SENCHA", at=(910, 1080), scale=1.0)


def living(s):
    s.stand(mushroom_lamp, "#b4532f", at=(780, 940), scale=1.2)
    bouquet(s, 360, 590, 0.9)
    s.stand(vase, "#e8dcc7", at=(350, 980), scale=1.0)
    s.stand(candle, "#4c5b4b", "#f3ead9", "CEDAR|& FIG", at=(560, 1075), scale=0.85)


def furniture(s):
    s.stand(chair, "#c49a66", at=(390, 990), scale=1.02)
    s.stand(side_table, "#6e4630", at=(860, 1040), scale=1.0)
    s.stand(vase, "#46566e", at=(860, 565), scale=0.62)


def knitwear(s):
    s.hang(scarf, "#4d5f4a", "#d39a35", at=(290, 150), scale=0.95)
    s.stand(backpack, "#cdb58c", at=(790, 970), scale=1.05)
    s.stand(folded, ["#d6c7ae", "#b0603c"], at=(430, 1090), scale=0.72)
    s.stand(beanie, "#d39a35", at=(450, 930), scale=0.62, contact=[])


def bath(s):
    s.stand(pump_bottle, "#8a4a1e", "#f1e8d6", "BERGAMOT|& BAY", at=(370, 980), scale=1.3)
    s.stand(
        folded,
        ["#efe9dd", "#7fa0a0", "#efe9dd"],
        at=(800, 930),
        scale=0.92,
        pile=True,
        thick=92,
        w=560,
    )
    s.stand(soap_stack, ["#c98a70", "#a9b491"], at=(700, 1080), scale=0.85)


def play(s):
    s.stand(book, "#35566a", cover_fox, at=(370, 960), scale=0.98)
    s.stand(
        pencils, ["#b5532f", "#d9903f", "#e3bd6a", "#8fa080", "#5d7f8c"], at=(820, 930), scale=0.95
    )
    s.stand(rainbow, at=(740, 1080), scale=0.78)


def garden(s):
    s.stand(calathea, at=(420, 1010), scale=0.88)
    s.stand(watering_can, "#b0623c", at=(880, 1000), scale=0.95)
    s.stand(pots, "#ddcfb6", at=(640, 1110), scale=0.62)


for name, ground, draw, timber, horizon in (
    ("kitchen", "sage", kitchen, "#b98d63", 800),
    ("pantry", "honey", pantry, "#a97c54", 800),
    ("living", "dusk", living, None, 800),
    ("furniture", "clay", furniture, None, 810),
    ("knitwear", "mist", knitwear, None, 830),
    ("bath", "blush", bath, None, 800),
    ("play", "oat", play, "#c9a070", 800),
    ("garden", "fog", garden, None, 830),
):
    picture(f"category-{name}", ground, draw, timber=timber, horizon=horizon)
