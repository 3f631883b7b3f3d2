# Pictures of the kitchen, the table and the larder.
from draw import shade
from shot import picture
from wares_pantry import beans, chocolate, jar, oil_bottle, pouch, tin
from wares_table import (
    board,
    bowl,
    carafe,
    casserole,
    crock_of_spoons,
    kettle_steam,
    knife,
    mug,
    pitcher,
    plates,
    saucepan,
    stacked,
    standing_plate,
    teacup,
    teapot,
    tumbler,
)

GLAZES = {"oat": "#dccfb8", "sage": "#93a383", "ink": "#3d5466", "terracotta": "#b9694a"}

for glaze, tone in GLAZES.items():
    ground = {"oat": "sage", "sage": "oat", "ink": "oat", "terracotta": "blush"}[glaze]
    picture(
        f"morning-mug-{glaze}",
        ground,
        lambda s, c=tone, raw="#c9a886" if glaze != "terracotta" else "#8c4a33": (
            s.stand(mug, c, at=(560, 985), scale=1.58, raw=raw),
            kettle_steam(s.stage.g, 560, 555, 0.4),
        ),
    )


def mugs(s):
    s.stand(mug, GLAZES["ink"], at=(360, 880), scale=0.9)
    s.stand(mug, GLAZES["oat"], at=(760, 860), scale=0.9)
    s.stand(mug, GLAZES["terracotta"], at=(480, 1040), scale=1.0)
    s.stand(mug, GLAZES["sage"], at=(850, 1060), scale=1.0)


picture("morning-mug-family", "clay", mugs, horizon=640)
picture(
    "creme-bowl",
    "mist",
    lambda s: s.stand(bowl, "#efe5d2", at=(600, 960), scale=1.5, inner="#f3ead9", fill="#e3cfa4"),
)
picture(
    "creme-bowl-stack",
    "honey",
    lambda s: s.stand(
        stacked,
        bowl,
        ["#efe5d2", "#e6d8bd", "#efe5d2", "#dccaa8"],
        58,
        at=(600, 980),
        scale=1.25,
        inner="#f3ead9",
    ),
)
for glaze, tone, ground in (("sea", "#7f9aa0", "oat"), ("sand", "#e3d3b7", "clay")):
    picture(
        f"tidal-plate-{glaze}",
        ground,
        lambda s, c=tone: (
            s.stand(standing_plate, c, at=(700, 900), scale=1.15, rim=shade(c, -0.35)),
            s.stand(
                plates,
                [c, shade(c, 0.25), c, shade(c, 0.1)],
                at=(480, 1000),
                scale=1.05,
                rim=shade(c, -0.35),
            ),
        ),
    )
for glaze, tone, ground in (("charcoal", "#45464a", "oat"), ("cream", "#eadfca", "sage")):
    picture(
        f"kettleday-teapot-{glaze}",
        ground,
        lambda s, c=tone: (
            s.stand(teapot, c, at=(570, 950), scale=1.2),
            s.stand(teacup, c, at=(930, 1060), scale=1.0),
        ),
    )
picture(
    "dovecote-pitcher",
    "mist",
    lambda s: s.stand(pitcher, "#e7dcc8", at=(590, 1010), scale=1.35),
    arch=(600, 680, 120),
)
for glaze, tone, ground in (
    ("saffron", "#d39a35", "fog"),
    ("moss", "#6c7a4f", "oat"),
    ("brick", "#a8472f", "blush"),
):
    picture(
        f"hearth-casserole-{glaze}",
        ground,
        lambda s, c=tone: s.stand(casserole, c, at=(600, 980), scale=1.38),
        timber="#b98d63",
        horizon=800,
    )
