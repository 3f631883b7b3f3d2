// An amount of the record, in the record's currency.
import { formatMoney } from '@souk/shared';
import { useRecordContext } from 'react-admin';

interface MoneyFieldProps {
  source: string;
  label?: string;
  textAlign?: 'right';
}

export function MoneyField({ source }: MoneyFieldProps) {
  const record = useRecordContext<Record<string, unknown> & { currency: string }>();
  const minor = record?.[source];
  return record && typeof minor === 'number' ? (
    <span>{formatMoney(minor, record.currency)}</span>
  ) : null;
}
