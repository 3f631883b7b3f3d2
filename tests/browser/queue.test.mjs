// More orders than the shop can work on at once: slow cards keep its threads, so who comes then
// waits in the queue, and the page follows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, open, unique, visitor } from './browser.mjs';
import { newProduct } from './staff.mjs';
import { addToCart, ADDRESS, fillCheckout, payButton } from './steps.mjs';

const SLOW = 1500; // what the test provider's slow card takes, in milliseconds

/** As many carts as asked for. */
async function cartsOf(product, count) {
  const { sku } = product.variants[0];
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { id } = await api('/carts', { method: 'POST', body: {} });
      await api(`/carts/${id}/items`, {
        method: 'POST',
        body: { sku, quantity: 1 },
      });
      const { items } = await api(`/carts/${id}/shipping-options?country=${ADDRESS.country}`);
      return { id, option: items[0]?.code };
    }),
  );
}

const orderSlowly = ({ id, option }) =>
  api('/orders', {
    method: 'POST',
    headers: { 'Idempotency-Key': unique('queue') },
    body: {
      cart_id: id,
      email: 'crowd@example.com',
      shipping_address: ADDRESS,
      ...(option && { shipping_option: option }),
      payment: { provider: 'test', token: 'tok_slow' },
    },
  });

const CARTS = 120;
const TRIES = 4; // each with twice the crowd, which a busy machine may serve before the page is there

/** A crowd that keeps every thread for a while, and a queue behind it. */
async function crowd(carts) {
  const first = carts.slice(0, 30).map(orderSlowly);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const rest = await Promise.all(carts.slice(30).map(orderSlowly));
  const queued = rest.some(({ queue_position }) => queue_position > 1);
  return { queued, served: () => Promise.all(first) };
}

/** From now on: each place in the queue that the page shows, however shortly. */
async function placesShown(page) {
  const places = [];
  await page.exposeFunction('soukPlaceShown', (place) => {
    if (place !== places.at(-1)) places.push(place);
  });
  await page.evaluate(() => {
    const look = () => {
      const shown = /You are number (\d+) in the queue/.exec(document.body.innerText);
      if (shown) globalThis.soukPlaceShown(Number(shown[1]));
    };
    const everything = { subtree: true, childList: true, characterData: true };
    new MutationObserver(look).observe(document.body, everything);
  });
  return places;
}

const inQueue = (page) => page.getByText(/You are number \d+ in the queue/);
const paid = (page) => page.getByText('Paid', { exact: true }).first();

/** Orders behind such a crowd: whether there was a queue, and each place that the page showed. */
async function orderBehind(page, product, carts) {
  await addToCart(page, product);
  await open(page, '/checkout');
  await fillCheckout(page, `${unique('nora')}@example.com`);
  const { queued, served } = await crowd(carts);
  const places = await placesShown(page);
  await payButton(page).click();
  await page.getByRole('heading', { level: 1, name: /Thank you/ }).waitFor();
  await paid(page).waitFor();
  await served();
  return { queued, places: [...places] };
}

for (const { title, width, blocked } of [
  {
    title: 'the page of an order in the queue follows it',
    width: 390,
    blocked: false,
  },
  {
    title: 'a page that cannot follow asks instead',
    width: 1280,
    blocked: true,
  },
]) {
  test(title, async (t) => {
    const product = await newProduct();
    let seen, asked;
    for (let tries = 0; tries < TRIES; tries++) {
      const { page } = await visitor(t, { width, mayLog: blocked ? /503/ : null });
      asked = 0;
      await page.route(/\/api\/v1\/orders\/[^/]+\/events/, (route) => {
        asked++;
        return blocked ? route.fulfill({ status: 503, body: '' }) : route.continue();
      });
      const carts = await cartsOf(product, CARTS * 2 ** tries);
      seen = await orderBehind(page, product, carts);
      assert.deepEqual(
        seen.places,
        [...new Set(seen.places)].sort((one, other) => other - one),
        'the place only becomes better',
      );
      assert.equal(await inQueue(page).count(), 0);
      assert.ok(asked > 0, 'it tried to follow');
      if (seen.queued && seen.places[0] > 1 && (blocked || seen.places.length > 1)) return;
    }
    assert.fail(`a page behind ${seen.queued ? 'a' : 'no'} queue shows ${seen.places}`);
  });
}
