// One line of a cart or an order.
import { formatMoney, type Image, type OptionValue } from '@souk/shared';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Picture } from './Picture';

interface LineItemProps {
  item: {
    handle: string;
    title: string;
    variant_title: string | null;
    options: OptionValue[];
    image: Image | null;
    quantity: number;
    unit_price_minor: number;
    total_minor: number;
    discount_minor: number;
  };
  currency: string;
  small?: boolean;
  children?: ReactNode;
}

export function LineItem({ item, currency, small = false, children }: LineItemProps) {
  const options =
    item.options.map(({ name, value }) => `${name}: ${value}`).join(', ') || item.variant_title;
  return (
    <div className={small ? 'flex gap-3.5' : 'flex gap-4 sm:gap-6'}>
      <div className={small ? 'w-16 shrink-0' : 'w-24 shrink-0 sm:w-32'}>
        <Picture image={item.image} alt="" sizes={small ? '64px' : '128px'} />
      </div>
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex items-start justify-between gap-4">
          <Link
            to="/products/$handle"
            params={{ handle: item.handle }}
            className="leading-snug font-medium text-pretty hover:underline hover:underline-offset-4"
          >
            {item.title}
          </Link>
          <span className="amount">
            {formatMoney(item.unit_price_minor * item.quantity, currency)}
          </span>
        </div>
        {options && options !== 'Default' && <p className="text-sm text-muted">{options}</p>}
        {small && <p className="text-sm text-muted">Quantity: {item.quantity}</p>}
        {!small && item.quantity > 1 && (
          <p className="amount text-sm text-muted">
            {formatMoney(item.unit_price_minor, currency)} each
          </p>
        )}
        {item.discount_minor > 0 && (
          <p className="amount text-sm text-sale">
            −{formatMoney(item.discount_minor, currency)} discount
          </p>
        )}
        {children}
      </div>
    </div>
  );
}
