// A further variant: one value for each of the product's options.
import { TextField } from '@mui/material';
import { api, type Product } from '@souk/shared';
import { FormDialog } from '../../components/FormDialog';
import { amountOf } from './PriceDialog';

export function VariantDialog({ product }: { product: Product }) {
  const { currency, options } = product;

  async function save(values: Record<string, string>) {
    const sku = values.sku?.trim();
    if (!sku) throw new Error('Enter a SKU.');
    const body = {
      sku,
      options: options.map(({ name }) => ({ name, value: values[`option:${name}`]?.trim() ?? '' })),
      prices: [
        { currency, price_minor: amountOf(values.price ?? '', currency), compare_at_minor: null },
      ],
    };
    await api.post(`/admin/products/${product.id}/variants`, { body });
  }

  return (
    <FormDialog
      button="Add a variant"
      title="A further variant"
      done="The variant is added."
      onSubmit={save}
    >
      <TextField name="sku" label="SKU" fullWidth margin="dense" />
      {options.map(({ name }) => (
        <TextField key={name} name={`option:${name}`} label={name} fullWidth margin="dense" />
      ))}
      <TextField
        name="price"
        label={`Price in ${currency}`}
        fullWidth
        margin="dense"
        slotProps={{ htmlInput: { inputMode: 'decimal' } }}
      />
    </FormDialog>
  );
}
