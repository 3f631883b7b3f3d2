#!/usr/bin/env python3
# Checks seed/catalog.json and seed/shop.json; what they hold is told in seed/README.md.
"""seed-check.py [FOLDER]   one line per fault, exit status 1 when there is one

FOLDER holds the two files; seed/ beside this script when none is given.
"""
import collections
import itertools
import json
import pathlib
import re
import subprocess
import sys
import unicodedata
from datetime import date, datetime
from html.parser import HTMLParser

HERE = pathlib.Path(__file__).resolve().parent
PRODUCTS_MIN, CATEGORIES_MIN = 64, 8
# What one unit of the base currency may cost elsewhere: a mistyped price falls outside.
DECIMALS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
RATE_RANGE = {"USD": (0.95, 1.45), "JPY": (140, 215), "KWD": (0.27, 0.46)}
KINDS = {
    "text": lambda v: True,
    "number": lambda v: re.fullmatch(r"-?\d+(\.\d+)?", v),
    "boolean": lambda v: v in ("true", "false"),
    "date": lambda v: bool(date.fromisoformat(v)),
    "url": lambda v: v.startswith("https://"),
}
TAGS = {"p", "ul", "ol", "li", "strong", "em", "br", "h3"}
PRODUCT = {
    "needed": "handle title brand type status categories tags description_html images attributes"
    " options variants popularity",
    "known": "published gift_card seo_title seo_description",
}
VARIANT = {
    "needed": "sku price_minor cost_minor prices tracked taxable requires_shipping",
    "known": "barcode options compare_at_minor weight_g stock policy tax_class image",
}
CATEGORY = {"needed": "handle title path parent_handle position", "known": "description image"}

faults = []


def fault(where, what):
    faults.append(f"{where}: {what}")


def once(pairs):
    keys = [key for key, _ in pairs]
    for key, count in collections.Counter(keys).items():
        if count > 1:
            raise ValueError(f"the key {key!r} is there twice, beside {keys[0]!r}")
    return dict(pairs)


def load(path):
    try:
        text = path.read_bytes().decode("utf-8")
        found = json.loads(text, object_pairs_hook=once)
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        sys.exit(1)
    if text != unicodedata.normalize("NFC", text):
        fault(path.name, "has text that is not in Unicode's composed form (NFC)")
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\ufeff]", text):
        fault(path.name, "has control or invisible characters")
    return found


def fields(where, thing, rule):
    needed = rule["needed"].split()
    for key in needed:
        if key not in thing:
            fault(where, f"has no {key}")
    for key in thing:
        if key not in needed and key not in rule["known"].split():
            fault(where, f"has a field {key} that nothing reads")


def unique(what, pairs):
    """pairs: (value, where it stands)."""
    seen = {}
    for value, where in pairs:
        if value in seen:
            fault(where, f"{what} {value} is taken by {seen[value]}")
        seen.setdefault(value, where)


def is_ean13(text):
    if not re.fullmatch(r"2\d{12}", text):
        return False
    return sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(text)) % 10 == 0


class Markup(HTMLParser):
    def __init__(self, where):
        super().__init__(convert_charrefs=False)
        self.where, self.open = where, []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS or attrs:
            fault(self.where, f"description_html has <{tag}>, which is not plain text markup")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            fault(self.where, f"description_html closes </{tag}> out of order")

    def handle_data(self, data):
        if "<" in data or ">" in data or "&" in data:
            fault(self.where, f"description_html has a bare <, > or & near {data[:20]!r}")
        if not self.open and data.strip():
            fault(self.where, f"description_html has text outside a paragraph: {data[:20]!r}")


def check_html(where, html):
    reader = Markup(where)
    reader.feed(html)
    reader.close()
    if reader.open:
        fault(where, f"description_html leaves <{reader.open[-1]}> open")
    if len(re.sub(r"<[^>]*>", "", html)) < 60:
        fault(where, "description_html says next to nothing")


