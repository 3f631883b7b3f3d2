// The steps of a shopper, in the words of the page.
import assert from 'node:assert/strict';
import { open } from './browser.mjs';

export async function addToCart(page, product, variant = product.variants[0]) {
  await open(page, `/products/${product.handle}?variant=${encodeURIComponent(variant.sku)}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByText('In your cart').waitFor();
}

export const ADDRESS = {
  name: 'Nora Lind',
  line1: 'Hafenweg 3',
  postcode: '20457',
  city: 'Hamburg',
  country: 'DE',
};

/**
 * Fills what is still empty, and waits until delivery is chosen and the button names the amount.
 */
export async function fillCheckout(page, email) {
  const main = page.getByRole('main');
  await main.getByLabel('E-mail').fill(email);
  const countries = await main
    .getByLabel('Country')
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.value));
  await main
    .getByLabel('Country')
    .selectOption(countries.includes(ADDRESS.country) ? ADDRESS.country : countries[1]);
  await main.getByLabel('Full name').fill(ADDRESS.name);
  await main.getByLabel('Street and number').fill(ADDRESS.line1);
  await main.getByLabel('Postcode').fill(ADDRESS.postcode);
  await main.getByLabel('Town or city').fill(ADDRESS.city);
  const region = main.getByLabel('State or region');
  if (await region.isVisible()) await region.selectOption({ index: 1 });
  await payButton(page).waitFor();
}

/** Only there, with its amount, once tax and delivery are known. */
export const payButton = (page) => page.getByRole('button', { name: /^Pay \D*[\d.,]+/ });

export async function chooseCard(page, title) {
  const card = page.getByRole('radio', { name: title });
  if (!(await card.isVisible())) await page.getByText('Cards that fail, to try it out').click();
  await card.check();
}

/** The number of the order on its page. */
export async function orderNumber(page) {
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}/);
  await page.getByRole('heading', { level: 1, name: /Thank you|Order/ }).waitFor();
  const number = /\bS-\d+\b/.exec(await page.getByRole('main').innerText())?.[0];
  assert.ok(number, 'the page names the order');
  return number;
}
