# Pictures of things for the bath, the desk, the nursery and the garden, and the gifts.
from shot import picture
from wares_bath import (
    bath_brush,
    cream_tube,
    dish,
    dropper,
    pump_bottle,
    salts,
    soap,
    soap_stack,
    standing_tin,
)
from wares_desk import (
    book,
    cards,
    cover_fox,
    cover_garden,
    cover_kitchen,
    envelope,
    notebook,
    pen,
    pencils,
)
from wares_garden import (
    calathea,
    nest_box,
    olive_tree,
    pots,
    seed_packet,
    snake_plant,
    trowel,
    twine,
    watering_can,
)
from wares_play import bear, car, gift_card, parcel, rainbow, sheet, whale, yarn

for scent, colour, ground in (
    ("oat", "#e3d3b3", "sage"),
    ("clay", "#c98a70", "mist"),
    ("rosemary", "#a9b491", "blush"),
):
    picture(
        f"bar-soap-{scent}",
        ground,
        lambda s, c=colour: (
            s.stand(dish, at=(600, 980), scale=1.4),
            s.stand(soap, c, at=(590, 950), scale=1.35, strength=0.7),
        ),
        horizon=790,
    )
picture(
    "bar-soap-stack",
    "oat",
    lambda s: s.stand(soap_stack, ["#c98a70", "#e3d3b3", "#a9b491"], at=(590, 980), scale=1.5),
    horizon=790,
)
for scent, colour, name, ground in (
    ("fig", "#4c5b4b", "FIG &|RUE", "blush"),
    ("bergamot", "#8a4a1e", "BERGAMOT|& BAY", "sage"),
):
    picture(
        f"hand-wash-{scent}",
        ground,
        lambda s, c=colour, n=name: s.stand(
            pump_bottle, c, "#f1e8d6", n, at=(600, 1000), scale=1.55
        ),
        horizon=800,
    )
picture(
    "creme-mains",
    "honey",
    lambda s: s.stand(cream_tube, "#efe6d6", "CRÈME|MAINS", at=(600, 1000), scale=1.5),
    arch=(600, 620, 110),
)
picture(
    "rosehip-oil",
    "blush",
    lambda s: (s.plinth(600, 900, 260, 150), s.stand(dropper, at=(600, 925), scale=1.55)),
    horizon=800,
)
picture("rose-salts", "plum", lambda s: s.stand(salts, at=(600, 1000), scale=1.75), horizon=800)
picture(
    "long-brush",
    "mist",
    lambda s: s.hang(bath_brush, at=(620, 610), scale=1.08, turn=-28),
    kind="flat",
)
for kind, colour, name, ground in (
    ("beeswax", "#6f7d55", "BEESWAX|BALM", "oat"),
    ("lavender", "#7f6f90", "LAVENDER|BALM", "fog"),
):
    picture(
        f"balm-{kind}",
        ground,
        lambda s, c=colour, n=name: s.stand(standing_tin, c, n, at=(590, 970), scale=1.65),
        horizon=790,
    )

for tone, colour, band, ground in (
    ("sage", "#8b9a7b", "#3a4436", "oat"),
    ("rust", "#b0603c", "#4a2a1c", "mist"),
    ("ink", "#34465a", "#171f28", "blush"),
):
    picture(
        f"furlong-notebook-{tone}",
        ground,
        lambda s, c=colour, b=band: s.hang(notebook, c, b, at=(590, 600), scale=1.35, turn=-9),
        kind="flat",
    )
picture(
    "wren-pen",
    "oat",
    lambda s: s.hang(pen, at=(600, 540), scale=1.38, turn=-22, std=14),
    kind="flat",
)
picture(
    "ten-pencils",
    "blush",
    lambda s: s.stand(
        pencils,
        ["#b5532f", "#d9903f", "#e3bd6a", "#8fa080", "#5d7f8c", "#6d5a72", "#8e3b46"],
        at=(600, 1000),
        scale=1.45,
    ),
    horizon=810,
)
picture(
    "linocut-cards",
    "mist",
    lambda s: (
        s.hang(envelope, "#d8b48c", at=(520, 830), scale=1.2, turn=-6),
        s.hang(
            cards,
            [("#f4ead6", "#5d7f8c"), ("#efe3cc", "#56683f"), ("#f6ecda", "#b5532f")],
            at=(590, 520),
            scale=1.3,
        ),
    ),
    kind="flat",
)
picture(
    "book-slow-kitchen",
    "oat",
    lambda s: s.stand(book, "#a9503c", cover_kitchen, at=(580, 1010), scale=1.32),
    timber="#b98d63",
    horizon=820,
)
picture(
    "book-fox",
    "honey",
    lambda s: s.stand(book, "#35566a", cover_fox, at=(580, 1010), scale=1.32),
    horizon=820,
)
picture(
    "book-gardens",
    "sage",
    lambda s: s.stand(book, "#ecdcc0", cover_garden, at=(580, 1010), scale=1.32),
    horizon=820,
)
picture("arch-stacker", "mist", lambda s: s.stand(rainbow, at=(590, 960), scale=1.35), horizon=790)
for tone, colour, ground in (
    ("red", "#b5482f", "oat"),
    ("blue", "#5d7f95", "honey"),
    ("natural", "#d0a670", "sage"),
):
    picture(
        f"pip-car-{tone}",
        ground,
        lambda s, c=colour: s.stand(car, c, at=(590, 950), scale=1.4),
        timber="#c9a070" if tone != "natural" else None,
        horizon=790,
    )
