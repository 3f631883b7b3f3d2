// Words for states and times, as the storefront says them.
import type { OrderState } from '@souk/shared';

export const STATES: Record<
  OrderState,
  { name: string; colour: 'default' | 'info' | 'success' | 'warning' | 'error' }
> = {
  prepared: { name: 'Being placed', colour: 'default' },
  pending_payment: { name: 'Payment pending', colour: 'warning' },
  authorized: { name: 'Authorized', colour: 'info' },
  paid: { name: 'Paid', colour: 'success' },
  declined: { name: 'Declined', colour: 'error' },
  cancelled: { name: 'Cancelled', colour: 'default' },
  refunded: { name: 'Refunded', colour: 'info' },
};

const PAYMENT_STATES: Record<string, string> = {
  prepared: 'Being asked for',
  unknown: 'No answer yet',
  unavailable: 'Provider is down',
  authorized: 'Authorized',
  captured: 'Captured',
  declined: 'Declined',
  refunded: 'Refunded',
  voided: 'Released',
};

/** Of a payment; a state that came with a newer shop is shown as it is called. */
export const paymentWord = (state: string) => PAYMENT_STATES[state] ?? state;

export const STATUSES = [
  { id: 'draft', name: 'Draft: not on sale' },
  { id: 'active', name: 'Active: on sale' },
  { id: 'archived', name: 'Archived' },
];

/** Of a product, without what it means. */
export const statusWord = (status: string) =>
  STATUSES.find(({ id }) => id === status)?.name.replace(/:.*/, '') ?? status;

const countries = new Intl.DisplayNames(undefined, { type: 'region' });
export const countryName = (code: string) => countries.of(code) ?? code;

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
export const formatMoment = (time: string) => moment.format(new Date(time));
