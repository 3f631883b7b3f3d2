// What a shopper sees, and what must not happen twice, when the line or the shop fails. The faults
// are made in the browser; every answer that arrives is the shop's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, visitor } from './browser.mjs';
import { anyCategory, anyProduct } from './catalogue.mjs';
import { addToCart, fillCheckout, orderNumber, payButton } from './steps.mjs';

test('an order whose answer was lost is asked for again with the same key', async (t) => {
  const { page } = await visitor(t, { mayLog: /./ });
  await addToCart(page, await anyProduct());
  await open(page, '/checkout');
  await fillCheckout(page, 'nora@example.com');
  const sent = [];
  await page.route('**/api/v1/orders', async (route) => {
    sent.push(route.request());
    const response = await route.fetch();
    if (sent.length === 1) await route.abort('connectionreset');
    else await route.fulfill({ response });
  });
  await payButton(page).click();
  await orderNumber(page);
  assert.ok(sent.length > 1, 'it was sent again');
  const keys = new Set(sent.map((request) => request.headers()['idempotency-key']));
  assert.equal(keys.size, 1, 'with one key');
});

test('without a connection the page says so, and comes back by itself', async (t) => {
  const { page, context } = await visitor(t, { width: 390, mayLog: /./ });
  const category = await anyCategory();
  await open(page, '/cart');
  await context.setOffline(true);
  await page.getByText('You are offline.').first().waitFor();
  await context.setOffline(false);
  await page.getByText('You are offline.').first().waitFor({ state: 'hidden' });
  await open(page, `/categories/${category.handle}`);
});

test('a shop that is too busy says when it is asked again', async (t) => {
  const { page } = await visitor(t, { mayLog: /./ });
  const category = await anyCategory();
  let busy = true;
  await page.route('**/api/v1/products?*', (route) =>
    busy
      ? route.fulfill({
          status: 503,
          headers: {
            'Retry-After': '2',
            'Content-Type': 'application/problem+json',
          },
          body: JSON.stringify({
            status: 503,
            code: 'unavailable',
            title: 'Unavailable',
            detail: 'busy',
          }),
        })
      : route.continue(),
  );
  await page.goto(`/categories/${category.handle}`);
  await page.getByRole('alert').filter({ hasText: 'The shop is very busy' }).waitFor();
  busy = false;
  await page.locator('main article').first().waitFor();
});

test('a shop that is away is said, and asked again by a button', async (t) => {
  const { page } = await visitor(t, { width: 390, mayLog: /./ });
  const category = await anyCategory();
  let away = true;
  await page.route('**/api/v1/**', (route) =>
    away ? route.abort('connectionrefused') : route.continue(),
  );
  await page.goto(`/categories/${category.handle}`);
  await page.getByText('The shop cannot be reached').first().waitFor();
  away = false;
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.locator('main article').first().waitFor();
});

test('what is not there answers 404 and says so', async (t) => {
  const { page } = await visitor(t, { mayLog: /404/ });
  for (const path of ['/nothing/here', '/products/nothing-here', '/categories/nothing-here']) {
    const response = await page.goto(path);
    assert.equal(response.status(), 404, path);
    await page.getByRole('heading', { name: 'There is nothing at this address.' }).waitFor();
  }
});

test('a product that sold out meanwhile is said at the button', async (t) => {
  const { page } = await visitor(t, { mayLog: /./ });
  const product = await anyProduct();
  await page.route('**/api/v1/carts/*/items', (route) =>
    route.continue({
      postData: JSON.stringify({ sku: product.variants[0].sku, quantity: 999 }),
    }),
  );
  const limited = product.variants[0].available !== null;
  await open(
    page,
    `/products/${product.handle}?variant=${encodeURIComponent(product.variants[0].sku)}`,
  );
  await page.getByRole('button', { name: 'Add to cart' }).click();
  const outcome = limited ? 'There are not that many' : 'In your cart';
  await page.getByText(outcome).first().waitFor();
});
