// A product's picture, small.
import type { Image } from '@souk/shared';
import { Box } from '@mui/material';
import { useRecordContext } from 'react-admin';

const LOOK = {
  width: 40,
  height: 40,
  borderRadius: 1,
  objectFit: 'cover',
  display: 'block',
  bgcolor: 'action.hover',
};

export function Thumb(_props: { label?: string }) {
  const product = useRecordContext<{ image?: Image | null; images?: Image[] }>();
  const image = product?.image ?? product?.images?.[0];
  if (!image) return <Box sx={LOOK} />;
  const small = image.sources.toSorted((a, b) => a.width - b.width)[0]?.url ?? image.url;
  return <Box component="img" src={small} alt="" width={40} height={40} loading="lazy" sx={LOOK} />;
}
