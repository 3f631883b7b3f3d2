// Which variant a set of choices means, and whether it can be bought.
import type { Product, Variant } from '@souk/shared';

export const isBuyable = (variant: Variant) =>
  variant.available === null || variant.available > 0 || variant.backorder;

/** The first one that can be bought, so that the page opens on something to buy. */
export function startVariant(product: Product): Variant | undefined {
  return product.variants.find(isBuyable) ?? product.variants[0];
}

export const valueOf = (variant: Variant | undefined, name: string) =>
  variant?.options.find((option) => option.name === name)?.value;

/**
 * The variant after choosing `value` for `name`: the other choices are kept where such a variant
 * exists; where it does not, the nearest one that has the new value, preferring what can be bought.
 */
export function variantWith(
  product: Product,
  from: Variant | undefined,
  name: string,
  value: string,
) {
  const score = (variant: Variant) =>
    variant.options.filter((option) => valueOf(from, option.name) === option.value).length * 2 +
    (isBuyable(variant) ? 1 : 0);
  return product.variants
    .filter((variant) => valueOf(variant, name) === value)
    .reduce<
      Variant | undefined
    >((best, one) => (best && score(best) >= score(one) ? best : one), undefined);
}

/** True where the value, with all other choices as they are, can be bought. */
export function isOffered(
  product: Product,
  from: Variant | undefined,
  name: string,
  value: string,
): boolean {
  const variant = variantWith(product, from, name, value);
  const same = variant?.options.every(
    (option) => option.name === name || valueOf(from, option.name) === option.value,
  );
  return !!variant && !!same && isBuyable(variant);
}
