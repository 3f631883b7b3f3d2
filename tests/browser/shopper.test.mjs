// The shopper's journey: from the front page to a paid order, on a phone and on a desk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loggedOnce, open, unique, until, visitor } from './browser.mjs';
import { mistyped, productWithChoice, searchableProduct } from './catalogue.mjs';
import { dashboard } from './dashboard.mjs';
import { mailedLink, newCoupon } from './staff.mjs';
import { addToCart, ADDRESS, chooseCard, fillCheckout, orderNumber, payButton } from './steps.mjs';

const total = async (page) =>
  (await page.getByText('Total', { exact: true }).locator('+ dd').first().innerText()).trim();

for (const width of [390, 1280]) {
  test(`a guest finds, chooses and buys, ${width} pixels wide`, async (t) => {
    const { page } = await visitor(t, { width });
    const { product, word } = await searchableProduct();
    const email = `${unique('nora')}@example.com`;
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
    await fillCheckout(page, email);
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

    const { page: mailbox } = await visitor(t, { width });
    await open(mailbox, await mailedLink(email, '/orders/[0-9a-f-]{36}'));
    assert.equal(await orderNumber(mailbox), number, 'the mail leads to the order');
    assert.equal(await total(mailbox), amount);

    const { page: office } = await dashboard(t, { width });
    await office.goto('/admin/orders');
    await office.getByText(number).click();
    await office.getByText(email).waitFor();
    await office.getByText(variant.sku).first().waitFor();
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
  await loggedOnce(errors, 402);

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
  // Without the provider's own word for it.
  await page.getByRole('listitem').getByText('Payment pending', { exact: true }).waitFor();
});

test('a code that was used up meanwhile is said at the button, and the order goes on without', async (t) => {
  const email = `${unique('nora')}@example.com`;
  const coupon = await newCoupon({ uses_max_per_customer: 1 });
  const product = await productWithChoice();
  const { page, errors } = await visitor(t, { width: 390 });
  for (const first of [true, false]) {
    await addToCart(page, product);
    await open(page, '/cart');
    await page.getByLabel('Discount code').fill(coupon);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: `Remove the code ${coupon}` }).waitFor();
    await page.getByRole('link', { name: 'Check out' }).click();
    await fillCheckout(page, email);
    const reduced = await payButton(page).innerText();
    await payButton(page).click();
    if (!first) {
      await page.getByText(`${coupon} cannot be used for this order`).waitFor();
      await loggedOnce(errors, 409);
      await page.getByRole('button', { name: 'Go on without it' }).click();
      await until('the full price', async () => (await payButton(page).innerText()) !== reduced);
      await payButton(page).click();
    }
    await orderNumber(page);
  }
});

/** Goes on with Tab as far as the element, as somebody does who has no mouse. */
async function tabTo(page, element, most = 80) {
  await element.waitFor();
  for (let presses = 0; presses < most; presses++) {
    if (await element.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not reach ${element}`);
}

test('with the keyboard alone one finds, chooses and pays', async (t) => {
  const { page } = await visitor(t);
  const product = await productWithChoice();
  const main = page.getByRole('main');
  await open(page, '/');
  await tabTo(page, page.getByRole('combobox', { name: 'Search the shop' }));
  await page.keyboard.type(product.title);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=/);
  await tabTo(page, main.getByRole('link', { name: product.title, exact: true }).first());
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/products\//);
  const choice = main.getByRole('radio', { checked: true }).first();
  await tabTo(page, choice);
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/[?&]variant=/);
  await page.keyboard.press('ArrowLeft');
  await tabTo(page, main.getByRole('button', { name: 'Add to cart' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('link', { name: 'Check out' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/checkout$/);

  const type = async (label, text) => {
    await tabTo(page, main.getByLabel(label));
    await page.keyboard.type(text);
  };
  await type('E-mail', 'nora@example.com');
  await type('Country', 'Germany');
  await type('Full name', ADDRESS.name);
  await type('Street and number', ADDRESS.line1);
  await type('Postcode', ADDRESS.postcode);
  await type('Town or city', ADDRESS.city);
  await payButton(page).waitFor();
  await tabTo(page, payButton(page));
  await page.keyboard.press('Enter');
  await orderNumber(page);
});
