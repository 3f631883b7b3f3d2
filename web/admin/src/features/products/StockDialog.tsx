// The pieces of a variant: counted anew with a reason, and the ledger of what moved them.
import { TextField, Typography } from '@mui/material';
import { api, type AdminVariant, type Stock } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { countOf } from '../../lib/amount';
import { formatMoment } from '../../lib/format';

const SHOWN = 8;

export function StockDialog({ variant }: { variant: AdminVariant }) {
  const [open, setOpen] = useState(false);
  const path = `/admin/stock/${encodeURIComponent(variant.sku)}`;
  const { data: stock, refetch } = useQuery({
    queryKey: ['stock', variant.sku],
    queryFn: () => api.get<Stock>(path),
    enabled: open,
  });

  async function save({ on_hand = '', low_below = '', reason = '' }: Record<string, string>) {
    if (!reason.trim()) throw new Error('Say why: it is kept in the ledger.');
    await api.put(path, {
      body: {
        on_hand: countOf(on_hand, 'Pieces counted'),
        low_below: countOf(low_below, 'Low-stock threshold'),
        reason: reason.trim(),
      },
    });
    await refetch();
  }

  return (
    <FormDialog
      button="Stock"
      title={`Stock of ${variant.sku}`}
      done="The stock is changed."
      onSubmit={save}
      onOpen={() => setOpen(true)}
    >
      {stock && <StockFields stock={stock} />}
    </FormDialog>
  );
}

function StockFields({ stock }: { stock: Stock }) {
  return (
    <>
      <Typography variant="body2">
        {stock.reserved} held for orders, {stock.available} can be sold.
      </Typography>
      <TextField
        name="on_hand"
        label="Pieces counted"
        defaultValue={stock.on_hand}
        fullWidth
        margin="dense"
        slotProps={{ htmlInput: { inputMode: 'numeric' } }}
      />
      <TextField
        name="low_below"
        label="Low-stock threshold"
        helperText="Whoever watches the shop is told when fewer can be sold; 0: never."
        defaultValue={stock.low_below}
        fullWidth
        margin="dense"
        slotProps={{ htmlInput: { inputMode: 'numeric' } }}
      />
      <TextField name="reason" label="Reason" defaultValue="Counted" fullWidth margin="dense" />
      {stock.movements.length > 0 && (
        <Typography variant="subtitle2" sx={{ mt: 2 }}>
          What moved it
        </Typography>
      )}
      {stock.movements
        .slice(0, SHOWN)
        .map(({ id, kind, on_hand_delta, reserved_delta, reason, at }) => (
          <Typography key={id} variant="body2">
            {formatMoment(at)}: {kind} {signed(on_hand_delta || reserved_delta)}
            {reason && ` – ${reason}`}
          </Typography>
        ))}
    </>
  );
}

const signed = (delta: number) => (delta > 0 ? `+${delta}` : String(delta));
