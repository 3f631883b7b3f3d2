// The visitor's cart. Its id lives in this browser; every change answers the whole cart, which
// replaces the cached one.
import {
  api,
  ApiError,
  newIdempotencyKey,
  type Cart,
  type CartItem,
  type Shop,
} from '@souk/shared';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from './client';
import { chooseCurrency, currencyChoice } from './shop';
import { kept, useKept } from './storage';

export const cartId = kept('souk.cart');

const cartQuery = (id: string | null) =>
  queryOptions({
    queryKey: ['cart', id],
    queryFn: () => readCart(id as string),
    enabled: id !== null,
    staleTime: 5_000,
  });

/** Null for a cart that is gone (ordered, expired): the next addition starts a new one. */
async function readCart(id: string): Promise<Cart | null> {
  try {
    return await api.get<Cart>(`/carts/${id}`);
  } catch (error) {
    if (!isGone(error)) throw error;
    if (cartId.get() === id) cartId.set(null);
    return null;
  }
}

/** The cart of this browser as the server has it. */
export const heldCart = async () => {
  const id = cartId.get();
  return id ? readCart(id) : null;
};

const isGone = (error: unknown) =>
  error instanceof ApiError && (error.status === 404 || error.status === 410);

export function useCart() {
  const id = useKept(cartId);
  const query = useQuery(cartQuery(id));
  return {
    ...query,
    cart: id === null ? null : query.data,
    isLoading: id !== null && query.isPending,
  };
}

export function itemCount(cart: Cart | null | undefined): number {
  return cart?.items.reduce((sum, item) => sum + item.quantity, 0) ?? 0;
}

export function keepCart(cart: Cart): Cart {
  queryClient.setQueryData(cartQuery(cart.id).queryKey, cart);
  cartId.set(cart.id);
  return cart;
}

const waitingKey = (orderId: string) => `souk.cart-of.${orderId}`;

/** Remembers which cart an order was made of that may still come to nothing. */
export function rememberCartOf(orderId: string, id: string) {
  sessionStorage.setItem(waitingKey(orderId), id);
}

/** The cart of an order that came to nothing is open again; it is taken back unless there is one. */
export function takeCartBack(orderId: string) {
  const id = sessionStorage.getItem(waitingKey(orderId));
  sessionStorage.removeItem(waitingKey(orderId));
  if (id !== null && cartId.get() === null) {
    queryClient.removeQueries({ queryKey: ['cart', id] });
    cartId.set(id);
  }
}

export function forgetCart() {
  cartId.set(null);
  queryClient.removeQueries({ queryKey: ['cart'] });
}

export function refreshCart() {
  return queryClient.invalidateQueries({ queryKey: ['cart'] });
}

async function createCart(currency: string | null): Promise<Cart> {
  return keepCart(await api.post<Cart>('/carts', { body: currency ? { currency } : {} }));
}

function heldCartId(): string {
  const id = cartId.get();
  if (!id) throw new Error('a cart change without a cart');
  return id;
}

const change = (method: 'post' | 'patch' | 'delete', path: string, body?: unknown) =>
  api[method]<Cart>(`/carts/${heldCartId()}${path}`, body === undefined ? {} : { body });

interface Addition {
  sku: string;
  quantity: number;
}

async function addItem(addition: Addition): Promise<Cart> {
  const idempotencyKey = newIdempotencyKey();
  if (!cartId.get()) await createCart(currencyChoice.get());
  try {
    return await api.post<Cart>(`/carts/${heldCartId()}/items`, { body: addition, idempotencyKey });
  } catch (error) {
    if (!isGone(error) || (await readCart(heldCartId()))) throw error;
    await createCart(currencyChoice.get());
    return api.post<Cart>(`/carts/${heldCartId()}/items`, { body: addition });
  }
}

/** What was added last, for the panel that confirms it. */
const addedKey = ['added'];

export function useAdded() {
  const { data } = useQuery<CartItem | null>({
    queryKey: addedKey,
    queryFn: () => null,
    enabled: false,
  });
  return data ?? null;
}

export const showAdded = (item: CartItem | null) => queryClient.setQueryData(addedKey, item);

export const useAddItem = () => useMutation({ mutationFn: addItem, onSuccess: keepCart });

/** The line shows its new quantity at once; totals follow with the answer. */
export const useSetQuantity = () =>
  useMutation({
    mutationFn: ({ item, quantity }: { item: CartItem; quantity: number }) =>
      change('patch', `/items/${item.id}`, { quantity }),
    onMutate: ({ item, quantity }) => {
      const key = cartQuery(cartId.get()).queryKey;
      queryClient.setQueryData(key, (cart) => cart && withQuantity(cart, item.id, quantity));
    },
    onSuccess: keepCart,
    onError: () => refreshCart(),
  });

function withQuantity(cart: Cart, itemId: string, quantity: number): Cart {
  const items = cart.items.map((item) => (item.id === itemId ? { ...item, quantity } : item));
  return { ...cart, items: items.filter((item) => item.quantity > 0) };
}

export const useAddCoupon = () =>
  useMutation({
    mutationFn: (code: string) => change('post', '/coupons', { code }),
    onSuccess: keepCart,
  });

export const useRemoveCoupon = () =>
  useMutation({
    mutationFn: (code: string) => change('delete', `/coupons/${encodeURIComponent(code)}`),
    onSuccess: keepCart,
  });

export type CartPatch = Partial<
  Pick<Cart, 'email' | 'country' | 'region' | 'postcode' | 'shipping_option'>
>;

export const usePatchCart = () =>
  useMutation({
    mutationFn: (patch: CartPatch) => change('patch', '', patch),
    onSuccess: keepCart,
  });

/** The server changes the cart as it is, so that no line is lost or added twice on the way. */
export async function changeCartCurrency(cart: Cart, currency: string): Promise<Cart> {
  if (cart.currency === currency) return cart;
  return keepCart(await api.patch<Cart>(`/carts/${cart.id}`, { body: { currency } }));
}

/** Gives the cart in its new currency, or null where there is none. */
export const useSwitchCurrency = () =>
  useMutation({
    mutationFn: async ({ shop, currency }: { shop: Shop; currency: string }) => {
      const cart = await heldCart();
      const changed = cart && (await changeCartCurrency(cart, currency));
      chooseCurrency(shop, currency);
      return changed;
    },
    // What was added last has its price in the currency before.
    onSuccess: () => showAdded(null),
  });
