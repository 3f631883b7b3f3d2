// An order's state as a word on a colour.
import type { Order } from '@souk/shared';
import { Chip } from '@mui/material';
import { useRecordContext } from 'react-admin';
import { STATES } from '../lib/format';

export function StateChip(_props: { label?: string; source?: string }) {
  const order = useRecordContext<Order>();
  if (!order) return null;
  const { name, colour } = STATES[order.state];
  return <Chip size="small" label={name} color={colour} />;
}