picture("barnaby-bear", "blush", lambda s: s.stand(bear, at=(600, 1030), scale=1.32), horizon=830)
picture("pull-whale", "oat", lambda s: s.stand(whale, at=(690, 940), scale=1.2), horizon=780)
picture(
    "gift-card",
    "clay",
    lambda s: (
        s.hang(gift_card, "#47604f", "#f3e6cc", at=(560, 640), scale=1.25, turn=-9),
        s.hang(gift_card, "#efe3cc", "#4a3a2e", at=(660, 520), scale=1.25, turn=7),
    ),
    kind="flat",
)
picture(
    "gift-wrap",
    "blush",
    lambda s: s.stand(parcel, "#d8c3a0", "#8e3b46", at=(550, 980), scale=1.55),
    horizon=800,
)
picture(
    "beanie-pattern",
    "sage",
    lambda s: (
        s.hang(sheet, at=(560, 600), scale=1.25, turn=-6),
        s.hang(yarn, 0, 0, 120, "#d39a35", at=(930, 930), scale=1.1),
    ),
    kind="flat",
)

picture("calathea", "oat", lambda s: s.stand(calathea, at=(590, 1105), scale=0.96), horizon=930)
for tone, colour, ground in (("bone", "#e2d6c0", "clay"), ("slate", "#5d6870", "honey")):
    picture(
        f"snake-plant-{tone}",
        ground,
        lambda s, c=colour: s.stand(snake_plant, colour=c, at=(600, 1100), scale=1.02),
        horizon=920,
    )
picture(
    "olive-tree", "mist", lambda s: s.stand(olive_tree, at=(600, 1110), scale=0.97), horizon=950
)
for tone, colour, ground in (
    ("terracotta", "#bd7049", "sage"),
    ("bone", "#ddcfb6", "blush"),
    ("charcoal", "#4c4a48", "oat"),
):
    picture(
        f"clay-pots-{tone}",
        ground,
        lambda s, c=colour: s.stand(pots, c, at=(600, 960), scale=1.5),
        horizon=760,
    )
for tone, colour, ground in (
    ("sage", "#7f917a", "blush"),
    ("copper", "#b0623c", "mist"),
    ("cream", "#e4d8c0", "moss"),
):
    picture(
        f"longneck-can-{tone}",
        ground,
        lambda s, c=colour: s.stand(watering_can, c, at=(680, 990), scale=1.35),
        horizon=800,
    )
picture(
    "trowel",
    "moss",
    lambda s: (
        s.hang(trowel, at=(430, 590), scale=1.12, turn=-12),
        s.hang(trowel, "#b98150", fork=True, at=(780, 600), scale=1.12, turn=10),
    ),
    kind="flat",
)
for kind, paper, accent, name, ground in (
    ("meadow", "#efe3cc", "#c9603f", "MEADOW|MIX", "sage"),
    ("night", "#d9d3e0", "#8a6f9c", "NIGHT|SCENTED", "plum"),
    ("bees", "#f3dfa6", "#d9903f", "FOR THE|BEES", "mist"),
):
    picture(
        f"seeds-{kind}",
        ground,
        lambda s, c=paper, a=accent, n=name: s.hang(
            seed_packet, c, a, n, at=(600, 600), scale=1.6, turn=-8
        ),
        kind="flat",
    )
picture(
    "jute-twine",
    "clay",
    lambda s: s.stand(twine, at=(440, 980), scale=1.75),
    timber="#b98d63",
    horizon=800,
)
picture(
    "wren-nest-box", "sage", lambda s: s.hang(nest_box, at=(580, 620), scale=1.35), horizon=1500
)
