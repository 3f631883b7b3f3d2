// The pieces of a variant: counted anew with a reason, and the ledger of what moved them.
import { TextField, Typography } from '@mui/material';
import { api, type Variant } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { formatMoment } from '../../lib/format';

interface Stock {
  on_hand: number;
  reserved: number;
  available: number;
  movements: {
    id: string;
    kind: string;
    on_hand_delta: number;
    reason: string | null;
    at: string;
  }[];
}

export function StockDialog({ variant }: { variant: Variant }) {
  const [open, setOpen] = useState(false);
  const path = `/admin/stock/${encodeURIComponent(variant.sku)}`;
  const { data: stock } = useQuery({
    queryKey: ['stock', variant.sku],
    queryFn: () => api.get<Stock>(path),
    enabled: open,
    staleTime: 0,
  });

  async function save({ on_hand = '', reason = '' }: Record<string, string>) {
    if (!/^\d{1,9}$/.test(on_hand.trim())) throw new Error('Enter a whole number of pieces.');
    if (!reason.trim()) throw new Error('Say why: it is kept in the ledger.');
    await api.put(path, { body: { on_hand: Number(on_hand), reason: reason.trim() } });
  }

  return (
    <FormDialog
      button="Stock"
      title={`Stock of ${variant.sku}`}
      done="The stock is changed."
      onSubmit={save}
      onOpen={() => setOpen(true)}
    >
      {stock && (
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
          <TextField name="reason" label="Reason" defaultValue="Counted" fullWidth margin="dense" />
          <Typography variant="subtitle2" sx={{ mt: 2 }}>
            What moved it
          </Typography>
          {stock.movements.slice(0, 8).map(({ id, kind, on_hand_delta, reason, at }) => (
            <Typography key={id} variant="body2">
              {formatMoment(at)}: {kind} {on_hand_delta > 0 ? `+${on_hand_delta}` : on_hand_delta}
              {reason && ` – ${reason}`}
            </Typography>
          ))}
        </>
      )}
    </FormDialog>
  );
}
