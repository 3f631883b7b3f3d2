// Finds goods to try things with, in whatever catalogue the shop has.
import assert from 'node:assert/strict';
import { api } from './browser.mjs';

const isBuyable = ({ available, backorder }) => available === null || available > 2 || backorder;

/** Products that can be bought, page after page. */
async function* buyable() {
  let cursor = null;
  do {
    const query = new URLSearchParams({
      in_stock: 'true',
      limit: '50',
      ...(cursor && { cursor }),
    });
    const { items, next_cursor } = await api(`/products?${query}`);
    for (const product of items) yield { ...product, variants: product.variants.filter(isBuyable) };
    cursor = next_cursor;
  } while (cursor);
}

/** A product with at least two variants to choose from. */
export async function productWithChoice() {
  for await (const product of buyable()) if (product.variants.length > 1) return product;
  assert.fail('the catalogue has no product with two variants to choose from');
}

/** Such a product, and a word of its title whose results come from several brands. */
export async function searchableProduct() {
  for await (const product of buyable()) {
    const word = longWord(product);
    if (!word || !product.brand || product.variants.length < 2) continue;
    const { items, facets } = await api(`/products?q=${encodeURIComponent(word)}&limit=24`);
    const isShown = items.some(({ id }) => id === product.id);
    if (isShown && facets.brands.length > 1) return { product, word };
  }
  assert.fail('no search of one word gives products of several brands');
}

export async function anyProduct() {
  for await (const product of buyable()) if (product.variants.length > 0) return product;
  assert.fail('the catalogue has nothing to buy');
}

export async function anyCategory() {
  const { items } = await api('/categories');
  return items
    .filter(({ product_count }) => product_count > 0)
    .sort((a, b) => b.product_count - a.product_count)[0];
}

const longWord = ({ title }) => title.split(/[^A-Za-z]+/).find((word) => word.length > 5);

/** The word as a hurried person types it: two letters change places. */
export const mistyped = (word) => word.slice(0, 2) + word[3] + word[2] + word.slice(4);
