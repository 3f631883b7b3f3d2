# Pictures of lamps, candles, vases and furniture.
from draw import shade
from shot import closer, picture
from wares_furniture import armchair, basket, bench, chair, diffuser, side_table, stool, wall_shelf
from wares_home import (
    candle,
    candlestick,
    clock,
    dried,
    floor_lamp,
    heron_lamp,
    leaf,
    mirror,
    mushroom_lamp,
    paper_pendant,
    stem,
    tapers,
    vase,
)
from wares_table import bowl, mug


def sprig(g, colour="#7c8a5e", spread=1.0, size=78):
    stem(g, [(0, 0), (-30 * spread, -150), (-110 * spread, -330)], 5, colour, size)
    stem(g, [(6, 0), (20, -190), (60 * spread, -430)], 6, shade(colour, -0.1), size)
    stem(g, [(10, 0), (60 * spread, -120), (170 * spread, -270)], 4, shade(colour, 0.12), size)


for tone, colour, ground in (
    ("cream", "#ece0cb", "clay"),
    ("rust", "#b4532f", "mist"),
    ("olive", "#7b7f4c", "oat"),
):
    picture(
        f"halfmoon-lamp-{tone}",
        ground,
        lambda s, c=colour: s.stand(mushroom_lamp, c, at=(600, 1010), scale=1.38),
        horizon=830,
    )
picture(
    "paper-moon",
    "dusk",
    lambda s: s.hang(paper_pendant, at=(600, 0), scale=1.35, drop=(60, 50), std=34, strength=0.6),
    horizon=1010,
)
for tone, colour, ground in (("green", "#47604f", "blush"), ("chalk", "#e6dece", "ink")):
    picture(
        f"heron-lamp-{tone}",
        ground,
        lambda s, c=colour: s.stand(heron_lamp, c, at=(520, 1020), scale=1.32),
        horizon=850,
        window=False,
    )
picture(
    "stilt-lamp", "sage", lambda s: s.stand(floor_lamp, at=(600, 1080), scale=1.08), horizon=930
)
for scent, vessel, name, ground in (
    ("cedar", "#4c5b4b", "CEDAR|& FIG", "oat"),
    ("tide", "#8fa6ad", "SALT|MARSH", "blush"),
    ("amber", "#b8753c", "AMBER|& HAY", "mist"),
):
    picture(
        f"candle-{scent}",
        ground,
        lambda s, c=vessel, n=name: s.stand(candle, c, "#f3ead9", n, at=(600, 980), scale=2.05),
    )
picture(
    "beeswax-tapers",
    "moss",
    lambda s: s.hang(
        tapers, ["#d9a13c", "#e2b452", "#cf9434", "#dcab4a"], at=(600, 640), scale=1.25, turn=20
    ),
    kind="flat",
)
picture(
    "chamberstick",
    "dusk",
    lambda s: s.stand(candlestick, at=(580, 980), scale=1.6),
    window=False,
    horizon=830,
)
picture("reed-diffuser", "blush", lambda s: s.stand(diffuser, at=(600, 1000), scale=1.75))


def ripple(s, colour, leaf):
    g = s.group()
    sprig(g, leaf, 1.1, 96)
    s.stage.place(g, 610, 500, 0.92, strength=0.0)
    s.stand(vase, colour, at=(600, 1010), scale=1.3, stripes=11, speckle=False)


for tone, colour, ground, green in (
    ("bone", "#e8dcc7", "sage", "#6f7d55"),
    ("indigo", "#46566e", "oat", "#8a9068"),
    ("clay", "#b8704f", "mist", "#77845c"),
):
    picture(
        f"ripple-vase-{tone}", ground, lambda s, c=colour, l=green: ripple(s, c, l), horizon=820
    )


def buds(s):
    for x, y, k, colour, lean in (
        (390, 960, 1.3, "#c98f6c", -30),
        (640, 1000, 1.55, "#ece2d0", 14),
        (860, 950, 1.2, "#8f9d86", 40),
    ):
        g = s.group()
        for i in (-1, 0, 1):
            dried(g, i * 4, 0, lean + i * 52, 190 + 30 * (i == 0))
        s.stage.place(g, x, y - 215 * k, k, strength=0)
        s.stand(
            vase,
            colour,
            profile=[(30, -230), (26, -205), (34, -180), (92, -120), (100, -70), (70, -8), (58, 0)],
            at=(x, y),
            scale=k,
        )


picture("pebble-vases", "plum", buds)


picture("noon-clock", "sage", lambda s: s.hang(clock, at=(600, 590), scale=1.3), horizon=1400)
picture("pond-mirror", "clay", lambda s: s.hang(mirror, at=(600, 580), scale=1.25), horizon=1400)

for tone, wood, ground in (("oak", "#c49a66", "sage"), ("walnut", "#6e4630", "oat")):
    picture(
        f"rook-chair-{tone}",
        ground,
        lambda s, c=wood: s.stand(chair, c, at=(580, 1080), scale=1.22),
        horizon=860,
    )
    picture(
        f"milk-stool-{tone}",
        {"oak": "mist", "walnut": "blush"}[tone],
        lambda s, c=wood: (s.stand(stool, c, at=(600, 1040), scale=1.5)),
        horizon=820,
    )
picture(
    "sill-table",
    "clay",
    lambda s: (
        s.stand(side_table, "#a8764c", at=(600, 1060), scale=1.32),
        s.stand(mug, "#e6dac4", at=(680, 440), scale=0.5, strength=0.8),
        s.stand(vase, "#5d6e66", at=(480, 440), scale=0.5),
    ),
    horizon=850,
)
picture(
    "shore-bench",
    "fog",
    lambda s: s.stand(bench, "#b78a5c", at=(570, 1000), scale=1.25),
    horizon=800,
)
for tone, fabric, ground in (
    ("rust", "#b0603c", "oat"),
    ("moss", "#737c54", "blush"),
    ("oatmeal", "#d6c7ae", "moss"),
):
    picture(
        f"burrow-chair-{tone}",
        ground,
        lambda s, c=fabric: s.stand(armchair, c, at=(600, 1020), scale=1.35),
        horizon=820,
    )


def shelf(s):
    s.hang(wall_shelf, "#b78a5c", at=(600, 580), scale=1.35)
    s.stand(mug, "#3d5466", at=(400, 540), scale=0.55, reach=0.3)
    s.stand(vase, "#e8dcc7", at=(760, 545), scale=0.5, reach=0.3)
    s.stand(bowl, "#b9694a", at=(540, 905), scale=0.62, reach=0.3)
    s.stand(
        candle, "#4c5b4b", "#f3ead9", "FIG", at=(830, 905), scale=0.72, reach=0.3, burning=False
    )


picture("strap-shelf", "blush", shelf, horizon=1400)
picture(
    "seagrass-basket",
    "sage",
    lambda s: s.stand(basket, "#cba76c", at=(600, 1010), scale=1.5),
    horizon=800,
)
picture(
    "seagrass-basket-dipped",
    "oat",
    lambda s: s.stand(basket, "#cba76c", band="#efe8da", at=(600, 1010), scale=1.5),
    horizon=800,
)
closer("seagrass-basket-weave", "seagrass-basket", (240, 480, 480, 480))
closer("rook-chair-seat", "rook-chair-oak", (280, 520, 620, 620))
