// What is being bought: beside the form on a wide window, folded above it on a phone.
import { formatMoney, type Cart } from '@souk/shared';
import { Link } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import { card, cx } from '../../components/classes';
import { LineItem } from '../../components/LineItem';
import { Totals } from '../../components/Totals';
import { itemCount } from '../../lib/cart';
import { plural } from '../../lib/page';

export function Summary({ cart }: { cart: Cart }) {
  return (
    <aside aria-label="Your order" className="row-start-1 lg:row-start-auto">
      <details className={cx(card, 'group px-5 lg:hidden')}>
        <summary className="flex min-h-14 list-none items-center justify-between gap-3 font-medium">
          <span className="flex items-center gap-2">
            {plural(itemCount(cart), 'item')}
            <ChevronDown
              aria-hidden
              className="size-4 text-muted transition-transform group-open:rotate-180"
            />
          </span>
          <span className="amount">{formatMoney(cart.total_minor, cart.currency)}</span>
        </summary>
        <div className="pb-5">
          <Lines cart={cart} />
        </div>
      </details>
      <div className={cx(card, 'sticky top-32 hidden p-6 lg:block')}>
        <div className="mb-5 flex items-baseline justify-between">
          <h2 className="text-heading">Your order</h2>
          <Link to="/cart" className="link text-sm text-muted hover:text-ink">
            Change
          </Link>
        </div>
        <Lines cart={cart} />
      </div>
    </aside>
  );
}

function Lines({ cart }: { cart: Cart }) {
  return (
    <>
      <ul className="mb-5 flex flex-col gap-4 border-b border-line pb-5">
        {cart.items.map((item) => (
          <li key={item.id}>
            <LineItem item={item} currency={cart.currency} small />
          </li>
        ))}
      </ul>
      <Totals sums={cart} shippingKnown={cart.shipping_option !== null} />
    </>
  );
}
