// The cart: lines, coupon, sums, and everything that changed since it was filled.
import { formatMoney, type Cart, type CartItem, type CartNotice } from '@souk/shared';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { button, card, cx } from '../../components/classes';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { LineItem } from '../../components/LineItem';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { QuantityInput } from '../../components/QuantityInput';
import { Totals } from '../../components/Totals';
import { useCart, useSetQuantity } from '../../lib/cart';
import { usePageTitle } from '../../lib/page';
import { CouponBox } from './CouponBox';

export function CartPage() {
  const { cart, isLoading, isError, error, refetch } = useCart();
  usePageTitle('Cart');
  return (
    <Page title="Your cart">
      {isLoading && <CartSkeleton />}
      {isError && !cart && <Failure error={error} retry={() => void refetch()} />}
      {!isLoading && !isError && !cart?.items.length && (
        <Empty title="There is nothing in it yet.">
          <Link to="/" className={button.primary}>
            Look around
          </Link>
        </Empty>
      )}
      {!!cart?.items.length && <CartView cart={cart} />}
    </Page>
  );
}

function CartView({ cart }: { cart: Cart }) {
  const setQuantity = useSetQuantity();
  const blocked = cart.items.some(isShort);
  return (
    <div className="grid gap-x-14 gap-y-10 lg:grid-cols-[1fr_23rem]">
      <div>
        {cart.notices.map((notice, index) => (
          <CartNoticeLine key={index} notice={notice} cart={cart} />
        ))}
        {setQuantity.isError && <Failure error={setQuantity.error} className="mb-5" />}
        <ul className="divide-y divide-line border-y border-line">
          {cart.items.map((item) => (
            <li key={item.id} className="py-5 sm:py-6">
              <LineItem item={item} currency={cart.currency}>
                <div className="mt-auto flex flex-wrap items-center justify-between gap-x-4 pt-2">
                  <QuantityInput
                    small
                    label={`Quantity of ${item.title}`}
                    value={item.quantity}
                    max={item.available}
                    onChange={(quantity) => setQuantity.mutate({ item, quantity })}
                  />
                  <button
                    type="button"
                    className={button.quiet}
                    onClick={() => setQuantity.mutate({ item, quantity: 0 })}
                  >
                    Remove<span className="sr-only"> {item.title}</span>
                  </button>
                </div>
                {isShort(item) && <ShortLine item={item} />}
              </LineItem>
            </li>
          ))}
        </ul>
      </div>
      <section
        aria-label="Sums"
        className={cx(card, 'flex flex-col gap-6 self-start p-5 sm:p-6 lg:sticky lg:top-32')}
      >
        <Totals sums={cart} shippingKnown={cart.shipping_option !== null} />
        <CouponBox cart={cart} />
        {blocked ? (
          <Notice tone="warn">Change the lines that are short, then check out.</Notice>
        ) : (
          <Link to="/checkout" className={cx(button.primary, 'min-h-12!')}>
            Check out
          </Link>
        )}
      </section>
    </div>
  );
}

/** `available` already allows for back-orders: it is null where nothing limits the line. */
const isShort = (item: CartItem) => item.available !== null && item.available < item.quantity;

function ShortLine({ item }: { item: CartItem }) {
  return (
    <p role="status" className="text-sm text-bad">
      {item.available === 0
        ? 'Sold out meanwhile: remove it to check out.'
        : `Only ${item.available} left.`}
    </p>
  );
}

function CartNoticeLine({ notice, cart }: { notice: CartNotice; cart: Cart }) {
  const [seen, setSeen] = useState(false);
  if (seen) return null;
  const item = cart.items.find(({ id }) => id === notice.item_id);
  const { old_minor, new_minor } = notice;
  return (
    <Notice
      tone={notice.code === 'price_changed' ? 'info' : 'warn'}
      title={item?.title}
      className="mb-5"
      actions={
        <Button kind="quiet" onClick={() => setSeen(true)}>
          Understood
        </Button>
      }
    >
      {notice.code === 'price_changed' && old_minor !== null && new_minor !== null
        ? `The price changed from ${formatMoney(old_minor, cart.currency)} to ${formatMoney(new_minor, cart.currency)}.`
        : notice.detail}
    </Notice>
  );
}

function CartSkeleton() {
  return (
    <div aria-hidden className="grid gap-x-14 gap-y-10 lg:grid-cols-[1fr_23rem]">
      <div className="flex flex-col gap-6">
        {[0, 1].map((index) => (
          <div key={index} className="flex gap-6">
            <div className="skeleton h-36 w-28 sm:w-32" />
            <div className="flex flex-1 flex-col gap-3">
              <div className="skeleton h-5 w-2/3" />
              <div className="skeleton h-4 w-1/3" />
            </div>
          </div>
        ))}
      </div>
      <div className="skeleton h-64 rounded-xl" />
    </div>
  );
}
