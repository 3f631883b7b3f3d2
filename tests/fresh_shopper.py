#!/usr/bin/env python3
"""Buys something as a guest and looks at it as staff: fresh_shopper.py ADDRESS SOUK

What a newcomer would try on a shop of `make run` with test payments: the product list, a cart, the
order, its mail by `souk mail`, the order by the staff's API. Ends with a sentence or exits with 1.
"""
import json
import re
import subprocess
import sys
import time
import urllib.request
import uuid

ADDRESS, SOUK = sys.argv[1:3]
EMAIL = 'newcomer@example.com'


def ask(path, body=None, token=None):
    headers = {'Content-Type': 'application/json', 'Idempotency-Key': str(uuid.uuid4())}
    if token:
        headers['Authorization'] = f'Bearer {token}'
    request = urllib.request.Request(f'{ADDRESS}/api/v1{path}', headers=headers,
                                     data=json.dumps(body).encode() if body is not None else None)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def souk(*words):
    done = subprocess.run([SOUK, *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'FAIL souk {" ".join(words)}: {done.stderr}')
    return done.stdout


def buyable():
    """The SKU of something that is there."""
    for item in ask('/products?limit=50')['items']:
        for variant in ask(f'/products/{item["handle"]}')['variants']:
            if (variant['available'] or 0) > 1:
                return variant['sku']
    sys.exit('FAIL nothing can be bought')


def buy(sku):
    cart = ask('/carts', {'currency': 'EUR'})
    cart = ask(f'/carts/{cart["id"]}/items', {'sku': sku, 'quantity': 2})
    options = ask(f'/carts/{cart["id"]}/shipping-options?country=DE')['items']
    return ask('/orders', {
        'cart_id': cart['id'], 'email': EMAIL, 'shipping_option': options[0]['code'],
        'shipping_address': {'name': 'New Comer', 'line1': '1 Road', 'city': 'Bonn',
                             'postcode': '53111', 'country': 'DE'},
        'payment': {'provider': 'test', 'token': 'tok_ok'}})


def mail_of(number):
    """Mails are written soon after the order, not with it."""
    for _ in range(100):
        for line in souk('mail').splitlines():
            if EMAIL in line and number in line:
                return line
        time.sleep(0.1)
    sys.exit(f'FAIL no mail about {number}')


def main():
    order = buy(buyable())
    seen = ask(f'/orders/{order["id"]}?token={order["access_token"]}')
    mail = mail_of(order['number'])
    password = re.search(r'password (\S+)', souk('admin', 'fresh@example.com')).group(1)
    session = ask('/sessions', {'email': 'fresh@example.com', 'password': password,
                                'transport': 'bearer'})
    listed = [item for item in ask('/admin/orders', token=session['token'])['items']
              if item['number'] == order['number']]
    if (seen['state'], len(listed)) != ('paid', 1) or listed[0]['state'] != 'paid' \
            or listed[0]['total_minor'] != order['total_minor']:
        sys.exit(f'FAIL the order is {seen["state"]}, staff see {listed}')
    print(f'{order["number"]} over {order["total_minor"]} {order["currency"]} is paid: {mail}')


main()
