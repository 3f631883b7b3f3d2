// Capture what was authorized, cancel, which also gives the money back, or refund in full. Which of
// them a state allows is the server's table; these are the states in which it makes sense to ask.
import { Typography } from '@mui/material';
import { api, formatMoney, type Order } from '@souk/shared';
import { useRefresh } from 'react-admin';
import { ActionDialog } from '../../components/ActionDialog';
import { CaptureDialog } from './CaptureDialog';
import { pendingOutcome } from './pending';

const CANCELLABLE = ['prepared', 'pending_payment', 'authorized', 'paid'];

export function OrderActions({ order }: { order: Order }) {
  const refresh = useRefresh();
  const act = (step: 'cancel' | 'refund') => async (reason: string) => {
    const body = reason ? { reason } : {};
    const after = await api.post<Order>(`/admin/orders/${order.id}/${step}`, { body });
    refresh();
    return pendingOutcome(after);
  };
  return (
    <>
      {order.state === 'authorized' && <CaptureDialog order={order} />}
      {CANCELLABLE.includes(order.state) && (
        <ActionDialog
          button="Cancel the order"
          title={`Cancel ${order.number}?`}
          done="The order is cancelled."
          danger
          onConfirm={act('cancel')}
        >
          <Typography>
            The goods go back on the shelf. What was paid goes back to the customer; what their bank
            only holds is released.
          </Typography>
        </ActionDialog>
      )}
      {order.state === 'paid' && (
        <ActionDialog
          button="Refund in full"
          title={`Refund ${formatMoney(order.payment?.captured_minor ?? 0, order.currency)}?`}
          done="The order is refunded."
          danger
          onConfirm={act('refund')}
        >
          <Typography>The whole amount goes back the way it came.</Typography>
        </ActionDialog>
      )}
    </>
  );
}
