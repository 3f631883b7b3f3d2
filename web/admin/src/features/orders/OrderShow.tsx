// One order: what, for whom, for how much, what happened; cancel and refund for those who may.
import { Alert, Box, Card, CardContent, Divider, Stack, Typography } from '@mui/material';
import { formatMoney, type Order, type PostalAddress } from '@souk/shared';
import { Show, usePermissions, useRecordContext } from 'react-admin';
import { StateChip } from '../../components/StateChip';
import { countryName, formatMoment, paymentWord, STATES } from '../../lib/format';
import { mayChange, type Roles } from '../../lib/roles';
import { OrderActions } from './OrderActions';
import { pendingText } from './pending';

const LOOK_AGAIN_MS = 5_000;

/** Looks again by itself while something is under way. */
export const OrderShow = () => (
  <Show<Order>
    component="div"
    queryOptions={{
      refetchInterval: ({ state }) => (state.data?.wanted ? LOOK_AGAIN_MS : false),
    }}
  >
    <OrderView />
  </Show>
);

function OrderView() {
  const order = useRecordContext<Order>();
  const { permissions } = usePermissions<Roles>();
  if (!order) return null;
  const pending = pendingText(order);
  return (
    <Stack spacing={2}>
      <Stack direction="row" spacing={2} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography variant="h5" component="h2">
          {order.number}
        </Typography>
        <StateChip />
        <Box sx={{ flex: 1 }} />
        {mayChange(permissions, 'orders') && <OrderActions order={order} />}
      </Stack>
      {pending && <Alert severity="info">{pending}</Alert>}
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '2fr minmax(0, 1fr)' },
        }}
      >
        <Card>
          <CardContent>
            <Lines order={order} />
            <Sums order={order} />
          </CardContent>
        </Card>
        <Stack spacing={2}>
          <Facts order={order} />
          <History order={order} />
        </Stack>
      </Box>
    </Stack>
  );
}

function Lines({ order }: { order: Order }) {
  return (
    <Box
      component="table"
      sx={{
        width: '100%',
        borderCollapse: 'collapse',
        '& td, & th': { py: 1, textAlign: 'left' },
        '& td + td, & th + th': { pl: 2 },
      }}
    >
      <thead>
        <tr>
          <th scope="col">Article</th>
          <Box component="th" scope="col" sx={{ textAlign: 'right !important' }}>
            Pieces
          </Box>
          <Box component="th" scope="col" sx={{ textAlign: 'right !important' }}>
            Total
          </Box>
        </tr>
      </thead>
      <tbody>
        {order.items.map((item) => (
          <tr key={item.sku}>
            <td>
              {item.title}
              <Typography variant="body2" color="textSecondary">
                {[item.variant_title, item.sku].filter(Boolean).join(' · ')}
              </Typography>
            </td>
            <Box component="td" sx={{ textAlign: 'right !important' }}>
              {item.quantity}
            </Box>
            <Box component="td" sx={{ textAlign: 'right !important' }}>
              {formatMoney(item.total_minor, order.currency)}
            </Box>
          </tr>
        ))}
      </tbody>
    </Box>
  );
}

function Sums({ order }: { order: Order }) {
  const captured = order.payment?.captured_minor ?? 0;
  const rows = [
    ['Subtotal', order.subtotal_minor],
    ['Discount', -order.discount_minor],
    ['Delivery', order.shipping_minor],
    [order.prices_include_tax ? 'Tax, included' : 'Tax', order.tax_minor],
    ['Total', order.total_minor],
    ['Captured', captured === order.total_minor ? 0 : captured],
    ['Refunded', order.refunded_minor],
  ] as const;
  return (
    <>
      <Divider sx={{ my: 1 }} />
      {rows
        .filter(([name, minor]) => minor !== 0 || name === 'Total')
        .map(([name, minor]) => (
          <Stack key={name} direction="row" sx={{ justifyContent: 'space-between', py: 0.25 }}>
            <Typography sx={{ fontWeight: name === 'Total' ? 600 : 400 }}>{name}</Typography>
            <Typography sx={{ fontWeight: name === 'Total' ? 600 : 400 }}>
              {formatMoney(minor, order.currency)}
            </Typography>
          </Stack>
        ))}
    </>
  );
}

function Facts({ order }: { order: Order }) {
  return (
    <Card>
      <CardContent>
        <Typography variant="subtitle2">Customer</Typography>
        <Typography sx={{ overflowWrap: 'anywhere' }}>{order.email}</Typography>
        <Typography variant="body2">placed {formatMoment(order.placed_at)}</Typography>
        {order.shipping_address && <Address title="Goes to" address={order.shipping_address} />}
        {order.shipping_option && (
          <Typography variant="body2">Delivery: {order.shipping_option.name}</Typography>
        )}
        {order.billing_address && <Address title="Invoice to" address={order.billing_address} />}
        {order.payment && (
          <>
            <Typography variant="subtitle2" sx={{ mt: 2 }}>
              Payment
            </Typography>
            <Typography>
              {paymentWord(order.payment.state)} · {order.payment.provider}
            </Typography>
            {order.payment.reference && (
              <Typography variant="body2">{order.payment.reference}</Typography>
            )}
          </>
        )}
        {order.note && (
          <>
            <Typography variant="subtitle2" sx={{ mt: 2 }}>
              Note
            </Typography>
            <Typography>{order.note}</Typography>
          </>
        )}
      </CardContent>
    </Card>
  );
}

function Address({ title, address }: { title: string; address: PostalAddress }) {
  const { name, company, line1, line2, postcode, city, region, country, phone } = address;
  const town = [postcode, city, region].filter(Boolean).join(' ');
  return (
    <>
      <Typography variant="subtitle2" sx={{ mt: 2 }}>
        {title}
      </Typography>
      {[name, company, line1, line2, town, countryName(country), phone]
        .filter(Boolean)
        .map((line, index) => (
          <Typography key={index}>{line}</Typography>
        ))}
    </>
  );
}

function History({ order }: { order: Order }) {
  return (
    <Card>
      <CardContent>
        <Typography variant="subtitle2">What happened</Typography>
        {order.history.map(({ state, at, note }, index) => (
          <Typography key={index} variant="body2">
            {formatMoment(at)}:{' '}
            {state === 'prepared' ? 'Placed' : (STATES[state as Order['state']]?.name ?? state)}
            {note && ` – ${note}`}
          </Typography>
        ))}
      </CardContent>
    </Card>
  );
}
