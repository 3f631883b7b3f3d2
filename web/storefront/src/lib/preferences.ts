// What a customer chose about how the shop looks is kept with the account too, so that it holds on
// their other devices. A guest's choice stays in this browser. Neighbours: theme.ts, shop.ts make
// the choices, session.ts takes over those of the account.
import { api, type Preferences } from '@souk/shared';

let known: Preferences | null = null;

/** Of the account that is logged in; null for a guest. True when they were not known like this. */
export function keepPreferences(preferences: Preferences | null): boolean {
  const isNews = JSON.stringify(preferences) !== JSON.stringify(known);
  known = preferences;
  return isNews;
}

/** A choice that cannot be kept holds in this browser all the same. */
export function remember(choice: Partial<Preferences>) {
  if (!known) return;
  known = { ...known, ...choice };
  void api.patch<Preferences>('/users/me/preferences', { body: choice }).catch(() => undefined);
}