picture(
    "tinker-saucepan",
    "fog",
    lambda s: s.stand(saucepan, at=(480, 960), scale=1.32),
    timber="#a97c54",
    horizon=780,
)
picture(
    "longtable-board",
    "oat",
    lambda s: (
        s.stand(board, "#8a5a3a", at=(700, 930), scale=1.25),
        s.stand(board, "#c79a68", w=230, h=480, at=(420, 990), scale=1.2),
    ),
    timber="#d8bd97",
    horizon=840,
)
picture(
    "three-spoons",
    "sage",
    lambda s: s.stand(
        crock_of_spoons, "#e2d6c0", ["#b98150", "#8a5a3a", "#d3a672"], at=(600, 1020), scale=1.28
    ),
)
picture(
    "santoku-knife",
    "fog",
    lambda s: s.hang(knife, at=(600, 640), scale=1.05, turn=-24),
    kind="flat",
    window=False,
)
picture(
    "rill-carafe",
    "moss",
    lambda s: (
        s.stand(carafe, at=(480, 980), scale=1.42),
        s.stand(tumbler, at=(820, 1020), scale=1.42, water="#dbe8ea"),
    ),
)
picture(
    "rill-tumblers",
    "dusk",
    lambda s: (
        s.stand(tumbler, at=(390, 930), scale=1.9),
        s.stand(tumbler, at=(790, 980), scale=2.0, water="#e8c99a"),
    ),
)

for kind, tone, label, line, ground in (
    ("sencha", "#54684a", "#f1ead8", "SENCHA", "oat"),
    ("hojicha", "#8c5a3c", "#f1e4cf", "HOJICHA", "sage"),
    ("chamomile", "#d9a441", "#f6eedb", "CHAMOMILE", "mist"),
):
    picture(
        f"tea-{kind}",
        ground,
        lambda s, c=tone, p=label, t=line: (
            s.stand(
                tin, c, p, line=t, at=(520, 960), scale=1.75, sign="茶" if t != "CHAMOMILE" else "日"
            ),
            s.stand(
                teacup,
                "#e8dcc6",
                at=(880, 1040),
                scale=1.1,
                drink={"SENCHA": "#b9b455", "HOJICHA": "#8f4f22"}.get(t, "#dfb04e"),
            ),
        ),
    )
picture(
    "tea-trio",
    "blush",
    lambda s: (
        s.stand(tin, "#8c5a3c", "#f1e4cf", line="HOJICHA", at=(330, 900), scale=1.3),
        s.stand(tin, "#d9a441", "#f6eedb", line="CHAMOMILE", sign="日", at=(860, 900), scale=1.3),
        s.stand(tin, "#54684a", "#f1ead8", line="SENCHA", at=(600, 1010), scale=1.5),
    ),
    horizon=720,
)
for kind, bag, label, name, accent, ground in (
    ("low-tide", "#2f3d47", "#ece2cf", "LOW|TIDE", "#4d6a7a", "clay"),
    ("lantern", "#b5573a", "#f3e8d3", "PAPER|LANTERN", "#d8884f", "mist"),
    ("night-owl", "#5c4a63", "#efe3d6", "NIGHT|OWL", "#8c7496", "honey"),
):
    picture(
        f"coffee-{kind}",
        ground,
        lambda s, c=bag, p=label, n=name, a=accent: (
            s.stand(pouch, c, p, n, "LARKMILL COFFEE", accent=a, at=(590, 960), scale=1.55),
            s.stand(beans, 26, at=(420, 1080), contact=[], scale=1.2),
        ),
    )
picture(
    "heather-honey",
    "sage",
    lambda s: s.stand(jar, "#c8811e", "#f4ecd9", "HEATHER|HONEY", at=(600, 990), scale=2.1),
    timber="#c39a6c",
    horizon=820,
)
picture(
    "damson-jam",
    "oat",
    lambda s: s.stand(
        jar, "#5b1a34", "#f4ecd9", "DAMSON|& BAY", at=(600, 990), scale=2.1, lid="#3d3a36"
    ),
)
picture(
    "hillside-oil",
    "honey",
    lambda s: s.stand(oil_bottle, at=(600, 1010), scale=1.42),
    arch=(600, 560, 90),
)
for kind, paper, accent, name in (
    ("salt", "#cfd9d8", "#5f7f8c", "SMOKED|SALT"),
    ("orange", "#f0d3a8", "#d07a36", "BITTER|ORANGE"),
    ("milk", "#efdccf", "#c08a76", "CRÈME|LAIT"),
):
    picture(
        f"chocolate-{kind}",
        {"salt": "dusk", "orange": "sage", "milk": "plum"}[kind],
        lambda s, p=paper, a=accent, n=name: s.hang(
            chocolate, p, a, n, at=(600, 620), scale=1.3, turn=-14
        ),
        kind="flat",
    )
