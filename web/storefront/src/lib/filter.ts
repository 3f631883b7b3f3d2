// A product list's filter as it stands in the address: every list can be linked, reloaded and gone
// back to.
import type { ProductFilter } from './catalogue';

export type Many = string | string[];

export interface ListSearch {
  q?: string;
  category?: string;
  brand?: Many;
  type?: Many;
  tag?: Many;
  option?: Many;
  price_min?: string;
  price_max?: string;
  in_stock?: string;
  sort?: string;
}

export const many = (value: Many | undefined): string[] =>
  value === undefined ? [] : [value].flat();
export const one = (value: Many | undefined): string | undefined => many(value)[0];

const amount = (value: Many | undefined) => {
  const text = one(value);
  return text && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
};

/** Only what the list understands, so that a stray parameter in a link does not break the page. */
export function filterOf(search: ListSearch): ProductFilter {
  return {
    q: one(search.q)?.slice(0, 200),
    category: one(search.category),
    brand: many(search.brand),
    type: many(search.type),
    tag: many(search.tag),
    option: many(search.option),
    price_min: amount(search.price_min),
    price_max: amount(search.price_max),
    in_stock: one(search.in_stock) === 'true' || undefined,
    sort: one(search.sort),
  };
}
