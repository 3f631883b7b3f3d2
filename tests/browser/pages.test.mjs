// Every page, 390 and 1280 pixels wide, light and dark: axe finds nothing serious, nothing is wider
// than the window, and nothing jumps while the page loads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, open, until, visitor } from './browser.mjs';
import { anyCategory, anyProduct } from './catalogue.mjs';
import { check } from './look.mjs';
import { addToCart, fillCheckout, orderNumber, payButton } from './steps.mjs';

const SHIFT_MAX = 0.05;

/** The sum of what moved without anybody touching the page. */
const shifts = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const { value, hadRecentInput } of list.getEntries())
            if (!hadRecentInput) sum += value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 300);
      }),
  );

for (const width of [390, 1280]) {
  for (const theme of ['light', 'dark']) {
    test(`pages for everybody, ${width} pixels, ${theme}`, async (t) => {
      const { page, errors } = await visitor(t, { width, theme });
      const [product, category] = [await anyProduct(), await anyCategory()];
      const paths = {
        home: '/',
        product: `/products/${product.handle}`,
        category: `/categories/${category.handle}`,
        search: `/search?q=${encodeURIComponent(product.title.split(' ')[0])}`,
        'no result': '/search?q=zzqqxxvvkk',
        'empty cart': '/cart',
        'empty checkout': '/checkout',
        'log in': '/account/login',
        register: '/account/register',
        forgot: '/account/forgot',
        'dead reset link': '/reset-password',
        'dead verify link': '/verify',
      };
      for (const [name, path] of Object.entries(paths)) {
        await open(page, path);
        await check(page, name);
        const moved = await shifts(page);
        assert.ok(moved < SHIFT_MAX, `${name} moves by ${moved.toFixed(3)} while it loads`);
      }
      assert.deepEqual(errors, []);
      await open(page, '/nothing/is/here');
      await page.getByRole('heading', { name: 'There is nothing at this address.' }).waitFor();
      await check(page, 'not found');
      errors.splice(0);
    });

    test(`pages of a purchase, ${width} pixels, ${theme}`, async (t) => {
      const { page } = await visitor(t, { width, theme });
      await addToCart(page, await anyProduct());
      await check(page, 'product with the panel of what was added');
      await open(page, '/cart');
      await check(page, 'cart');
      await open(page, '/checkout');
      await check(page, 'checkout');
      await page.getByRole('button', { name: /^Pay/ }).click();
      await page.getByText('Enter an e-mail address').waitFor();
      await check(page, 'checkout with errors');
      await fillCheckout(page, 'nora@example.com');
      await check(page, 'checkout, filled');
      await payButton(page).click();
      await orderNumber(page);
      await check(page, 'confirmation');
    });
  }
}

for (const width of [390, 1280]) {
  test(`the search suggests, and the keyboard chooses, ${width} pixels`, async (t) => {
    const { page } = await visitor(t, { width });
    const product = await anyProduct();
    await open(page, '/');
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    assert.equal(focused, 'Skip to the page');
    const search = page.getByRole('combobox', { name: 'Search the shop' });
    const typed = product.title.slice(0, 5);
    await search.pressSequentially(typed);
    assert.equal(await search.inputValue(), typed, 'no letter is lost');
    const suggestions = page.getByRole('listbox', { name: 'Suggestions' });
    await suggestions.getByRole('option', { name: product.title }).waitFor();
    await check(page, 'suggestions');
    const first = suggestions.getByRole('option').first();
    await search.press('ArrowDown');
    await until('the first suggestion chosen', async () => {
      return (await first.getAttribute('aria-selected')) === 'true';
    });
    await search.press('Enter');
    await page.waitForURL((url) => url.pathname !== '/');
  });

  test(`the facets of a department narrow it and count, ${width} pixels`, async (t) => {
    const { page } = await visitor(t, { width });
    const { handle } = await anyCategory();
    const { facets, total } = await api(`/products?category=${handle}&limit=1`);
    const brand = facets.brands.find(({ count }) => count < total);
    assert.ok(brand, 'the department has several brands');
    await open(page, `/categories/${handle}`);
    const narrow = width < 800;
    if (narrow) await page.getByRole('button', { name: /^Filter/ }).click();
    const panel = page.locator(narrow ? 'dialog[open]' : 'section[aria-label="Filters"]');
    await panel.getByRole('checkbox', { name: brand.value }).first().check();
    await page.waitForURL(/[?&]brand=/);
    const count = new RegExp(`\\b${brand.count} product`);
    if (narrow) await page.getByRole('button', { name: count }).click();
    else await page.getByRole('status').filter({ hasText: count }).waitFor();
    await until('as many products as the facet counted', async () => {
      return (await page.locator('main article').count()) === Math.min(brand.count, 24);
    });
    await page.reload();
    await page.getByRole('button', { name: `Remove filter: ${brand.value}` }).click();
    await page.waitForURL((url) => !url.searchParams.has('brand'));
  });
}

test('the filters of a phone are a dialog: axe, focus inside, Esc closes', async (t) => {
  const { page } = await visitor(t, { width: 390 });
  const { handle } = await anyCategory();
  await open(page, `/categories/${handle}`);
  await page.getByRole('button', { name: /^Filter/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Filter' });
  await dialog.waitFor();
  await check(page, 'filters');
  assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('the chosen colours hold after a reload', async (t) => {
  const { page } = await visitor(t);
  await open(page, '/');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByLabel('Colours').selectOption('dark');
  const dark = await until('dark colours', async () => {
    const now = await background();
    return now !== light && now;
  });
  await page.reload();
  await until('dark colours again', async () => (await background()) === dark);
});
