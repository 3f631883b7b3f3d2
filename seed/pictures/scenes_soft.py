# Pictures of knitwear, cloth and bags.
from shot import closer, picture
from wares_bags import backpack, slippers, tote, wallet, weekender
from wares_soft import (
    beanie,
    cardigan,
    cushion,
    folded,
    jumper,
    mitten,
    scarf,
    sock,
    tea_towel,
    tee,
)

HANG = {"horizon": 1500}

for tone, colour, ground in (
    ("cream", "#e6dac2", "sage"),
    ("navy", "#3a4a60", "oat"),
    ("moss", "#6e7850", "blush"),
):
    picture(
        f"harbour-jumper-{tone}",
        ground,
        lambda s, c=colour: s.hang(jumper, c, at=(600, 240), scale=1.2),
        **HANG,
    )
closer("harbour-jumper-detail", "harbour-jumper-cream", (380, 420, 440, 440))
for tone, colour, ground in (("rust", "#b0603c", "mist"), ("grey", "#9b9a96", "honey")):
    picture(
        f"hearth-cardigan-{tone}",
        ground,
        lambda s, c=colour: s.hang(cardigan, c, at=(600, 240), scale=1.2),
        **HANG,
    )
for tone, colour, ground, band in (
    ("chalk", "#efe7d8", "clay", None),
    ("stripe", "#efe7d8", "sage", "#3a4a60"),
    ("ochre", "#d09a3c", "fog", None),
):
    picture(
        f"sunday-tee-{tone}",
        ground,
        lambda s, c=colour, b=band: s.hang(
            tee,
            c,
            at=(600, 250),
            scale=1.3,
            stripes=[(y, 20, b) for y in range(110, 640, 54)] if b else (),
        ),
        **HANG,
    )
for tone, colour, brim, bobble, ground in (
    ("mustard", "#d39a35", None, None, "mist"),
    ("slate", "#5c6a74", None, None, "blush"),
    ("berry", "#8e3b46", None, "#efe5d2", "sage"),
):
    picture(
        f"gull-beanie-{tone}",
        ground,
        lambda s, c=colour, b=bobble: s.stand(beanie, c, at=(600, 960), scale=1.32, bobble=b),
        horizon=780,
    )
for tone, colour, stripe, ground in (
    ("heather", "#8d7a8c", "#efe5d2", "oat"),
    ("forest", "#4d5f4a", "#d39a35", "blush"),
    ("camel", "#c79a68", "#6e4630", "sage"),
):
    picture(
        f"long-field-scarf-{tone}",
        ground,
        lambda s, c=colour, t=stripe: s.hang(scarf, c, t, at=(590, 210), scale=1.12),
        **HANG,
    )


def socks(s, colour, accent):
    s.hang(sock, colour, accent, at=(390, 560), scale=1.2, turn=-8, std=14)
    s.hang(sock, colour, accent, at=(620, 660), scale=1.2, turn=4, std=14)


for tone, colour, accent, ground in (
    ("oat", "#e3d5b8", "#b0603c", "sage"),
    ("denim", "#5b7186", "#e9dfcb", "clay"),
    ("pine", "#4f6350", "#d39a35", "blush"),
):
    picture(
        f"warme-fuesse-{tone}", ground, lambda s, c=colour, a=accent: socks(s, c, a), kind="flat"
    )
picture(
    "north-mittens",
    "ink",
    lambda s: (
        s.hang(mitten, "#8e3b46", "#efe5d2", at=(390, 650), scale=1.25, turn=-12, side=-1),
        s.hang(mitten, "#8e3b46", "#efe5d2", at=(800, 690), scale=1.25, turn=10),
    ),
    kind="flat",
)
for tone, colour, sole, ground in (
    ("ash", "#8d8c88", "#d9c4a0", "blush"),
    ("plum", "#6d4652", "#d9c4a0", "oat"),
):
    picture(
        f"filz-slippers-{tone}",
        ground,
        lambda s, c=colour, o=sole: s.hang(slippers, c, o, at=(600, 620), scale=1.35, turn=8),
        kind="flat",
    )
