// The price of a variant, and what it was before.
import { TextField } from '@mui/material';
import { api, decimalText, parseMoney, type Variant } from '@souk/shared';
import { FormDialog } from '../../components/FormDialog';

export function PriceDialog({ variant }: { variant: Variant }) {
  const { currency, compare_at_minor } = variant;

  async function save({ price = '', compare_at = '' }: Record<string, string>) {
    const price_minor = amountOf(price, currency);
    const before = compare_at.trim() ? amountOf(compare_at, currency) : null;
    const body = { prices: [{ currency, price_minor, compare_at_minor: before }] };
    await api.put(`/admin/variants/${variant.id}/prices`, { body });
  }

  return (
    <FormDialog
      button="Price"
      title={`Price of ${variant.sku}`}
      done="The price is changed."
      onSubmit={save}
    >
      <TextField
        name="price"
        label={`Price in ${currency}`}
        defaultValue={decimalText(variant.price_minor, currency)}
        fullWidth
        margin="dense"
        slotProps={{ htmlInput: { inputMode: 'decimal' } }}
      />
      <TextField
        name="compare_at"
        label="Price before (struck through), if any"
        defaultValue={compare_at_minor === null ? '' : decimalText(compare_at_minor, currency)}
        fullWidth
        margin="dense"
        slotProps={{ htmlInput: { inputMode: 'decimal' } }}
      />
    </FormDialog>
  );
}

export function amountOf(text: string, currency: string): number {
  const minor = parseMoney(text, currency);
  if (minor === null) throw new Error(`“${text}” is not an amount in ${currency}.`);
  return minor;
}
