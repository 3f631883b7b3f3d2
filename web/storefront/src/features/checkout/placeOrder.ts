// Places an order exactly once. One attempt, that is one body, has one idempotency key until the
// server has answered it; the key outlives a reload, so that repeating after a lost answer finds
// the first order instead of making a second.
import { api, isTransient, newIdempotencyKey, type Order, type OrderNew } from '@souk/shared';

const STORE = 'souk.checkout';
const PAUSES_MS = [2000, 4000, 8000];

export async function placeOrder(
  body: OrderNew,
  onWaiting: (waiting: boolean) => void,
): Promise<Order> {
  const idempotencyKey = keyFor(JSON.stringify(body));
  for (let tries = 0; ; tries++) {
    try {
      const order = await api.post<Order>('/orders', { body, idempotencyKey });
      sessionStorage.removeItem(STORE);
      return order;
    } catch (error) {
      if (!isTransient(error)) sessionStorage.removeItem(STORE);
      const pauseMs = PAUSES_MS[tries];
      if (!isTransient(error) || pauseMs === undefined) throw error;
      onWaiting(true);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function keyFor(body: string): string {
  const kept = JSON.parse(sessionStorage.getItem(STORE) ?? 'null') as {
    key: string;
    body: string;
  } | null;
  if (kept?.body === body) return kept.key;
  const key = newIdempotencyKey();
  sessionStorage.setItem(STORE, JSON.stringify({ key, body }));
  return key;
}
