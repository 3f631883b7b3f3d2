// A further variant: one value for each of the product's options.
import { TextField } from '@mui/material';
import { api, type AdminProduct } from '@souk/shared';
import { FormDialog } from '../../components/FormDialog';
import { amountOf, countOf } from '../../lib/amount';
import { useShop } from '../../lib/shop';

export function VariantDialog({ product }: { product: AdminProduct }) {
  const shop = useShop();
  if (!shop) return null;

  async function save({ sku = '', price = '', stock = '', ...values }: Record<string, string>) {
    if (!sku.trim()) throw new Error('Enter a SKU.');
    const body = {
      sku: sku.trim(),
      options: product.options.map((name) => values[`option:${name}`]?.trim() ?? ''),
      price_minor: amountOf(price, shop?.currency ?? ''),
      tracked: true,
      stock: countOf(stock, 'Pieces in stock'),
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
      {product.options.map((name) => (
        <TextField key={name} name={`option:${name}`} label={name} fullWidth margin="dense" />
      ))}
      <TextField name="price" label={`Price in ${shop.currency}`} fullWidth margin="dense" />
      <TextField name="stock" label="Pieces in stock" defaultValue="0" fullWidth margin="dense" />
    </FormDialog>
  );
}
