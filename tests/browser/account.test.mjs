// A customer's account: made, confirmed, used, its password lost and set anew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loggedOnce, open, unique, until, visitor } from './browser.mjs';
import { anyProduct } from './catalogue.mjs';
import { mailedLink, newCoupon } from './staff.mjs';
import { addToCart, ADDRESS, fillCheckout, orderNumber, payButton } from './steps.mjs';

const PASSWORD = 'three calm herons';

async function logIn(page, email, password) {
  const main = page.getByRole('main');
  await main.getByLabel('E-mail').fill(email);
  await main.getByLabel('Password', { exact: true }).fill(password);
  await main.getByRole('button', { name: 'Log in' }).click();
}

async function register(page, email) {
  await open(page, '/account/register');
  const main = page.getByRole('main');
  await main.getByLabel('Name').fill(ADDRESS.name);
  await main.getByLabel('E-mail').fill(email);
  await main.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await main.getByRole('button', { name: 'Make the account' }).click();
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
  await open(page, await mailedLink(email, '/verify'));
  await page.getByRole('heading', { name: 'Your e-mail is confirmed' }).waitFor();
}

for (const width of [390, 1280]) {
  test(`an account is made, confirmed, and keeps addresses and orders, ${width} pixels`, async (t) => {
    const { page } = await visitor(t, { width });
    const email = `${unique('nora')}@example.com`;
    await addToCart(page, await anyProduct());
    await register(page, email);

    await open(page, '/account/addresses');
    await page.getByRole('button', { name: 'Add an address' }).click();
    const main = page.getByRole('main');
    await main.getByLabel('Country').selectOption({ index: 1 });
    await main.getByLabel('Full name').fill(ADDRESS.name);
    await main.getByLabel('Street and number').fill(ADDRESS.line1);
    await main.getByLabel('Postcode').fill(ADDRESS.postcode);
    await main.getByLabel('Town or city').fill(ADDRESS.city);
    const region = main.getByLabel('State or region');
    if (await region.isVisible()) await region.selectOption({ index: 1 });
    await main.getByRole('button', { name: 'Save' }).click();
    await page.getByText(ADDRESS.line1).first().waitFor();

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    await addToCart(page, await anyProduct());
    await open(page, '/account/login?next=/checkout');
    await logIn(page, email, PASSWORD);
    await page.waitForURL(/\/checkout$/);
    await page.waitForFunction(
      (line) => document.querySelector('#checkout-line1')?.value === line,
      ADDRESS.line1,
    );
    await fillCheckout(page, email);
    await payButton(page).click();
    const number = await orderNumber(page);

    await open(page, '/account');
    await page.getByRole('link', { name: `Order ${number}` }).click();
    assert.equal(await orderNumber(page), number);
    await open(page, '/account/security');
    await page.getByText('Chrome, Linux').first().waitFor();
    await page.getByText('Here', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await page.waitForURL((url) => url.pathname === '/');
    await page.getByRole('link', { name: 'Log in', exact: true }).waitFor();
  });
}

test('a lost password is set anew, and the old one ends', async (t) => {
  const { page, errors } = await visitor(t);
  const email = `${unique('ida')}@example.com`;
  await register(page, email);
  await open(page, '/account/security');
  await page.getByRole('button', { name: 'Log out', exact: true }).click();
  await page.waitForURL((url) => url.pathname === '/');

  await open(page, '/account/forgot');
  await page.getByRole('main').getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
  await open(page, await mailedLink(email, '/reset-password'));
  await page.getByLabel('New password').fill('four very calm herons');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('heading', { name: 'Your new password is set' }).waitFor();

  await open(page, '/account/login');
  await logIn(page, email, PASSWORD);
  await page
    .getByRole('alert')
    .filter({ hasText: 'The e-mail or the password is not right' })
    .waitFor();
  await loggedOnce(errors, 401);
  await logIn(page, email, 'four very calm herons');
  await page.waitForURL(/\/account$/);
});

test('the account of somebody not logged in leads to the log-in page and back', async (t) => {
  const { page } = await visitor(t, { mayLog: /401/ });
  await page.goto('/account/addresses');
  await page.waitForURL(/\/account\/login\?next=/);
  assert.equal(new URL(page.url()).searchParams.get('next'), '/account/addresses');
});

test('colours that a customer chose hold on another device', async (t) => {
  const email = `${unique('kim')}@example.com`;
  const first = await visitor(t);
  await register(first.page, email);
  const kept = first.page.waitForResponse(
    (answer) => answer.url().endsWith('/users/me/preferences') && answer.ok(),
  );
  await first.page.getByRole('contentinfo').getByLabel('Colours').selectOption('dark');
  await kept;

  const second = await visitor(t);
  await open(second.page, '/account/login');
  await logIn(second.page, email, PASSWORD);
  await second.page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  const changed = second.page.waitForResponse(
    (answer) => answer.url().endsWith('/users/me/preferences') && answer.ok(),
  );
  await second.page.getByRole('contentinfo').getByLabel('Colours').selectOption('light');
  await changed;

  await open(first.page, '/account');
  await first.page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
});

test('a customer who picks another currency keeps the cart as it is', async (t) => {
  const { page } = await visitor(t, { width: 390 });
  const coupon = await newCoupon({ currency: 'EUR' });
  const cart = () => page.evaluate(async () => (await fetch('/api/v1/users/me/cart')).json());
  const lines = ({ items }) => items.map(({ id, sku, quantity }) => ({ id, sku, quantity }));
  await register(page, `${unique('nora')}@example.com`);
  await addToCart(page, await anyProduct());
  await open(page, '/cart');
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByLabel('Discount code').fill(coupon);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: `Remove the code ${coupon}` }).waitFor();
  const before = await until('two pieces', async () => {
    const now = await cart();
    return now.items[0].quantity === 2 && now.coupons.length === 1 && now;
  });

  const currency = page.getByRole('contentinfo').getByLabel('Currency');
  await currency.selectOption('USD');
  const told = page.getByRole('contentinfo').getByText(`The coupon ${coupon}`);
  await told.waitFor();
  const after = await cart();
  assert.deepEqual(
    { id: after.id, currency: after.currency, lines: lines(after), coupons: after.coupons },
    { id: before.id, currency: 'USD', lines: lines(before), coupons: [] },
  );
  await page.getByRole('main').getByText(/\$\d/).first().waitFor();
  await page.reload();
  await page.getByRole('main').getByText(/\$\d/).first().waitFor();
  assert.equal(await currency.inputValue(), 'USD');
  assert.deepEqual(lines(await cart()), lines(before));
});

// The dashboard is for staff, and nobody's session is its to end.
test('a customer who opens the dashboard stays logged in in the shop', async (t) => {
  const { page } = await visitor(t);
  const asked = [];
  page.on('request', (request) => {
    if (/\/api\/v1\/sessions/.test(request.url())) asked.push(request.method());
  });
  await register(page, `${unique('nora')}@example.com`);
  await open(page, '/account');
  await page.getByRole('button', { name: 'Log out' }).waitFor();
  asked.length = 0;
  await page.goto('/admin/');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.waitForLoadState('networkidle');
  assert.ok(!asked.includes('DELETE'), `the dashboard asked to ${asked}`);
  await open(page, '/account');
  await page.getByRole('button', { name: 'Log out' }).waitFor();
});
