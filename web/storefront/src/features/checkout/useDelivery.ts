// Keeps the cart's destination in step with the form, so that tax and delivery are those of the
// address typed.
import { api, type Cart, type List, type ShippingOption } from '@souk/shared';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { usePatchCart, type CartPatch } from '../../lib/cart';

const PAUSE_MS = 450;

export interface Delivery {
  needed: boolean;
  busy: boolean;
  options: ShippingOption[] | undefined;
  chosen: string | null;
  error: Error | null;
  retry(): void;
  choose(code: string): void;
}

type Destination = Pick<Cart, 'country' | 'region' | 'postcode'>;

export function useDelivery(
  cart: Cart,
  values: { country: string; region: string; postcode: string },
): Delivery {
  const patch = usePatchCart();
  const typed: Destination = {
    country: values.country || null,
    region: values.region || null,
    postcode: values.postcode.trim() || null,
  };
  const changes = changesOf(cart, typed);
  const changed = JSON.stringify(changes);
  const needed = cart.items.some(({ requires_shipping }) => requires_shipping);
  const settled = !!typed.country && changed === '{}';
  const goods = cart.items.map(({ sku, quantity }) => `${sku}*${quantity}`).join();

  const { mutate, isPending, isError } = patch;
  useEffect(() => {
    if (changed === '{}' || !values.country || isError) return;
    const timer = setTimeout(() => mutate(JSON.parse(changed) as CartPatch), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [changed, values.country, mutate, isError]);

  const query = useQuery({
    queryKey: [
      'shipping-options',
      cart.id,
      cart.currency,
      cart.country,
      cart.region,
      cart.postcode,
      goods,
      cart.discount_minor,
    ],
    queryFn: async () => {
      const { country, region, postcode } = cart;
      const path = `/carts/${cart.id}/shipping-options`;
      return (await api.get<List<ShippingOption>>(path, { country, region, postcode })).items;
    },
    enabled: settled && needed,
    placeholderData: keepPreviousData,
  });

  const first = query.data?.[0]?.code;
  const isStale = !!query.data && !query.data.some(({ code }) => code === cart.shipping_option);
  useEffect(() => {
    if (settled && isStale && first && !query.isPlaceholderData) mutate({ shipping_option: first });
  }, [settled, isStale, first, query.isPlaceholderData, mutate]);

  return {
    needed,
    busy: isPending || (!!typed.country && !settled && !isError) || query.isFetching,
    options: typed.country ? query.data : undefined,
    chosen: cart.shipping_option,
    error: patch.error ?? query.error,
    retry() {
      patch.reset();
      void query.refetch();
    },
    choose: (code) => mutate({ shipping_option: code }),
  };
}

function changesOf(cart: Cart, typed: Destination): CartPatch {
  if (!typed.country) return {};
  const names = ['country', 'region', 'postcode'] as const;
  return Object.fromEntries(
    names.filter((name) => typed[name] !== cart[name]).map((name) => [name, typed[name]]),
  );
}
