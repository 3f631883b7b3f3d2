// The shop's own facts, and the currency this visitor shops in.
import { api, type Shop } from '@souk/shared';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { remember } from './preferences';
import { kept, useKept } from './storage';

export const shopQuery = queryOptions({
  queryKey: ['shop'],
  queryFn: () => api.get<Shop>('/shop'),
  staleTime: 5 * 60_000,
});

export const currencyChoice = kept('souk.currency');

export function useShop(): Shop | undefined {
  return useQuery(shopQuery).data;
}

/** Null for the shop's own currency, which the server assumes where none is named. */
export function useCurrency(): string | null {
  const choice = useKept(currencyChoice);
  const shop = useShop();
  return choice && shop && !shop.currencies.includes(choice) ? null : choice;
}

export function chooseCurrency(shop: Shop, currency: string) {
  setCurrency(shop, currency);
  remember({ currency });
}

/** In this browser alone. */
export function setCurrency(shop: Shop, currency: string) {
  currencyChoice.set(currency === shop.currency ? null : currency);
}
