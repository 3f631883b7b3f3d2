// A customer's orders, newest first.
import { formatMoney, type Order } from '@souk/shared';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from '../../components/Button';
import { button, card, cx } from '../../components/classes';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Picture } from '../../components/Picture';
import { myOrdersQuery, STATE_WORDS } from '../../lib/orders';
import { formatDate, usePageTitle } from '../../lib/page';

export function OrdersPage() {
  const query = useInfiniteQuery(myOrdersQuery);
  const orders = query.data?.pages.flatMap(({ items }) => items) ?? [];
  usePageTitle('Your orders');
  if (query.isPending) return <div aria-hidden className="skeleton h-40 rounded-xl" />;
  if (query.isError && orders.length === 0)
    return <Failure error={query.error} retry={() => void query.refetch()} />;
  return (
    <section>
      <h2 className="mb-5 text-heading">Orders</h2>
      {orders.length === 0 && (
        <Empty title="You have not ordered anything yet.">
          <Link to="/" className={button.primary}>
            Look around
          </Link>
        </Empty>
      )}
      <ul className="flex flex-col gap-4">
        {orders.map((order) => (
          <li key={order.id}>
            <OrderRow order={order} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          kind="secondary"
          className="mt-6"
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show older orders
        </Button>
      )}
    </section>
  );
}

function OrderRow({ order }: { order: Order }) {
  return (
    <article
      className={cx(
        card,
        'relative flex flex-col gap-4 p-4 hover:border-edge sm:flex-row sm:items-center sm:p-5',
      )}
    >
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <h3 className="font-medium">
          <Link to="/orders/$id" params={{ id: order.id }} className="after:absolute after:inset-0">
            Order {order.number}
          </Link>
        </h3>
        <p className="text-[0.9375rem] text-muted">
          {formatDate(order.placed_at)} ·{' '}
          <span className="amount">{formatMoney(order.total_minor, order.currency)}</span> ·{' '}
          {STATE_WORDS[order.state]}
        </p>
      </div>
      <div className="flex gap-2">
        {order.items.slice(0, 4).map((item) => (
          <span key={item.sku} className="w-14">
            <Picture image={item.image} alt={item.title} sizes="56px" />
          </span>
        ))}
      </div>
    </article>
  );
}
