// Who is logged in. The cookie is the server's; this browser only remembers that there may be one
// to ask about.
import { api, ApiError, setCsrfToken, type Preferences, type Session } from '@souk/shared';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { cartId, changeCartCurrency, forgetCart, heldCart } from './cart';
import { queryClient } from './client';
import { keepPreferences, remember } from './preferences';
import { currencyChoice, setCurrency, shopQuery } from './shop';
import { kept } from './storage';
import { chosenTheme, setTheme } from './theme';

const hint = kept('souk.signed_in');

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: readSession,
  // Who never logged in here is not asked about.
  initialData: () => (hint.get() ? undefined : null),
  staleTime: 60_000,
});

/** Asks the server even where this browser remembers nothing, as after its storage was cleared. */
export async function readSession(): Promise<Session | null> {
  try {
    return adoptSession(await api.get<Session>('/sessions/current'));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    dropSession();
    return null;
  }
}

export function useSession() {
  return useQuery(sessionQuery);
}

/** The cart that the server merged on log-in becomes this browser's cart. */
export function adoptSession(session: Session): Session {
  setCsrfToken(session.csrf_token);
  hint.set('1');
  if (session.cart_id && session.cart_id !== cartId.get()) cartId.set(session.cart_id);
  queryClient.setQueryData(sessionQuery.queryKey, session);
  if (keepPreferences(session.preferences)) adoptPreferences(session.preferences);
  return session;
}

/** The account's choices hold here; where it has none, it gets those of this browser. */
function adoptPreferences({ colour_scheme, currency }: Preferences) {
  if (colour_scheme) setTheme(colour_scheme);
  else if (chosenTheme() !== 'system') remember({ colour_scheme: chosenTheme() });
  const here = currencyChoice.get();
  if (currency) void adoptCurrency(currency);
  else if (here) remember({ currency: here });
}

/** Not against a cart that has something in it, whose prices the shopper has seen. */
async function adoptCurrency(currency: string) {
  const shop = await queryClient.ensureQueryData(shopQuery);
  if (currency === (currencyChoice.get() ?? shop.currency)) return;
  const cart = await heldCart();
  if (cart && cart.currency !== currency) {
    if (cart.items.length) return;
    await changeCartCurrency(cart, currency);
  }
  setCurrency(shop, currency);
}

function dropSession() {
  setCsrfToken(null);
  keepPreferences(null);
  hint.set(null);
  queryClient.setQueryData(sessionQuery.queryKey, null);
}

export async function logIn(email: string, password: string): Promise<Session> {
  const cart_id = cartId.get();
  const session = await api.post<Session>('/sessions', {
    body: { email, password, ...(cart_id && { cart_id }) },
  });
  queryClient.removeQueries({ queryKey: ['me'] });
  adoptSession(session);
  await queryClient.invalidateQueries({ queryKey: ['cart'] });
  return session;
}

/** `leave` goes to a page for everybody, before the pages of the account find nobody logged in. */
export async function logOut(leave: () => Promise<void>) {
  try {
    await api.delete('/sessions/current');
  } catch (error) {
    // The session may have ended meanwhile, by its age or from another device.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
  // Before leaving: a page that is loaded anew meanwhile must not ask who is logged in.
  hint.set(null);
  await leave();
  dropSession();
  forgetCart();
  queryClient.removeQueries({ queryKey: ['me'] });
}
