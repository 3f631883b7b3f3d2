// A product's first picture, small.
import type { Product } from '@souk/shared';
import { Box } from '@mui/material';
import { useRecordContext } from 'react-admin';

export function Thumb(_props: { label?: string }) {
  const product = useRecordContext<Product>();
  const image = product?.images[0];
  const look = {
    width: 40,
    height: 40,
    borderRadius: 1,
    objectFit: 'cover',
    display: 'block',
    bgcolor: 'action.hover',
  };
  if (!image) return <Box sx={look} />;
  const small = image.sources.toSorted((a, b) => a.width - b.width)[0]?.url ?? image.url;
  return <Box component="img" src={small} alt="" width={40} height={40} loading="lazy" sx={look} />;
}
