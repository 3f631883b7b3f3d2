// An order, for its owner: just placed, waiting for its payment, or years later from the link in
// the mail.
import { ApiError, type Order, type OrderState } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { AddressText } from '../../components/AddressText';
import { button, card, cx } from '../../components/classes';
import { FailurePage } from '../../components/Failure';
import { LineItem } from '../../components/LineItem';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { Totals } from '../../components/Totals';
import { itemCount, useCart } from '../../lib/cart';
import { orderQuery, pollMs, STATE_WORDS } from '../../lib/orders';
import { formatDate, formatMoment, usePageTitle } from '../../lib/page';
import { useFollowedOrder } from './followOrder';

const route = getRouteApi('/orders/$id');

export function OrderPage() {
  const { id } = route.useParams();
  const { token } = route.useSearch();
  const followed = useFollowedOrder(id, token);
  const query = useQuery({
    ...orderQuery(id, token),
    refetchInterval: followed ? false : pollMs,
  });
  const { data: order, isPending, error, refetch } = query;
  usePageTitle(order ? `Order ${order.number}` : 'Order');
  if (isPending) return <OrderSkeleton />;
  if (order) return <OrderView order={order} />;
  if (error instanceof ApiError && error.status < 500) return <Unknown />;
  return <FailurePage error={error} retry={() => void refetch()} />;
}

function Unknown() {
  return (
    <Page
      narrow
      title="This order cannot be shown"
      intro="Open the link in your confirmation mail, or log in to the account that placed the order."
    >
      <Link to="/account/login" className={button.primary}>
        Log in
      </Link>
    </Page>
  );
}

function OrderView({ order }: { order: Order }) {
  const placed = useRouterState({ select: ({ location }) => location.state.placed === true });
  const firstName = (order.shipping_address ?? order.billing_address)?.name.split(' ')[0];
  const thanks = placed && !['declined', 'cancelled'].includes(order.state);
  return (
    <Page
      title={thanks ? `Thank you${firstName ? `, ${firstName}` : ''}.` : `Order ${order.number}`}
      intro={
        <p>
          {thanks && (
            <>
              Your order number is{' '}
              <strong className="font-semibold text-ink">{order.number}</strong>.{' '}
            </>
          )}
          Placed on {formatDate(order.placed_at)}. A confirmation goes to {order.email}.
        </p>
      }
    >
      <StateNotice order={order} />
      <div className="mt-8 grid gap-x-14 gap-y-10 lg:grid-cols-[1fr_23rem]">
        <div className="flex flex-col gap-10">
          <ul className="divide-y divide-line border-y border-line">
            {order.items.map((item) => (
              <li key={item.sku} className="py-5">
                <LineItem item={item} currency={order.currency}>
                  <p className="text-sm text-muted">Quantity: {item.quantity}</p>
                </LineItem>
              </li>
            ))}
          </ul>
          <div className="grid gap-8 sm:grid-cols-2">
            {order.shipping_address && (
              <Block title="Goes to">
                <AddressText address={order.shipping_address} />
                {order.shipping_option && (
                  <p className="mt-2 text-muted">Delivery: {order.shipping_option.name}</p>
                )}
              </Block>
            )}
            {order.billing_address && (
              <Block title="Invoice to">
                <AddressText address={order.billing_address} />
              </Block>
            )}
            {order.note && <Block title="Your note">{order.note}</Block>}
          </div>
        </div>
        <aside aria-label="Sums and progress" className="flex flex-col gap-6 self-start">
          <div className={cx(card, 'p-5 sm:p-6')}>
            <Totals sums={order} shippingKnown refundedMinor={order.refunded_minor} />
          </div>
          <History order={order} />
        </aside>
      </div>
    </Page>
  );
}

const NOTICES: Record<
  OrderState,
  { tone: 'good' | 'info' | 'warn' | 'bad'; title: string; text: string }
> = {
  prepared: {
    tone: 'info',
    title: 'Your order is being placed',
    text: 'This page shows when it is done.',
  },
  pending_payment: {
    tone: 'info',
    title: 'Your order is accepted; the payment is not confirmed yet',
    text: 'The goods are kept for you. There is nothing to do: the payment is asked for again by itself, and you get a mail.',
  },
  authorized: {
    tone: 'good',
    title: 'The order is confirmed',
    text: 'Your bank holds the amount. It is taken when the goods are sent, and not before.',
  },
  paid: { tone: 'good', title: 'Paid', text: 'The order is confirmed.' },
  declined: {
    tone: 'bad',
    title: 'The payment was declined',
    text: 'Nothing was charged and nothing will be sent. Order again with another card.',
  },
  cancelled: { tone: 'warn', title: 'Cancelled', text: 'Nothing will be sent.' },
  refunded: {
    tone: 'info',
    title: 'Refunded',
    text: 'The money goes back the way it came. Banks take some days.',
  },
};

function StateNotice({ order }: { order: Order }) {
  const notice = NOTICES[order.state] as (typeof NOTICES)[OrderState] | undefined;
  if (order.queue_position !== null) return <QueueNotice position={order.queue_position} />;
  if (order.refusal === 'out_of_stock') return <SoldOutNotice />;
  if (!notice) return <Notice title={order.state} />;
  return (
    <Notice tone={notice.tone} title={notice.title}>
      {notice.text}
    </Notice>
  );
}

function QueueNotice({ position }: { position: number }) {
  return (
    <Notice title={`You are number ${position} in the queue`}>
      Many people are buying at this moment. Your order is safe with us, and its turn comes by
      itself: this page follows, and you get a mail. Nothing has been charged yet.
    </Notice>
  );
}

function SoldOutNotice() {
  const { cart } = useCart();
  return (
    <Notice
      tone="warn"
      title="Sold out when it was your turn"
      actions={
        itemCount(cart) > 0 && (
          <Link to="/cart" className="link">
            Back to your cart
          </Link>
        )
      }
    >
      We are sorry: others were first. Nothing was charged and nothing will be sent.
    </Notice>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

/** Why a payment waits is the provider's word for it, which tells a shopper nothing. */
function History({ order }: { order: Order }) {
  if (order.history.length === 0) return null;
  return (
    <Block title="What happened">
      <ol className="flex flex-col gap-2 text-[0.9375rem]">
        {order.history.map(({ state, at, note }, index) => (
          <li key={index} className="flex flex-wrap justify-between gap-x-4">
            <span>
              {state === 'prepared' ? 'Placed' : (STATE_WORDS[state as OrderState] ?? state)}
              {note && state !== 'pending_payment' && <span className="text-muted"> – {note}</span>}
            </span>
            <time dateTime={at} className="text-muted">
              {formatMoment(at)}
            </time>
          </li>
        ))}
      </ol>
    </Block>
  );
}

function OrderSkeleton() {
  return (
    <div aria-hidden className="page flex flex-col gap-5 pt-12">
      <div className="skeleton h-10 w-72" />
      <div className="skeleton h-16 rounded-xl" />
      <div className="skeleton h-64 rounded-xl" />
    </div>
  );
}
