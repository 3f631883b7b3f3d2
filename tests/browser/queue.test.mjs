// More orders than the shop can work on at once: slow cards keep its threads, so who comes then
// waits in the queue, and the page follows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, open, unique, until, visitor } from './browser.mjs';
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

/** A crowd that keeps every thread for a while, and a queue behind it. */
async function crowd(carts) {
  const first = carts.slice(0, 30).map(orderSlowly);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const rest = await Promise.all(carts.slice(30).map(orderSlowly));
  assert.ok(
    rest.some(({ queue_position }) => queue_position > 1),
    'there is a queue',
  );
  return () => Promise.all(first);
}

const inQueue = (page) => page.getByText(/You are number \d+ in the queue/);
const placeIn = async (page) => Number(/number (\d+)/.exec(await inQueue(page).innerText())[1]);
const paid = (page) => page.getByText('Paid', { exact: true }).first();

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
    const { page, errors } = await visitor(t, { width });
    const product = await newProduct();
    const carts = await cartsOf(product, 90);
    let asked = 0;
    await page.route(/\/api\/v1\/orders\/[^/]+\/events/, (route) => {
      asked++;
      return blocked ? route.fulfill({ status: 503, body: '' }) : route.continue();
    });
    await addToCart(page, product);
    await open(page, '/checkout');
    await fillCheckout(page, `${unique('nora')}@example.com`);
    const served = await crowd(carts);
    await payButton(page).click();
    await inQueue(page).waitFor();
    await page.getByRole('heading', { level: 1, name: /Thank you/ }).waitFor();
    const place = await placeIn(page);
    assert.ok(place > 1, `others are before: ${place}`);
    if (!blocked)
      await until('a better place', async () => (await placeIn(page)) < place, 3 * SLOW);
    await paid(page).waitFor({ timeout: 30_000 });
    assert.equal(await inQueue(page).count(), 0);
    assert.equal(asked > 0, true, 'it tried to follow');
    if (blocked) errors.splice(0);
    await served();
  });
}
