#!/usr/bin/env python3
"""Writes a Shopify product file of any size: make-catalogue.py VARIANTS [SEED]

The same seed gives the same file. Products have 1 to 12 variants, pictures elsewhere, tags, types
and a paragraph, as shops have.
"""
import csv
import random
import sys

COLUMNS = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,"
    "Status,SKU,Option1 name,Option1 value,Option2 name,Option2 value,Price,Cost per item,"
    "Charge tax,Inventory tracker,Inventory quantity,Continue selling when out of stock,"
    "Weight value (grams),Requires shipping,Product image URL,Image position,Image alt text"
).split(",")
THINGS = {"Kitchen": ["Mug", "Bowl", "Pan", "Kettle", "Spoon", "Board"],
          "Garden": ["Spade", "Trowel", "Pot", "Hose", "Bench", "Lantern"],
          "Clothing": ["Shirt", "Apron", "Scarf", "Sock", "Cap", "Jacket"],
          "Office": ["Pen", "Notebook", "Lamp", "Tray", "Clock", "Chair"]}
STUFFS = "Oak Linen Steel Clay Wool Brass Cotton Glass Cork Ash".split()
MOODS = "Quiet Morning Harbour Winter Little Grand Plain Northern Old Paper".split()
COLOURS = ["Red", "Blue", "Moss", "Sand", "Ink", "White"]
SIZES = ["S", "M", "L", "XL"]
WORDS = "made by hand in small numbers to be used every day it ages well and is mended".split()


def variant(rng, title, handle, price, colour, size, position):
    return {
        "URL handle": handle,
        "SKU": f"{handle}-{colour}-{size or 1}".upper(),
        "Option1 value": colour,
        "Option2 value": size or "",
        "Price": f"{price / 100:.2f}",
        "Cost per item": f"{price / 250:.2f}",
        "Charge tax": "TRUE",
        "Inventory tracker": "shopify",
        "Inventory quantity": rng.randint(0, 200),
        "Continue selling when out of stock": "FALSE",
        "Weight value (grams)": rng.randint(50, 5000),
        "Requires shipping": "TRUE",
        "Product image URL": f"https://pictures.example/{handle}-{position}.jpg",
        "Image position": position,
        "Image alt text": f"{title} in {colour}",
    }


def product(rng, number):
    department = rng.choice(list(THINGS))
    thing, stuff, mood = rng.choice(THINGS[department]), rng.choice(STUFFS), rng.choice(MOODS)
    title = f"{mood} {stuff} {thing} {number}"
    handle = title.lower().replace(" ", "-")
    colours = rng.sample(COLOURS, rng.randint(1, 4))
    sizes = rng.sample(SIZES, rng.randint(1, 3)) if department == "Clothing" else [None]
    price = rng.randint(400, 20000)
    choices = [(colour, size) for colour in colours for size in sizes]
    rows = [
        variant(rng, title, handle, price, colour, size, position)
        for position, (colour, size) in enumerate(choices, 1)
    ]
    rows[0] |= {
        "Title": title,
        "Vendor": f"{rng.choice(MOODS)} & Co",
        "Product category": f"{department} > {thing}s",
        "Description": "<p>" + " ".join(rng.choices(WORDS, k=rng.randint(20, 80))) + ".</p>",
        "Type": thing,
        "Tags": f"{stuff}, {mood}",
        "Published on online store": "TRUE",
        "Status": "Active",
        "Option1 name": "Color",
        "Option2 name": "Size" if sizes[0] else "",
    }
    return rows


def main():
    if len(sys.argv) not in (2, 3) or not sys.argv[1].isdigit():
        sys.exit(__doc__.splitlines()[0])
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) == 3 else 1)
    out = csv.DictWriter(sys.stdout, COLUMNS, restval="", lineterminator="\n")
    out.writeheader()
    left, number = int(sys.argv[1]), 1
    while left > 0:
        rows = product(rng, number)[:left]
        out.writerows(rows)
        left -= len(rows)
        number += 1


main()
