#!/usr/bin/env python3
"""Measures what Memcached is for: caches.py SOUK [CHANGES] [--port FIRST]

Two processes of the product service on one PostgreSQL, the other services in a third, two Memcached
nodes. One process changes a price; how long after its answer does the other one show it, on the
product's page and in a list? With Memcached, and without, when only the follower of the change
sequence finds it. Then what a product costs that L1 has lost: with Memcached and out of the rows.
"""
import argparse
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
REST = 'notification,inventory,payment,order,user'


class Client:
    """A connection that is kept."""

    def __init__(self, port, token=None):
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
        self.headers = {'Authorization': f'Bearer {token}'} if token else {}

    def ask(self, method, path, body=None):
        headers = dict(self.headers)
        if body is not None:
            body = json.dumps(body)
            headers['Content-Type'] = 'application/json'
        self.connection.request(method, path, body, headers)
        reply = self.connection.getresponse()
        said = reply.read()
        return reply.status, json.loads(said) if said.startswith(b'{') else said

    def get(self, path):
        status, said = self.ask('GET', path)
        assert status == 200, (path, status, said)
        return said


class Shop:
    """The processes, each with its log in the folder."""

    def __init__(self, souk, folder, port):
        self.souk, self.folder, self.port = souk, folder, port
        self.processes = {}
        folder.chmod(0o711)  # PostgreSQL runs as another user
        url = subprocess.run([ROOT / 'tests/postgres.sh', 'start', folder / 'pg', '0'], check=True,
                             capture_output=True, text=True).stdout.strip()
        self.base = url.rsplit('@', 1)[1].rsplit('/', 1)[0]
        psql = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin/psql'))[-1]
        subprocess.run([psql, '-qX', url, '-c', "CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'o'",
                        '-c', "CREATE DATABASE shop OWNER owner TEMPLATE template0 LC_COLLATE 'C'"],
                       check=True)

    def environment(self, services, memcached=''):
        role = 'product' if services == 'product' else 'rest'
        return os.environ | {
            'SOUK_SERVICES': services,
            'SOUK_DATA_DIR': str(self.folder / role),
            'SOUK_DATABASE_URL': f'postgresql://shop_{role}:x@{self.base}/shop',
            'SOUK_DATABASE_OWNER_URL': f'postgresql://owner:o@{self.base}/shop',
            'SOUK_PEER_KEY': 'of this measurement',
            'SOUK_PEERS': ','.join([f'product=http://127.0.0.1:{self.port + 1}',
                                    f'product=http://127.0.0.1:{self.port + 2}'] +
                                   [f'{name}=http://127.0.0.1:{self.port}'
                                    for name in REST.split(',')]),
            'SOUK_MEMCACHED': memcached,
            'SOUK_ACCESS_LOG': '0',
            'SOUK_LOG_LEVEL': 'warn',
            'SOUK_WRITES_A_MINUTE': '1000000',
        }

    def run(self, services, *words):
        return subprocess.run([self.souk, *words], env=self.environment(services), check=True,
                              capture_output=True, text=True).stdout

    def spawn(self, name, command, environment=None):
        log = (self.folder / f'{name}.log').open('ab')
        self.processes[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def serve(self, name, services, port, memcached=''):
        environment = self.environment(services, memcached)
        environment['SOUK_LISTEN'] = f'127.0.0.1:{port}'
        self.spawn(name, [self.souk, 'serve'], environment)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if Client(port).ask('GET', '/readyz')[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        sys.exit(f'caches.py: {name} does not start: ' + (self.folder / f'{name}.log').read_text())

    def stop(self, *names):
        for name in names or list(self.processes):
            self.processes[name].terminate()
            self.processes.pop(name).wait()

    def memcached(self):
        nodes = []
        for number in (3, 4):
            self.spawn(f'memcached-{number}',
                       ['memcached', '-l', '127.0.0.1', '-p', str(self.port + number), '-U', '0',
                        '-u', 'root' if os.geteuid() == 0 else 'nobody'])
            nodes.append(f'127.0.0.1:{self.port + number}')
        return ','.join(nodes)


def until_shown(client, path, price):
    """Milliseconds until the answer has the price."""
    began = time.monotonic()
    words = f'"price_minor":{price}'
    while True:
        client.connection.request('GET', path)
        if words in client.connection.getresponse().read().decode():
            return (time.monotonic() - began) * 1000
        time.sleep(0.001)


def show_times(what, times):
    times.sort()
    print(f'{what:44} median {times[len(times) // 2]:6.1f} ms  99 of 100 '
          f'{times[int(len(times) * 0.99) - 1]:6.1f} ms  most {times[-1]:6.1f} ms', flush=True)


def measure_changes(shop, token, changes, what):
    writer, reader = Client(shop.port + 1, token), Client(shop.port + 2)
    product = writer.get('/api/v1/products?limit=1')['items'][0]
    variant = product['variants'][0]
    page, listing = f"/api/v1/products/{product['handle']}", f"/api/v1/products?q={variant['sku']}"
    on_page, in_list = [], []
    for number in range(changes):
        path, times = ((page, on_page), (listing, in_list))[number % 2]
        reader.get(path)  # into its L1, where it would stay for two seconds
        price = 1_000_000 + number
        status, said = writer.ask('PATCH', f"/api/v1/admin/variants/{variant['id']}",
                                  {'price_minor': price, 'compare_at_minor': None})
        assert status == 200, said
        times.append(until_shown(reader, path, price))
    show_times(f'{what}: product', on_page)
    show_times(f'{what}: list', in_list)


def counters(port):
    lines = Client(port).ask('GET', '/metrics')[1].decode().splitlines()
    return {line.rsplit(' ', 1)[0]: int(line.rsplit(' ', 1)[1]) for line in lines
            if line.startswith('souk_cache_requests_total')}


def measure_reads(shop, what):
    """Every product once, none of them in L1: the process has just been started."""
    client = Client(shop.port + 2)
    handles = [item['handle'] for item in client.get('/api/v1/products?limit=100')['items']]
    before, began = counters(shop.port + 2), time.monotonic()
    for handle in handles:
        client.get(f'/api/v1/products/{handle}')
    took = (time.monotonic() - began) * 1000 / len(handles)
    after = counters(shop.port + 2)
    hits = 'souk_cache_requests_total{cache="memcached",result="hit"}'
    print(f'{what:44} {took:6.2f} ms a product, {after[hits] - before[hits]} of {len(handles)} out '
          'of Memcached', flush=True)


def measure(shop, changes):
    shop.run(REST, 'migrate', *REST.split(','))
    shop.run('product', 'migrate', 'product')
    shop.serve('rest', REST, shop.port)
    shop.run('product', 'seed')
    password = shop.run(REST, 'admin', 'admin@example.com').split()[-1]
    token = Client(shop.port).ask('POST', '/api/v1/sessions', {
        'email': 'admin@example.com', 'password': password, 'transport': 'bearer'})[1]['token']
    nodes = shop.memcached()
    for what, list_, count in (('with Memcached', nodes, changes), ('without', '', changes // 10)):
        shop.serve('product-1', 'product', shop.port + 1, list_)
        shop.serve('product-2', 'product', shop.port + 2, list_)
        measure_changes(shop, token, count, what)
        for handle in Client(shop.port + 1).get('/api/v1/products?limit=100')['items']:
            Client(shop.port + 1).get(f"/api/v1/products/{handle['handle']}")
        shop.stop('product-2')
        shop.serve('product-2', 'product', shop.port + 2, list_)
        measure_reads(shop, what)
        shop.stop('product-1', 'product-2')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('souk', type=pathlib.Path)
    parser.add_argument('changes', type=int, nargs='?', default=200)
    parser.add_argument('--port', type=int, default=32600)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='souk-bench-caches-') as name:
        folder = pathlib.Path(name)
        shop = Shop(given.souk.resolve(), folder, given.port)
        try:
            measure(shop, given.changes)
        finally:
            shop.stop()
            subprocess.run([ROOT / 'tests/postgres.sh', 'stop', folder / 'pg'], check=True)


main()
