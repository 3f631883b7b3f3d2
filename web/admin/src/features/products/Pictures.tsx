// A product's pictures in their order, as the shop shows them.
import { Box } from '@mui/material';
import type { AdminProduct } from '@souk/shared';
import { useRecordContext } from 'react-admin';

const EDGE = 96;

export function Pictures() {
  const product = useRecordContext<AdminProduct>();
  if (!product?.images.length) return null;
  return (
    <Box sx={{ display: 'flex', gap: 1, p: 2, pb: 0, overflowX: 'auto' }}>
      {product.images.map(({ id, url, alt, sources }) => (
        <Box
          key={id}
          component="img"
          src={sources.find(({ width }) => width >= 2 * EDGE)?.url ?? url}
          alt={alt ?? ''}
          width={EDGE}
          height={EDGE}
          sx={{ borderRadius: 1, objectFit: 'cover', flexShrink: 0, bgcolor: 'action.hover' }}
        />
      ))}
    </Box>
  );
}
