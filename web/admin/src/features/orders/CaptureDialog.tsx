// Takes what the customer's bank holds for an order, or a part of it.
import { TextField, Typography } from '@mui/material';
import { api, ApiError, decimalText, formatMoney, type Order } from '@souk/shared';
import { FormDialog } from '../../components/FormDialog';
import { amountOf } from '../../lib/amount';
import { pendingOutcome } from './pending';

export function CaptureDialog({ order }: { order: Order }) {
  const { id, number, currency, total_minor } = order;

  async function capture({ amount = '' }: Record<string, string>) {
    const body = { amount_minor: amountOf(amount, currency) };
    try {
      return pendingOutcome(await api.post<Order>(`/admin/orders/${id}/capture`, { body }));
    } catch (error) {
      // The bank gives nothing any more: the order is cancelled, and there is no form to correct.
      if (error instanceof ApiError && error.status === 402)
        return { text: error.message, type: 'error' as const };
      throw error;
    }
  }

  return (
    <FormDialog
      button="Capture"
      submit="Capture"
      title={`Capture the payment of ${number}`}
      done="The payment is captured."
      onSubmit={capture}
    >
      <Typography>
        The bank holds {formatMoney(total_minor, currency)}. What is not captured now is released:
        there is no second time.
      </Typography>
      <TextField
        name="amount"
        label={`Amount in ${currency}`}
        defaultValue={decimalText(total_minor, currency)}
        fullWidth
        margin="dense"
        slotProps={{ htmlInput: { inputMode: 'decimal' } }}
      />
    </FormDialog>
  );
}
