// The first page: the newest orders and what is in the catalogue, each for those who may see it.
import { Box, Card, CardContent, Link as MuiLink, Stack, Typography } from '@mui/material';
import { formatMoney, type Order, type ProductSummary } from '@souk/shared';
import type { ReactNode } from 'react';
import { RecordContextProvider, Title, useGetList, usePermissions } from 'react-admin';
import { Link } from 'react-router-dom';
import { MoneyField } from '../../components/MoneyField';
import { StateChip } from '../../components/StateChip';
import { Thumb } from '../../components/Thumb';
import { SUMMARIES } from '../../lib/dataProvider';
import { formatMoment, statusWord } from '../../lib/format';
import { maySee, type Roles } from '../../lib/roles';

const PAGE = { pagination: { page: 1, perPage: 8 } };

export function Dashboard() {
  const { permissions } = usePermissions<Roles>();
  return (
    <Box sx={{ mt: 2, display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', lg: '1fr 1fr' } }}>
      <Title title="Shop dashboard" />
      {maySee(permissions, 'orders') && <NewestOrders />}
      {maySee(permissions, 'products') && <Catalogue />}
    </Box>
  );
}

interface PanelProps {
  title: string;
  to: string;
  error: Error | null;
  children: ReactNode;
}

function Panel({ title, to, error, children }: PanelProps) {
  return (
    <Card>
      <CardContent>
        <Stack
          direction="row"
          sx={{ justifyContent: 'space-between', alignItems: 'baseline', mb: 1 }}
        >
          <Typography variant="h6" component="h2">
            {title}
          </Typography>
          <MuiLink component={Link} to={to}>
            All
          </MuiLink>
        </Stack>
        {error ? <Typography color="error">{error.message}</Typography> : children}
      </CardContent>
    </Card>
  );
}

function NewestOrders() {
  const { data: orders = [], total, isPending, error } = useGetList<Order>('orders', PAGE);
  return (
    <Panel
      title={total === undefined ? 'Orders' : `Orders (${total.toLocaleString()})`}
      to="/orders"
      error={error}
    >
      {orders.length === 0 && <Typography>{isPending ? 'Loading…' : 'No order yet.'}</Typography>}
      {orders.map((order) => (
        <RecordContextProvider key={order.id} value={order}>
          <Stack direction="row" spacing={2} sx={{ py: 1, alignItems: 'center' }}>
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <MuiLink component={Link} to={`/orders/${order.id}/show`}>
                {order.number}
              </MuiLink>
              <Typography variant="body2" noWrap>
                {formatMoment(order.placed_at)}, {order.email}
              </Typography>
            </Box>
            <StateChip />
            <Typography>{formatMoney(order.total_minor, order.currency)}</Typography>
          </Stack>
        </RecordContextProvider>
      ))}
    </Panel>
  );
}

function Catalogue() {
  const {
    data: products = [],
    total,
    isPending,
    error,
  } = useGetList<ProductSummary>('products', { ...PAGE, meta: SUMMARIES });
  return (
    <Panel
      title={total === undefined ? 'Products' : `Products (${total.toLocaleString()})`}
      to="/products"
      error={error}
    >
      {products.length === 0 && (
        <Typography>{isPending ? 'Loading…' : 'No product yet.'}</Typography>
      )}
      {products.map((product) => (
        <RecordContextProvider key={product.id} value={product}>
          <Stack direction="row" spacing={2} sx={{ py: 0.75, alignItems: 'center' }}>
            <Thumb />
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <MuiLink component={Link} to={`/products/${product.id}/show`}>
                {product.title}
              </MuiLink>
              <Typography variant="body2">{statusWord(product.status)}</Typography>
            </Box>
            <MoneyField source="price_minor" />
          </Stack>
        </RecordContextProvider>
      ))}
    </Panel>
  );
}