def check_categories(categories, pictures):
    where = {c.get("handle"): c for c in categories}
    unique("category handle", ((c.get("handle"), c.get("path")) for c in categories))
    unique("category path", ((c.get("path"), c.get("handle")) for c in categories))
    for c in categories:
        name = f"category {c.get('handle')}"
        fields(name, c, CATEGORY)
        parent = where.get(c.get("parent_handle"))
        if c.get("parent_handle") and not parent:
            fault(name, f"has the parent {c['parent_handle']}, which does not exist")
        path = f"{parent['path']} > {c.get('title')}" if parent else c.get("title")
        if c.get("path") != path:
            fault(name, f"has the path {c.get('path')!r}, its titles say {path!r}")
        if not parent and not c.get("image"):
            fault(name, "has no image")
        if c.get("image") and c["image"] not in pictures:
            fault(name, f"shows {c['image']}, which is not drawn")
    top = sum(1 for c in categories if not c.get("parent_handle"))
    if top < CATEGORIES_MIN:
        fault("categories", f"{top} at the top, {CATEGORIES_MIN} are wanted")


def check_price(where, variant, currencies):
    base, listed = variant.get("price_minor", 0), variant.get("prices", [])
    whole = [("", {**variant, "currency": currencies[0]})] + [
        (p.get("currency"), p) for p in listed
    ]
    for currency, price in whole:
        now, before = price.get("price_minor"), price.get("compare_at_minor")
        if not isinstance(now, int) or now <= 0:
            fault(where, f"price_minor {currency} is not a whole amount above 0: {now!r}")
        elif before is not None and before <= now:
            fault(where, f"compare_at_minor {currency} is not above the price")
        if (before is None) != (variant.get("compare_at_minor") is None):
            fault(where, f"is reduced in some currencies and not in {currency or currencies[0]}")
    if variant.get("cost_minor", 0) > base:
        fault(where, "costs more than it sells for")
    unique(f"{where}: a price in", ((p.get("currency"), "another entry") for p in listed))
    for p in listed:
        currency = p.get("currency")
        if currency not in currencies[1:]:
            fault(where, f"has a price in {currency}, which the shop does not list")
        elif base > 0 and isinstance(p.get("price_minor"), int):
            rate = (
                p["price_minor"] / 10 ** DECIMALS[currency] / (base / 10 ** DECIMALS[currencies[0]])
            )
            low, high = RATE_RANGE[currency]
            if not low <= rate <= high:
                fault(where, f"{currency} price is {rate:.2f} times the {currencies[0]} price")


def check_variant(where, product, variant, currencies):
    fields(where, variant, VARIANT)
    if not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", variant.get("sku", "")):
        fault(where, "sku is not made of capitals, digits and hyphens")
    if "barcode" in variant and not is_ean13(variant["barcode"]):
        fault(where, f"barcode {variant['barcode']} is no EAN-13 for internal use (20 to 29)")
    if len(variant.get("options", [])) != len(product.get("options", [])):
        fault(where, f"has not one value for each of {product.get('options')}")
    if variant.get("tracked") != ("stock" in variant and "policy" in variant):
        fault(where, "stock and policy belong to tracked variants, and to all of them")
    if variant.get("policy", "deny") not in ("deny", "continue") or variant.get("stock", 0) < 0:
        fault(where, "stock is below 0, or policy is neither deny nor continue")
    if variant.get("requires_shipping") != (variant.get("weight_g", 0) > 0):
        fault(where, "weight_g belongs to what is shipped, and to all of it")
    if "image" in variant and variant["image"] not in [
        i.get("url") for i in product.get("images", [])
    ]:
        fault(where, f"shows {variant['image']}, which is not among the product's images")
    check_price(where, variant, currencies)


def check_attributes(where, attributes, kinds):
    unique("attribute", ((a.get("code"), where) for a in attributes))
    for a in attributes:
        code, kind, value = a.get("code"), a.get("kind"), a.get("value")
        if set(a) != {"code", "label", "kind", "value"} or kind not in KINDS:
            fault(where, f"attribute {code} needs code, label, a known kind and value")
            continue
        try:
            good = isinstance(value, str) and value and KINDS[kind](value)
        except ValueError:
            good = False
        if not good:
            fault(where, f"attribute {code}: {value!r} is no {kind}")
        known = kinds.setdefault(code, (a["label"], kind, where))
        if known[:2] != (a["label"], kind):
            fault(where, f"attribute {code} has another label or kind than in {known[2]}")


