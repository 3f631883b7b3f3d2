// A price, and what it was before, in a form that is also right when read aloud.
import { formatMoney } from '@souk/shared';
import { cx } from './classes';

interface PriceProps {
  minor: number;
  currency: string;
  compareAtMinor?: number | null;
  /** The variants differ in price and this is the lowest. */
  from?: boolean;
  className?: string;
}

export function Price({ minor, currency, compareAtMinor, from = false, className }: PriceProps) {
  const reduced = compareAtMinor != null && compareAtMinor > minor;
  return (
    <span className={cx('inline-flex flex-wrap items-baseline gap-x-2', className)}>
      <span className={cx('amount', reduced && 'text-sale')}>
        {from && <span className="text-[0.85em] text-muted">from </span>}
        {reduced && <span className="sr-only">now </span>}
        {formatMoney(minor, currency)}
      </span>
      {reduced && (
        <span className="amount text-[0.85em] text-muted">
          <span className="sr-only">before </span>
          <s>{formatMoney(compareAtMinor, currency)}</s>
        </span>
      )}
    </span>
  );
}