for tone, colour, stripe, ground in (
    ("dune", "#dccbab", "#8a6a4c", "mist"),
    ("loch", "#5d7682", "#e6dcc8", "oat"),
    ("rowan", "#a9503c", "#f0dcc0", "sage"),
):
    picture(
        f"skerry-blanket-{tone}",
        ground,
        lambda s, c=colour, t=stripe: s.stand(
            folded, [c, c, c], at=(590, 950), scale=1.35, stripe=t
        ),
        horizon=790,
    )
for tone, colour, stripe, ground in (
    ("ecru", "#e6dbc6", "#5d7682", "clay"),
    ("sage", "#98a584", "#efe5d2", "oat"),
    ("ochre", "#cf9a45", None, "mist"),
):
    picture(
        f"furrow-cushion-{tone}",
        ground,
        lambda s, c=colour, t=stripe: s.stand(cushion, c, t, at=(600, 1000), scale=1.4, turn=-2),
        horizon=830,
    )
for tone, colour, stripe, ground in (
    ("blue", "#efe7d6", "#5b7a94", "blush"),
    ("red", "#efe7d6", "#b4472f", "mist"),
    ("green", "#efe7d6", "#6c7a4f", "clay"),
):
    picture(
        f"ripple-tea-towel-{tone}",
        ground,
        lambda s, c=colour, t=stripe: s.hang(tea_towel, c, t, at=(610, 250), scale=1.2),
        **HANG,
    )
for tone, colour, ground in (
    ("natural", "#e3d6bb", "sage"),
    ("indigo", "#3f4f68", "oat"),
    ("brick", "#a9563c", "mist"),
):
    picture(
        f"errand-tote-{tone}",
        ground,
        lambda s, c=colour: s.hang(
            tote, c, at=(590, 190), scale=1.12, print_colour="#efe5d2" if c != "#e3d6bb" else None
        ),
        **HANG,
    )
for tone, colour, ground in (
    ("olive", "#6b6f4a", "clay"),
    ("ink", "#3b4654", "honey"),
    ("sand", "#cdb58c", "mist"),
):
    picture(
        f"fell-backpack-{tone}",
        ground,
        lambda s, c=colour: s.stand(backpack, c, at=(600, 1030), scale=1.22),
        horizon=830,
    )
for tone, colour, ground in (("canvas", "#cdbb98", "moss"), ("navy", "#3b4a5e", "oat")):
    picture(
        f"overnight-bag-{tone}",
        ground,
        lambda s, c=colour: s.stand(weekender, c, at=(570, 990), scale=1.32),
        timber="#b98d63",
        horizon=800,
    )
for tone, colour, ground in (
    ("tan", "#b5743f", "mist"),
    ("bottle", "#3f5547", "blush"),
    ("oxblood", "#6d2a2c", "oat"),
):
    picture(
        f"ferry-wallet-{tone}",
        ground,
        lambda s, c=colour: s.hang(wallet, c, at=(600, 620), scale=1.5, turn=-10),
        kind="flat",
    )
for tone, colours, ground in (
    ("white", ["#efe9dd", "#f3eee4"], "mist"),
    ("clay", ["#c98a6a", "#c98a6a"], "oat"),
    ("lagoon", ["#7fa0a0", "#7fa0a0"], "blush"),
):
    picture(
        f"cloud-towel-{tone}",
        ground,
        lambda s, c=colours: s.stand(
            folded, c * 2, at=(590, 960), scale=1.3, pile=True, thick=92, w=560
        ),
        horizon=790,
    )
closer("fell-backpack-buckles", "fell-backpack-olive", (400, 480, 480, 480))
closer("errand-tote-straps", "errand-tote-natural", (400, 480, 460, 460))