def check_product(product, paths, pictures, currencies, kinds):
    where = f"product {product.get('handle')}"
    fields(where, product, PRODUCT)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", product.get("handle", "")):
        fault(where, "handle is not made of small letters, digits and hyphens")
    if product.get("status") not in ("draft", "active", "archived"):
        fault(where, f"has the status {product.get('status')!r}")
    for path in product.get("categories", []) or fault(where, "is in no category") or []:
        if path not in paths:
            fault(where, f"is in {path!r}, which is no category")
    for image in product.get("images", []) or fault(where, "has no image") or []:
        if image.get("url") not in pictures:
            fault(where, f"shows {image.get('url')}, which is not drawn")
        if len(image.get("alt", "")) < 8:
            fault(where, f"{image.get('url')} has no alt text")
    if len(product.get("options", [])) > 3:
        fault(where, "has more than 3 options")
    check_html(where, product.get("description_html", ""))
    check_attributes(where, product.get("attributes", []), kinds)
    variants = product.get("variants", []) or fault(where, "has no variant") or []
    unique(
        "combination", ((tuple(v.get("options", [])), f"{where} {v.get('sku')}") for v in variants)
    )
    for variant in variants:
        check_variant(f"{where} {variant.get('sku')}", product, variant, currencies)


def check_catalog(catalog, pictures, currencies):
    products, categories = catalog.get("products", []), catalog.get("categories", [])
    if catalog.get("currency") != currencies[0]:
        fault("catalog.json", f"currency is not that of the shop, {currencies[0]}")
    check_categories(categories, pictures)
    if len(products) < PRODUCTS_MIN:
        fault("catalog.json", f"{len(products)} products, {PRODUCTS_MIN} are wanted")
    kinds, paths = {}, {c.get("path") for c in categories}
    for product in products:
        check_product(product, paths, pictures, currencies, kinds)
    variants = [(v, p.get("handle")) for p in products for v in p.get("variants", [])]
    unique("handle", ((p.get("handle"), f"product {i + 1}") for i, p in enumerate(products)))
    unique("title", ((p.get("title"), p.get("handle")) for p in products))
    unique("sku", ((v.get("sku"), handle) for v, handle in variants))
    unique("barcode", ((v["barcode"], handle) for v, handle in variants if "barcode" in v))
    sold = {c for p in products if p.get("status") == "active" for c in p.get("categories", [])}
    for path in sorted(paths):
        if not any(c == path or c.startswith(f"{path} > ") for c in sold):
            fault(f"category {path}", "holds nothing that is sold")


def check_brackets(zone, rates):
    groups = collections.defaultdict(list)
    for rate in rates:
        groups[rate.get("code"), rate.get("currency")].append(rate)
    for (code, currency), rows in groups.items():
        where = f"shipping zone {zone}: {code} {currency}"
        if len({(r.get("basis"), r.get("name")) for r in rows}) > 1:
            fault(where, "the brackets differ in basis or name")
        for row, after in zip(rows, rows[1:]):
            if row.get("bracket_below") != after.get("bracket_from"):
                fault(where, f"there is a gap or an overlap at {row.get('bracket_below')}")
        if rows[0].get("bracket_from") != 0 or min(r.get("price_minor", -1) for r in rows) < 0:
            fault(where, "the first bracket does not begin at 0, or a price is below 0")


def delivery(zone, code, currency, weight, price):
    """What a single piece costs to send; None where it is not sent so."""
    for rate in zone["rates"]:
        if (rate["code"], rate["currency"]) != (code, currency):
            continue
        size = {"weight": weight, "total": price, "flat": 0}[rate["basis"]]
        below, free = rate["bracket_below"], rate["free_over_minor"]
        if rate["bracket_from"] <= size and (below is None or size < below):
            return 0 if free is not None and price >= free else rate["price_minor"]
    return None


def check_speeds(catalog, shop):
    base = shop["shop"]["currencies"][0]
    for variant in (v for p in catalog["products"] for v in p["variants"] if "weight_g" in v):
        prices = {p["currency"]: p["price_minor"] for p in variant["prices"]}
        prices[base] = variant["price_minor"]
        for zone, (currency, price) in itertools.product(shop["shipping_zones"], prices.items()):
            slow, fast = (
                delivery(zone, code, currency, variant["weight_g"], price)
                for code in ("standard", "express")
            )
            if slow is not None and fast is not None and fast < slow:
                fault(f"shipping zone {zone['name']}", f"{variant['sku']} is sent faster for less, "
                      f"{fast} instead of {slow} {currency}")


