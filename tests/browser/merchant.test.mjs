// The merchant's first steps in the dashboard: log in and out, find a product, change its price and
// stock, see an order, refund it, capture one.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { api, loggedOnce, open, until, visitor } from './browser.mjs';
import { anyProduct } from './catalogue.mjs';
import { dashboard } from './dashboard.mjs';
import { check } from './look.mjs';
import { captureByHand, newProduct } from './staff.mjs';
import { addToCart, fillCheckout, orderNumber, payButton } from './steps.mjs';

test('staff log out, and their session has ended', async (t) => {
  const { page, errors } = await dashboard(t);
  await page.getByRole('button', { name: 'Profile' }).click();
  await page.getByRole('menuitem', { name: /log ?out/i }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  const session = await page.request.get('/api/v1/sessions/current');
  assert.equal(session.status(), 401);
  assert.ok(errors.splice(0).every((line) => line.includes('401')));
});

test('staff see an order and refund it in full', async (t) => {
  const { page: shop } = await visitor(t);
  await addToCart(shop, await anyProduct());
  await open(shop, '/checkout');
  await fillCheckout(shop, 'nora@example.com');
  await payButton(shop).click();
  const number = await orderNumber(shop);

  const { page } = await dashboard(t);
  await page.getByRole('link', { name: number }).click();
  await page.getByRole('button', { name: 'Refund in full' }).click();
  await page.getByLabel('Reason (the customer sees it)').fill('Broken on the way');
  await page.getByRole('dialog').getByRole('button', { name: 'Refund in full' }).click();
  await page.getByText('The order is refunded.').waitFor();
  await page.getByText('Refunded · test').waitFor();
  await shop.reload();
  await shop.getByText('Refunded', { exact: true }).first().waitFor();
  await shop.getByText('Broken on the way').waitFor();
});

test('staff capture a part of what the bank holds for an order', async (t) => {
  await captureByHand(t);
  const { page: shop } = await visitor(t);
  await addToCart(shop, await anyProduct());
  await open(shop, '/checkout');
  await fillCheckout(shop, 'nora@example.com');
  await payButton(shop).click();
  const number = await orderNumber(shop);
  await shop.getByText('Your bank holds the amount.').waitFor();

  const { page } = await dashboard(t);
  await page.getByRole('link', { name: number }).click();
  await page.getByRole('button', { name: 'Capture' }).click();
  await page.getByLabel('Amount in').fill('1.50');
  await page.getByRole('dialog').getByRole('button', { name: 'Capture' }).click();
  await page.getByText('The payment is captured.').waitFor();
  await page.getByText('Captured', { exact: true }).waitFor();
  await page.getByText('1.50').first().waitFor();
  await page.getByRole('button', { name: 'Capture' }).waitFor({ state: 'detached' });
  await shop.reload();
  await shop.getByText('Paid', { exact: true }).first().waitFor();
});

test('staff are told of a capture that the payment provider has not confirmed', async (t) => {
  await captureByHand(t);
  const { page: shop } = await visitor(t);
  await addToCart(shop, await anyProduct());
  await open(shop, '/checkout');
  await fillCheckout(shop, 'nora@example.com');
  // Of the cards that checkout offers each does what it does at once.
  await shop.route('**/api/v1/orders', (route) => {
    const order = route.request().postDataJSON();
    order.payment.token = 'tok_capture_down';
    return route.continue({ postData: order });
  });
  await payButton(shop).click();
  const number = await orderNumber(shop);

  const { page } = await dashboard(t);
  await page.getByRole('link', { name: number }).click();
  await page.getByRole('button', { name: 'Capture' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Capture' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const told = page.getByRole('main').getByText('The capture is under way');
  await told.waitFor();
  await page.reload();
  await told.waitFor();
  await check(page, 'order with a capture under way');
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click();
  await page.getByText('The order is cancelled.').waitFor();
  await told.waitFor({ state: 'hidden' });
});

test('staff see which field is at fault, wherever they have scrolled to', async (t) => {
  const { page, errors } = await dashboard(t, { width: 390 });
  const { id } = await newProduct();
  await page.goto(`/admin/products/${id}`);
  await page.getByLabel('Title for search engines').fill('x'.repeat(2000));
  await page.getByRole('button', { name: 'Save' }).click();
  await page
    .getByRole('alert')
    .getByText(/seo_title \(longer than/)
    .waitFor();
  await loggedOnce(errors, 422);
});

test('staff see what was sold today, and take the table along', async (t) => {
  const { page: shop } = await visitor(t);
  const product = await newProduct();
  await addToCart(shop, product);
  await open(shop, '/checkout');
  await fillCheckout(shop, 'nora@example.com');
  await payButton(shop).click();
  await orderNumber(shop);

  const { page } = await dashboard(t);
  await page.getByRole('menuitem', { name: 'Sales' }).click();
  await page.getByRole('button', { name: 'Today' }).click();
  const card = page.locator('.MuiCard-root').filter({ hasText: 'EUR' });
  const paid = card
    .locator('dt', { hasText: 'Orders paid' })
    .locator('xpath=following-sibling::dd');
  await until('an order that was paid', async () => Number(await paid.textContent()) > 0);
  await card.getByRole('columnheader', { name: 'Pieces' }).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Table (CSV)' }).click(),
  ]);
  const today = new Date().toISOString().slice(0, 10);
  assert.equal(file.suggestedFilename(), `sales-${today}.csv`);
  const table = await readFile(await file.path(), 'utf8');
  assert.match(table, new RegExp(`\n${today}T00:00:00\\.000Z,[^,]+,EUR,total,`));
  assert.equal(table.split('\n')[1].split(',')[8], await paid.textContent());

  // What is in the address is what is shown: a day before the shop was there.
  await page.getByLabel('First day').fill('2026-01-01');
  await page.getByLabel('Last day').fill('2026-01-31');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('heading', { name: '1 Jan 2026 to 31 Jan 2026' }).waitFor();
  await page.waitForURL(/from=2026-01-01&until=2026-02-01$/);
  await until('nothing sold then', async () => (await paid.textContent()) === '0');
});

test('staff open a product from the list and from the first page', async (t) => {
  for (const width of [390, 1280]) {
    const { page } = await dashboard(t, { width });
    // What was made last stands first in both, and says more of itself than either.
    const { title, variants } = await newProduct({ stock: 3 });
    await page.goto('/admin/products');
    await page.getByText(title).click();
    await page.getByLabel('Title for search engines').waitFor();
    await page.getByRole('button', { name: 'Price', exact: true }).waitFor();
    assert.equal(await page.getByLabel('Title', { exact: false }).first().inputValue(), title);
    await page.getByLabel('Title for search engines').fill('Goods to be found');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();

    await page.goto('/admin/');
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('heading', { name: 'Variants' }).waitFor();
    await page.getByText(variants[0].sku, { exact: true }).waitFor();
  }
});

test('staff change the stock of a variant, and the shop shows it', async (t) => {
  const { page } = await dashboard(t);
  const product = await anyProduct();
  const { sku } = product.variants[0];
  await page.goto(`/admin/products/${product.id}`);
  const row = page.getByRole('row').filter({ hasText: sku }).first();
  await row.getByRole('button', { name: 'Stock' }).click();
  const before = Number(await page.getByLabel('Pieces counted').inputValue());
  await page.getByLabel('Pieces counted').fill(String(before + 7));
  await page.getByRole('button', { name: 'Save' }).last().click();
  await page.getByText('The stock is changed.').waitFor();
  await row.getByRole('button', { name: 'Stock' }).click();
  await until('the new count', async () => {
    return Number(await page.getByLabel('Pieces counted').inputValue()) === before + 7;
  });
});

test('staff change a price, and the shop charges it', async (t) => {
  const { page } = await dashboard(t);
  const product = await anyProduct();
  const { sku, price_minor } = product.variants[0];
  await page.goto(`/admin/products/${product.id}`);
  const row = page.getByRole('row').filter({ hasText: sku }).first();
  await row.getByRole('button', { name: 'Price' }).click();
  const field = page.getByLabel(`Price in ${product.currency}`);
  const before = await field.inputValue();
  await field.fill(before.replace(/^\d+/, (whole) => String(Number(whole) + 1)));
  await page.getByRole('button', { name: 'Save' }).last().click();
  await page.getByText('The price is changed.').waitFor();
  await until('the new price in the shop', async () => {
    const { variants } = await api(`/products/${product.handle}`);
    return variants.find((variant) => variant.sku === sku).price_minor > price_minor;
  });
});

// It takes hours until the shop itself gives something up.
const GIVEN_UP = {
  items: [
    {
      id: '01900000-0000-7000-8000-000000000000',
      consumer: 'mail_order',
      topic: 'order.changed',
      key: '1001',
      payload: { number: '1001', state: 'paid', email: 'nora@example.com' },
      created_at: '2026-01-02T03:04:05Z',
      attempts: 16,
      next_at: null,
      set_aside_at: '2026-01-02T06:40:00Z',
      last_error: 'mail.example.com: 554 5.7.1 relay access denied',
    },
  ],
  away: ['payment'],
};

for (const width of [390, 1280]) {
  for (const theme of ['light', 'dark']) {
    test(`pages of the dashboard, ${width} pixels, ${theme}`, async (t) => {
      const product = await anyProduct();
      const { page: shop } = await visitor(t);
      await addToCart(shop, product);
      await open(shop, '/checkout');
      await fillCheckout(shop, 'nora@example.com');
      await payButton(shop).click();
      const number = await orderNumber(shop);

      const { page } = await dashboard(t, { width, theme });
      await check(page, 'first page');
      await page.goto('/admin/orders');
      await page.getByText(number).waitFor();
      await check(page, 'orders');
      await page.getByText(number).click();
      await page.getByRole('button', { name: 'Refund in full' }).click();
      await page.getByRole('dialog').waitFor();
      await check(page, 'order with the question about a refund');
      await page.goto('/admin/products');
      await page.getByText(/^1-\d+ of/).waitFor();
      await check(page, 'products');
      await page.goto(`/admin/products/${product.id}`);
      await page.getByText(product.variants[0].sku, { exact: true }).waitFor();
      await check(page, 'product');

      await page.route('**/api/v1/admin/products?*', (route) =>
        route.fulfill({ json: { items: [], next_cursor: null, total: 0 } }),
      );
      await page.goto('/admin/products');
      await page.getByText('No product yet.').waitFor();
      await check(page, 'no products');
      await page.unroute('**/api/v1/admin/products?*');

      await page.goto('/admin/sales');
      await page.getByRole('button', { name: 'Today' }).click();
      await page.getByText('Sold best').waitFor();
      await check(page, 'sales');

      await page.route('**/api/v1/admin/outbox', (route) => route.fulfill({ json: GIVEN_UP }));
      await page.goto('/admin/events');
      await page.getByText('554 5.7.1 relay access denied').waitFor();
      await page.getByRole('heading', { name: 'Mail about an order' }).waitFor();
      await check(page, 'events that were set aside');
      await page.unroute('**/api/v1/admin/outbox');
      await page.reload();
      await page.getByText('Nothing was given up.').waitFor();
    });
  }
}
