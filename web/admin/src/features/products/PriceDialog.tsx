// The prices of a variant, one a currency of the shop, and what each was before.
import { Stack, TextField } from '@mui/material';
import { api, decimalText, type AdminVariant } from '@souk/shared';
import { FormDialog } from '../../components/FormDialog';
import { amountOf } from '../../lib/amount';
import { useShop } from '../../lib/shop';

type Price = AdminVariant['prices'][number];

export function PriceDialog({ variant }: { variant: AdminVariant }) {
  const shop = useShop();
  if (!shop) return null;
  const { currencies } = shop;

  /** All at once: a currency left empty is one the variant is not sold in. */
  async function save(values: Record<string, string>) {
    const prices = currencies
      .filter((currency) => values[`price-${currency}`]?.trim())
      .map((currency): Price => {
        const before = values[`before-${currency}`]?.trim();
        return {
          currency,
          price_minor: amountOf(values[`price-${currency}`] ?? '', currency),
          compare_at_minor: before ? amountOf(before, currency) : null,
        };
      });
    await api.put(`/admin/variants/${variant.id}/prices`, { body: { prices } });
  }

  return (
    <FormDialog
      button="Price"
      title={`Prices of ${variant.sku}`}
      done="The price is changed."
      onSubmit={save}
    >
      {currencies.map((currency) => (
        <PriceInputs
          key={currency}
          currency={currency}
          price={variant.prices.find((one) => one.currency === currency)}
        />
      ))}
    </FormDialog>
  );
}

function PriceInputs({ currency, price }: { currency: string; price: Price | undefined }) {
  const text = (minor: number | null | undefined) =>
    minor == null ? '' : decimalText(minor, currency);
  const shared = {
    margin: 'dense',
    fullWidth: true,
    slotProps: { htmlInput: { inputMode: 'decimal' } },
  } as const;
  return (
    <Stack direction="row" spacing={2}>
      <TextField
        {...shared}
        name={`price-${currency}`}
        label={`Price in ${currency}`}
        defaultValue={text(price?.price_minor)}
      />
      <TextField
        {...shared}
        name={`before-${currency}`}
        label="Price before"
        defaultValue={text(price?.compare_at_minor)}
      />
    </Stack>
  );
}
