// The variants of a product: what each costs and how many there are, changed in place.
import { Box, Typography } from '@mui/material';
import { formatMoney, type AdminProduct, type AdminVariant } from '@souk/shared';
import { useRecordContext } from 'react-admin';
import { PriceDialog } from './PriceDialog';
import { StockDialog } from './StockDialog';
import { VariantDialog } from './VariantDialog';

/** Rows of a table on a wide window; on a phone, where those do not fit, blocks of lines. */
const TABLE = {
  width: '100%',
  borderCollapse: 'collapse',
  '& thead': { display: { xs: 'none', md: 'table-header-group' } },
  '& tr': { display: { xs: 'block', md: 'table-row' }, borderTop: 1, borderColor: 'divider' },
  '& tbody tr': { py: { xs: 1, md: 0 } },
  '& td': { display: { xs: 'block', md: 'table-cell' } },
  '& td, & th': { px: 2, py: { xs: 0.25, md: 1 }, textAlign: 'left' },
};

export function VariantTable({ editable = false }: { editable?: boolean }) {
  const product = useRecordContext<AdminProduct>();
  if (!product) return null;
  return (
    // The track without a least width lets a wide table scroll instead of widening the page.
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', pb: 2 }}>
      <Typography variant="h6" component="h2" sx={{ p: 2 }}>
        Variants
      </Typography>
      <Box sx={{ overflowX: 'auto' }}>
        <Box component="table" sx={TABLE}>
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col">SKU</th>
              <th scope="col">Price</th>
              <th scope="col">Can be sold</th>
              {editable && <th scope="col">Change</th>}
            </tr>
          </thead>
          <tbody>
            {product.variants.map((variant) => (
              <VariantRow key={variant.id} variant={variant} editable={editable} />
            ))}
          </tbody>
        </Box>
      </Box>
      {editable && (
        <Box sx={{ p: 2 }}>
          <VariantDialog product={product} />
        </Box>
      )}
    </Box>
  );
}

function VariantRow({ variant, editable }: { variant: AdminVariant; editable: boolean }) {
  const { title, sku, prices, available, policy } = variant;
  return (
    <tr>
      <Box component="td" sx={{ whiteSpace: 'nowrap' }}>
        {title}
      </Box>
      <Box component="td" sx={{ whiteSpace: 'nowrap' }}>
        {sku}
      </Box>
      <td>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 2, minWidth: '9rem' }}>
          {prices.map(({ currency, price_minor, compare_at_minor }) => (
            <Box key={currency} component="span" sx={{ whiteSpace: 'nowrap' }}>
              {formatMoney(price_minor, currency)}
              {compare_at_minor !== null && (
                <Typography component="s" variant="body2" sx={{ ml: 1 }}>
                  {formatMoney(compare_at_minor, currency)}
                </Typography>
              )}
            </Box>
          ))}
        </Box>
      </td>
      <td>
        <Box component="span" sx={{ display: { md: 'none' } }}>
          Can be sold:{' '}
        </Box>
        {available === null ? 'not counted' : available.toLocaleString()}
        {policy === 'continue' && ', then on order'}
      </td>
      {editable && (
        <Box component="td" sx={{ whiteSpace: 'nowrap' }}>
          <PriceDialog variant={variant} />
          <StockDialog variant={variant} />
        </Box>
      )}
    </tr>
  );
}
