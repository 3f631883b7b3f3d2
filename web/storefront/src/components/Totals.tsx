// The sums of a cart or an order. Both carry the same words, so they look the same before and after
// buying.
import { formatMoney, type TaxLine } from '@souk/shared';
import type { ReactNode } from 'react';

interface TotalsProps {
  sums: {
    currency: string;
    subtotal_minor: number;
    discount_minor: number;
    shipping_minor: number;
    tax_minor: number;
    total_minor: number;
    prices_include_tax: boolean;
    tax_lines: TaxLine[];
  };
  /** False while no delivery has been chosen: then shipping is unknown, not free. */
  shippingKnown: boolean;
  refundedMinor?: number;
}

export function Totals({ sums, shippingKnown, refundedMinor = 0 }: TotalsProps) {
  const money = (minor: number) => formatMoney(minor, sums.currency);
  const shipping = sums.shipping_minor === 0 ? 'Free' : money(sums.shipping_minor);
  return (
    <dl className="flex flex-col gap-2 text-[0.9375rem]">
      <Line name="Subtotal" value={money(sums.subtotal_minor)} />
      {sums.discount_minor > 0 && <Line name="Discount" value={`−${money(sums.discount_minor)}`} />}
      <Line name="Delivery" value={shippingKnown ? shipping : 'Chosen at checkout'} />
      {!sums.prices_include_tax && (sums.tax_minor > 0 || shippingKnown) && (
        <Line name="Tax" value={money(sums.tax_minor)} />
      )}
      <div className="mt-2 flex items-baseline justify-between gap-4 border-t border-line pt-4 text-lg font-medium">
        <dt>Total</dt>
        <dd className="amount">{money(sums.total_minor)}</dd>
      </div>
      {sums.prices_include_tax && sums.tax_minor > 0 && (
        <Line name={`Includes ${taxNames(sums.tax_lines)}`} value={money(sums.tax_minor)} />
      )}
      {refundedMinor > 0 && <Line name="Refunded" value={money(refundedMinor)} />}
    </dl>
  );
}

function taxNames(lines: TaxLine[]): string {
  const [line] = lines;
  if (!line || lines.length > 1) return 'tax';
  return line.name.includes('%') ? line.name : `${line.name} (${line.rate_ppm / 10_000} %)`;
}

function Line({ name, value }: { name: ReactNode; value: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 text-muted">
      <dt>{name}</dt>
      <dd className="amount text-ink">{value}</dd>
    </div>
  );
}
