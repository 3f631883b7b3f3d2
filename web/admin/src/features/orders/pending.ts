// Steps of an order that the payment provider has not taken yet.
import type { Order } from '@souk/shared';
import type { Outcome } from '../../lib/outcome';

const STEPS: Record<NonNullable<Order['wanted']>, string> = {
  captured: 'The capture',
  cancelled: 'The cancellation',
  refunded: 'The refund',
};

/** Of an order for which something is under way; null when nothing is, or an older service does not say. */
export const pendingText = ({ wanted }: Order) =>
  wanted
    ? `${STEPS[wanted]} is under way: the payment provider has not confirmed it yet. The shop goes on trying by itself.`
    : null;

/** What to tell after a step: nothing when it is done. */
export function pendingOutcome(order: Order): Outcome | undefined {
  const text = pendingText(order);
  return text === null ? undefined : { text, type: 'info' };
}
