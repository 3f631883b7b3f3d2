// Why the order was not placed, and what to do: each of these is a normal thing to happen to an
// honest shopper.
import { ApiError, formatMoney, isTransient, type Cart } from '@souk/shared';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Notice } from '../../components/Notice';
import { useRemoveCoupon } from '../../lib/cart';
import { sentence } from '../../lib/form';

export function CheckoutFailure({ failure, cart }: { failure: unknown; cart: Cart }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (failure) place.current?.scrollIntoView({ block: 'center' });
  }, [failure]);
  if (!failure) return null;
  return <div ref={place}>{words(failure, cart)}</div>;
}

function words(failure: unknown, cart: Cart) {
  if (isTransient(failure)) {
    return (
      <Notice tone="bad" title="No answer from the shop">
        It is not certain whether your order arrived. Press the button again: the same order is
        asked for, and you will not be charged twice.
      </Notice>
    );
  }
  if (!(failure instanceof ApiError)) return <Failure error={failure} />;
  if (failure.code === 'payment_declined') {
    return (
      <Notice tone="bad" title="The card was declined">
        Nothing was charged and your cart is kept. Choose another card and pay again.
      </Notice>
    );
  }
  const spent = cart.coupons.find(({ code }) => isAbout(failure, code));
  if (spent) return <SpentCoupon failure={failure} code={spent.code} />;
  if (failure.code === 'price_changed') {
    const ended = cart.notices.filter(({ code }) => code === 'coupon_ended');
    return (
      <Notice tone="warn" title="The total has changed">
        {ended.map(({ detail }) => `${detail} `)}
        The order now costs {formatMoney(cart.total_minor, cart.currency)}. Look at the summary; if
        it is right, pay again.
      </Notice>
    );
  }
  if (failure.code === 'out_of_stock') return <OutOfStock failure={failure} cart={cart} />;
  return <Failure error={failure} />;
}

/** The cart keeps such a code: whose order it is, and whether they had used it, shows only now. */
function SpentCoupon({ failure, code }: { failure: ApiError; code: string }) {
  const remove = useRemoveCoupon();
  return (
    <Notice
      tone="warn"
      title={`${code} cannot be used for this order`}
      actions={
        <Button kind="secondary" busy={remove.isPending} onClick={() => remove.mutate(code)}>
          Go on without it
        </Button>
      }
    >
      Nothing was charged. {sentence(failure.message)}
    </Notice>
  );
}

const isAbout = (failure: ApiError, code: string) =>
  failure.errors.some(({ field, detail }) => field === 'coupons' && detail.startsWith(code));

function OutOfStock({ failure, cart }: { failure: ApiError; cart: Cart }) {
  const lines = failure.errors.map(({ field, detail }) => {
    const sku = field.replace(/^items\./, '');
    return { sku, title: cart.items.find((item) => item.sku === sku)?.title ?? sku, detail };
  });
  return (
    <Notice
      tone="warn"
      title="Somebody was faster"
      actions={
        <Link to="/cart" className="link inline-flex min-h-11 items-center text-ink">
          Change the cart
        </Link>
      }
    >
      <p>Nothing was charged. There is not enough of:</p>
      <ul className="mt-1 list-disc pl-5">
        {lines.map(({ sku, title, detail }) => (
          <li key={sku}>
            {title} – {detail}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
