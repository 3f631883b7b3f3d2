"""A guest and somebody of the staff, over HTTP at one address."""
import http.client
import json
import time

ADDRESS = {"name": "Ada Weber", "line1": "Invalidenstr. 1", "city": "Berlin", "postcode": "10115",
           "country": "DE"}


class Shop:
    def __init__(self, host, port, public_host):
        self.host, self.port, self.public_host = host, port, public_host

    def ask(self, method, path, body=None, headers=None):
        """(status, headers with small names, body: a document where it is JSON)."""
        headers = dict(headers or {}, Host=self.public_host)
        if body is not None:
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        if "json" in found.get("content-type", ""):
            content = json.loads(content)
        return answer.status, found, content

    def get(self, path, status=200, headers=None):
        found, _, content = self.ask("GET", path, headers=headers)
        assert found == status, "GET %s answers %d: %s" % (path, found, content)
        return content

    def post(self, path, body, headers=None, statuses=(200, 201)):
        status, _, content = self.ask("POST", path, body, headers)
        assert status in statuses, "POST %s answers %d: %s" % (path, status, content)
        return content

    def buy(self, name):
        """A guest buys the first thing that is in stock; the order as it was answered."""
        for product in self.get("/api/v1/products?limit=20")["items"]:
            variants = self.get("/api/v1/products/" + product["handle"])["variants"]
            skus = [variant["sku"] for variant in variants if variant["available"] != 0]
            if skus:
                break
        else:
            raise AssertionError("nothing is in stock")
        return self.order(skus[0], name)

    def order(self, sku, name):
        """A guest buys one of that; the order as it was answered."""
        cart = self.post("/api/v1/carts", {"currency": "EUR"})["id"]
        self.post("/api/v1/carts/%s/items" % cart, {"sku": sku, "quantity": 1})
        options = self.get("/api/v1/carts/%s/shipping-options?country=DE&postcode=10115" % cart)
        order = {"cart_id": cart, "email": name + "@example.com", "shipping_address": ADDRESS,
                 "payment": {"provider": "test", "token": "tok_ok"}}
        if options["items"]:
            order["shipping_option"] = options["items"][0]["code"]
        return self.post("/api/v1/orders", order, {"Idempotency-Key": "kube-" + name}, (201, 202))

    def state(self, order, limit_s=30):
        """What becomes of it within the time: the guest asks with the order's token."""
        deadline = time.monotonic() + limit_s
        while True:
            state = self.get("/api/v1/orders/%s?token=%s" % (order["id"], order["access_token"])
                             )["state"]
            if state != "pending_payment" or time.monotonic() > deadline:
                return state
            time.sleep(0.3)

    def staff(self, email, password):
        return {"Authorization": "Bearer " + self.post("/api/v1/sessions", {
            "email": email, "password": password, "transport": "bearer"})["token"]}

    def pictures(self):
        """Asks for one of the catalogue's pictures; its bytes."""
        product = self.get("/api/v1/products?limit=1")["items"][0]
        paths = find_paths(self.get("/api/v1/products/" + product["handle"]))
        assert paths, "the first product has no picture"
        return self.get(paths[0])


def find_paths(thing):
    """Every address of a picture in a document."""
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, list):
        return [path for one in thing for path in find_paths(one)]
    return [thing] if isinstance(thing, str) and thing.startswith("/media/") else []