def check_coupon(coupon, currencies):
    where = f"coupon {coupon.get('code')}"
    kind, share, amount = coupon.get("kind"), coupon.get("percent_ppm"), coupon.get("amount_minor")
    right = {"percent": share and not amount, "fixed": amount and not share}
    if not right.get(kind, kind == "free_shipping" and not share and not amount):
        fault(where, f"is {kind!r} with percent_ppm {share} and amount_minor {amount}")
    if (amount or coupon.get("minimum_minor")) and coupon.get("currency") not in currencies:
        fault(where, "an amount needs one of the shop's currencies")
    try:
        times = [
            datetime.fromisoformat(coupon[k]) for k in ("starts_at", "ends_at") if coupon.get(k)
        ]
        if len(times) == 2 and times[0] >= times[1]:
            fault(where, "ends before it starts")
    except ValueError as error:
        fault(where, str(error))


def check_shop(shop, pictures, currencies):
    countries = {c["code"]: {r["code"] for r in c["regions"]} for c in shop["countries"]}
    unique("country", ((c["code"], c["name"]) for c in shop["countries"]))
    for name in ("light", "dark"):
        if shop["shop"]["hero"][name] not in pictures:
            fault("shop.json", f"shows {shop['shop']['hero'][name]}, which is not drawn")
    rates = shop["tax_rates"]
    key = ("country", "region", "tax_class", "priority")
    unique("tax rate for", ((tuple(r[k] for k in key), r["name"]) for r in rates))
    for r in rates:
        if r["country"] not in countries or (
            r["region"] and r["region"] not in countries[r["country"]]
        ):
            fault(
                f"tax rate {r['name']}",
                f"is for {r['country']} {r['region']}, no country of the shop",
            )
        if not 0 <= r["rate_ppm"] <= 300000:
            fault(f"tax rate {r['name']}", f"{r['rate_ppm']} ppm is not between 0 and 30 %")
        said = re.search(r"([\d.]+) %$", r["name"])
        if not said or round(float(said[1]) * 10000) != r["rate_ppm"]:
            fault(
                f"tax rate {r['name']}", f"is called otherwise than its rate, {r['rate_ppm']} ppm"
            )
    places = [
        (p["country"], p["region"], z["name"]) for z in shop["shipping_zones"] for p in z["places"]
    ]
    unique("shipping place", (((c, r), zone) for c, r, zone in places))
    for country, region, zone in places:
        if country != "*" and country not in countries:
            fault(f"shipping zone {zone}", f"{country} is no country of the shop")
    for zone in shop["shipping_zones"]:
        check_brackets(zone["name"], zone["rates"])
        if {r["currency"] for r in zone["rates"]} != set(currencies):
            fault(f"shipping zone {zone['name']}", "has not a rate in every currency of the shop")
    unique("coupon", ((c.get("code"), "another coupon") for c in shop["coupons"]))
    for coupon in shop["coupons"]:
        check_coupon(coupon, currencies)


def main(args):
    if len(args) > 1 or (args and args[0].startswith("-")):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    folder = pathlib.Path(args[0]) if args else HERE.parent / "seed"
    command = [sys.executable, str(HERE / "seed-pictures.py"), "--list"]
    drawn = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    pictures = {f"pictures/{name}.webp" for name in drawn}
    catalog, shop = load(folder / "catalog.json"), load(folder / "shop.json")
    try:
        currencies = shop["shop"]["currencies"]
        check_catalog(catalog, pictures, currencies)
        check_shop(shop, pictures, currencies)
        check_speeds(catalog, shop)
        text = json.dumps([catalog, shop])
        for picture in sorted(pictures):
            if f'"{picture}"' not in text:
                fault(picture, "is drawn and shown nowhere")
    except (KeyError, TypeError, AttributeError) as error:
        fault("seed", f"is not laid out as expected, first at {type(error).__name__} {error}")
    for line in faults:
        print(line, file=sys.stderr)
    if not faults:
        count = sum(len(p["variants"]) for p in catalog["products"])
        print(
            f"seed: {len(catalog['products'])} products, {count} variants, {len(pictures)} pictures"
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
