// The shopper's journey: from the front page to a paid order, on a phone and on a desk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, until, visitor } from './browser.mjs';
import { mistyped, productWithChoice, searchableProduct } from './catalogue.mjs';
import { newCoupon } from './staff.mjs';
import { addToCart, chooseCard, fillCheckout, orderNumber, payButton } from './steps.mjs';

const total = async (page) =>
  (await page.getByText('Total', { exact: true }).locator('+ dd').first().innerText()).trim();

for (const width of [390, 1280]) {
  test(`a guest finds, chooses and buys, ${width} pixels wide`, async (t) => {
    const { page } = await visitor(t, { width });
    const { product, word } = await searchableProduct();
    const coupon = await newCoupon();

    await open(page, '/');
    const search = page.getByRole('combobox', { name: 'Search the shop' });
    await search.fill(mistyped(word));
    await search.press('Enter');
    await page.waitForURL(/\/search\?q=/);
    const hit = page.getByRole('link', { name: product.title, exact: true }).first();
    await hit.waitFor();

    if (width < 800) await page.getByRole('button', { name: /^Filter/ }).click();
    const panel = page.locator(width < 800 ? 'dialog[open]' : 'section[aria-label="Filters"]');
    await panel.getByRole('checkbox', { name: product.brand }).first().check();
    await page.waitForURL(/[?&]brand=/);
    if (width < 800) await page.getByRole('button', { name: /^Show .*product/ }).click();
    await page.getByRole('button', { name: `Remove filter: ${product.brand}` }).waitFor();

    await hit.click();
    await page.getByRole('heading', { level: 1, name: product.title }).waitFor();
    const variant = product.variants[1];
    for (const { name, value } of variant.options) {
      const choice = page
        .getByRole('group', { name })
        .getByRole('radio', { name: value, exact: true });
      if ((await choice.count()) > 0) await choice.first().check({ force: true });
    }
    await page.waitForURL((url) => url.searchParams.get('variant') === variant.sku);
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'View cart' }).click();

    await page.getByRole('heading', { level: 1, name: 'Your cart' }).waitFor();
    const before = await total(page);
    await page.getByLabel('Discount code').fill(coupon);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: `Remove the code ${coupon}` }).waitFor();
    await until('a lower total', async () => (await total(page)) !== before);

    await page.getByRole('link', { name: 'Check out' }).click();
    await fillCheckout(page, 'nora@example.com');
    const amount = (await payButton(page).innerText()).replace('Pay ', '');
    await payButton(page).click();
    const number = await orderNumber(page);
    assert.equal(await total(page), amount, 'the order costs what the button said');
    await page.getByText('Paid', { exact: true }).first().waitFor();

    await page.reload();
    await page
      .getByRole('heading', { level: 1, name: `Order ${number}` })
      .or(page.getByText(number))
      .first()
      .waitFor();
    assert.match(await page.getByRole('link', { name: /^Cart/ }).first().innerText(), /0 items/);
  });
}

test('a declined card is said, costs nothing, and another one pays', async (t) => {
  const { page, errors } = await visitor(t, { width: 390 });
  const product = await productWithChoice();
  await addToCart(page, product);
  await open(page, '/checkout');
  await fillCheckout(page, 'nora@example.com');
  await chooseCard(page, 'Test card that is declined');
  await payButton(page).click();
  await page.getByRole('alert').filter({ hasText: 'The card was declined' }).waitFor();
  assert.equal(errors.splice(0).length, 1, 'the browser logs the 402 and nothing else');

  await chooseCard(page, 'Test card that pays');
  await payButton(page).click();
  await orderNumber(page);
});

test('with the payment provider down the order is taken and paid later', async (t) => {
  const { page } = await visitor(t);
  await addToCart(page, await productWithChoice());
  await open(page, '/checkout');
  await fillCheckout(page, 'nora@example.com');
  await chooseCard(page, 'Payment provider is down');
  await payButton(page).click();
  await orderNumber(page);
  await page.getByText('the payment is not confirmed yet').waitFor();
});
