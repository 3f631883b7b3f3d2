// Follows an order that is still open by server-sent events: its place in the queue, its states.
// Where that is not possible (an old proxy, too many who follow) the page polls.
import type { Order, OrderProgress } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { takeCartBack } from '../../lib/cart';
import { queryClient } from '../../lib/client';
import { isOpen, orderQuery } from '../../lib/orders';

/** True as long as events come: then nobody needs to ask. */
export function useFollowedOrder(id: string, token: string | undefined): boolean {
  const { data: order } = useQuery(orderQuery(id, token));
  const open = order !== undefined && isOpen(order);
  const [followed, setFollowed] = useState(false);

  useEffect(() => {
    if (!open) return;
    const query = token ? `?token=${encodeURIComponent(token)}` : '';
    const source = new EventSource(`/api/v1/orders/${id}/events${query}`);
    const { queryKey } = orderQuery(id, token);
    const onProgress = ({ data }: MessageEvent<string>) => {
      const { state, queue_position, refusal } = JSON.parse(data) as OrderProgress;
      setFollowed(true);
      queryClient.setQueryData<Order>(
        queryKey,
        (old) => old && { ...old, state, queue_position, refusal },
      );
    };
    const onState = (event: MessageEvent<string>) => {
      onProgress(event);
      const { state } = JSON.parse(event.data) as OrderProgress;
      if (!isOpen({ state })) source.close();
      if (state === 'cancelled' || state === 'declined') takeCartBack(id);
      void queryClient.invalidateQueries({ queryKey }); // its history
    };
    source.addEventListener('position', onProgress);
    source.addEventListener('state', onState);
    // The browser comes back by itself unless it was refused.
    source.onerror = () => source.readyState === EventSource.CLOSED && setFollowed(false);
    return () => {
      source.close();
      setFollowed(false);
    };
  }, [id, token, open]);

  return followed;
}
