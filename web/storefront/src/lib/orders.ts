// Orders: one by its id (with the token from the mail for a guest), and a customer's own list.
import { api, type List, type Order } from '@souk/shared';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryClient } from './client';

// How often an order is asked for that cannot be followed by events; after a while less often.
const POLL_MS = 3000;
const POLL_LATE_MS = 15_000;
const POLLS_MAX = 40;

export const orderQuery = (id: string, token: string | undefined) =>
  queryOptions({
    queryKey: ['order', id, token ?? null],
    queryFn: () => api.get<Order>(`/orders/${id}`, { token }),
  });

/** The refetchInterval of an order that is still open and not followed by events. */
export const pollMs = ({
  state: { data, dataUpdateCount },
}: {
  state: { data?: Order; dataUpdateCount: number };
}) => (data && isOpen(data) ? (dataUpdateCount < POLLS_MAX ? POLL_MS : POLL_LATE_MS) : false);

export const isOpen = (order: Pick<Order, 'state'>) =>
  order.state === 'prepared' || order.state === 'pending_payment';

export function keepOrder(order: Order) {
  queryClient.setQueryData(orderQuery(order.id, order.access_token ?? undefined).queryKey, order);
}

export const myOrdersQuery = infiniteQueryOptions({
  queryKey: ['me', 'orders'],
  queryFn: ({ pageParam }) => api.get<List<Order>>('/users/me/orders', { cursor: pageParam }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
});

export const STATE_WORDS: Record<Order['state'], string> = {
  prepared: 'Being placed',
  pending_payment: 'Payment pending',
  authorized: 'Confirmed',
  paid: 'Paid',
  declined: 'Payment declined',
  cancelled: 'Cancelled',
  refunded: 'Refunded',
};
