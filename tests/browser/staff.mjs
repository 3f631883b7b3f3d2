// What the tests do as staff, by API: read mails, make a coupon, change the shop. SOUK_STAFF_EMAIL and
// SOUK_STAFF_PASSWORD name an account with the role `admin`.
import assert from 'node:assert/strict';
import { api, unique, until } from './browser.mjs';

export const STAFF = {
  email: process.env.SOUK_STAFF_EMAIL ?? 'admin@example.com',
  password: process.env.SOUK_STAFF_PASSWORD ?? '',
};

let token;

async function staff(path, options = {}) {
  token ??= (
    await api('/sessions', {
      method: 'POST',
      body: { ...STAFF, transport: 'bearer' },
    })
  ).token;
  assert.ok(token, 'a bearer session has a token');
  return api(`/admin${path}`, {
    ...options,
    headers: { Authorization: `Bearer ${token}` },
  });
}

/** The newest link to `page` in a mail to `email`, as path and query. */
export async function mailedLink(email, page) {
  const pattern = new RegExp(`${page}\\?token=[\\w.~-]+`);
  return until(`a mail to ${email} with a link to ${page}`, async () => {
    const { items } = await staff('/mails?limit=50');
    for (const { id } of items.filter(({ recipient }) => recipient === email)) {
      const { body } = await staff(`/mails/${id}`);
      const link = pattern.exec(body)?.[0];
      if (link) return link;
    }
    return null;
  });
}

/** Until the test ends orders are authorized, to be captured by hand. */
export async function captureByHand(t) {
  const set = (capture) => staff('/shop', { method: 'PATCH', body: { capture } });
  t.after(() => set('automatic'));
  await set('manual');
}

/** A new coupon of ten per cent off, on further terms if there are; gives its code. */
export async function newCoupon(terms = {}) {
  const code = unique('TEN').toUpperCase();
  await staff('/coupons', {
    method: 'POST',
    body: { code, kind: 'percent', percent_ppm: 100_000, ...terms },
  });
  return code;
}

/** A new product of one variant whose stock is not counted, or is `stock`; gives it as shown. */
export async function newProduct({ stock } = {}) {
  const sku = unique('SKU').toUpperCase();
  const tracked = stock !== undefined;
  const product = await staff('/products', {
    method: 'POST',
    body: {
      title: `Goods ${sku}`,
      handle: sku.toLowerCase(),
      status: 'active',
      published: true,
      variants: [
        {
          sku,
          price_minor: 1000,
          weight_g: 100,
          tracked,
          ...(tracked && { stock }),
        },
      ],
    },
  });
  return until(`${sku} on sale`, async () => {
    const shown = await api(`/products/${product.handle}`).catch(() => null);
    return shown?.variants.length > 0 && shown;
  });
}
