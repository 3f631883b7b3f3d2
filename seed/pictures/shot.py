# One picture = a stage, the things on it, a name. The table of all pictures is scenes.py.
from draw import Doc, Group
from stage import Stage

PICTURES = {}  # name -> function that returns the SVG


class Shot:
    """What a scene function gets: a stage set up as asked, and short ways to put things on it."""

    def __init__(
        self,
        name,
        palette,
        kind="cove",
        size=(1200, 1200),
        horizon=790,
        view=None,
        window=True,
        arch=None,
        sun=None,
        timber=None,
        leaves=True,
        glow=0.55,
    ):
        w, h = size
        self.doc = Doc(name)
        self.stage = Stage(self.doc, palette, w, h, horizon, view)
        if kind == "flat":
            self.stage.flat()
        else:
            self.stage.backdrop("table" if timber else kind, glow)
        if timber:
            self.stage.timber(timber)
        if sun:
            self.stage.sun(*sun)
        if arch:
            self.stage.arch(*arch)
        if window:
            self.stage.window(leaves=leaves)

    def group(self):
        return Group(self.doc)

    def stand(
        self,
        ware,
        *args,
        at=(600, 960),
        scale=1.0,
        turn=0,
        flip=False,
        strength=1.0,
        reach=1.0,
        contact=None,
        **how,
    ):
        g = self.group()
        touch = ware(g, *args, **how)
        self.stage.place(
            g,
            at[0],
            at[1],
            scale,
            strength=strength,
            contact=touch if contact is None else contact,
            turn=turn,
            flip=flip,
            reach=reach,
        )

    def hang(
        self,
        ware,
        *args,
        at=(600, 600),
        scale=1.0,
        turn=0,
        drop=(26, 30),
        std=20,
        strength=1.0,
        **how,
    ):
        g = self.group()
        ware(g, *args, **how)
        self.stage.hang(g, at[0], at[1], scale, turn=turn, drop=drop, std=std, strength=strength)

    def plinth(self, *args, **how):
        self.stage.plinth(*args, **how)


def picture(name, palette, draw, vignette=True, **stage):
    """Register a picture: `draw` gets the Shot."""
    assert name not in PICTURES, name

    def render():
        shot = Shot(name, palette, **stage)
        draw(shot)
        if vignette:
            shot.stage.vignette()
        return shot.stage.svg()

    PICTURES[name] = render


def closer(name, of, view):
    """Register a detail of another picture: the part `view` = (x, y, width, height)."""
    assert name not in PICTURES, name

    def render():
        x, y, w, h = view
        return PICTURES[of]().replace('viewBox="0 0 1200 1200"', f'viewBox="{x} {y} {w} {h}"', 1)

    PICTURES[name] = render
