// The figures of one currency and what sold best in it.
import {
  Box,
  Card,
  CardContent,
  Link as MuiLink,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  Typography,
} from '@mui/material';
import { formatMoney, type Sales } from '@souk/shared';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';

export function CurrencyCard({ sales }: { sales: Sales }) {
  const money = (minor: number) => formatMoney(minor, sales.currency);
  const count = (number: number) => number.toLocaleString();
  return (
    <Card>
      <CardContent>
        <Typography variant="h6" component="h2">
          {sales.currency}
        </Typography>
        <Figures>
          <Figure name="Gross" value={money(sales.gross_minor)} isMain />
          <Figure name="Refunds" value={money(sales.refunded_minor)} isMain />
          <Figure name="Net" value={money(sales.net_minor)} isMain />
          <Figure
            name="Average order"
            value={sales.average_minor === null ? '–' : money(sales.average_minor)}
            isMain
          />
        </Figures>
        <Figures>
          <Figure name="Orders paid" value={count(sales.orders_paid)} />
          <Figure name="Orders cancelled" value={count(sales.orders_cancelled)} />
          <Figure name="Orders refunded" value={count(sales.orders_refunded)} />
          <Figure name="Pieces sold" value={count(sales.pieces)} />
          <Figure name="Tax in gross" value={money(sales.tax_minor)} />
          <Figure name="Shipping in gross" value={money(sales.shipping_minor)} />
          <Figure name="Discounts" value={money(sales.discount_minor)} />
        </Figures>
        {sales.orders_archived > 0 && (
          <Typography variant="body2" sx={{ mt: 1 }}>
            {count(sales.orders_archived)} of the orders paid are archived: their money is counted;
            tax, shipping, discounts and pieces are not.
          </Typography>
        )}
        {sales.products.length > 0 && <BestSellers sales={sales} />}
        <Waiting sales={sales} />
      </CardContent>
    </Card>
  );
}

const Figures = ({ children }: { children: ReactNode }) => (
  <Box
    component="dl"
    sx={{
      m: 0,
      mt: 1.5,
      display: 'grid',
      gap: 1.5,
      gridTemplateColumns: 'repeat(auto-fill, minmax(130px, 1fr))',
    }}
  >
    {children}
  </Box>
);

interface FigureProps {
  name: string;
  value: string;
  isMain?: boolean;
}

const Figure = ({ name, value, isMain = false }: FigureProps) => (
  <div>
    <Typography component="dt" variant="body2" color="textSecondary">
      {name}
    </Typography>
    <Typography
      component="dd"
      variant={isMain ? 'h6' : 'body1'}
      sx={{ m: 0, fontVariantNumeric: 'tabular-nums' }}
    >
      {value}
    </Typography>
  </div>
);

const BestSellers = ({ sales }: { sales: Sales }) => (
  <Box sx={{ mt: 2 }}>
    <Typography variant="subtitle1" component="h3">
      Sold best
    </Typography>
    <Table size="small" aria-label={`Sold best in ${sales.currency}`}>
      <TableHead>
        <TableRow>
          <TableCell sx={{ pl: 0 }}>Product</TableCell>
          <TableCell align="right">Pieces</TableCell>
          <TableCell align="right" sx={{ pr: 0 }}>
            Paid
          </TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {sales.products.map((product) => (
          <TableRow key={product.handle}>
            <TableCell sx={{ pl: 0, overflowWrap: 'anywhere' }}>{product.title}</TableCell>
            <TableCell align="right">{product.pieces.toLocaleString()}</TableCell>
            <TableCell align="right" sx={{ pr: 0 }}>
              {formatMoney(product.total_minor, sales.currency)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  </Box>
);

/** As it is now, whatever the span. */
const Waiting = ({ sales }: { sales: Sales }) => (
  <Typography sx={{ mt: 2 }} variant="body2">
    Now waiting:{' '}
    <WaitingLink state="pending_payment" count={sales.waiting_payment} what="to be paid" />,{' '}
    <WaitingLink state="authorized" count={sales.waiting_capture} what="to be captured and sent" />.
  </Typography>
);

interface WaitingLinkProps {
  state: string;
  count: number;
  what: string;
}

function WaitingLink({ state, count, what }: WaitingLinkProps) {
  const text = `${count.toLocaleString()} ${what}`;
  const filter = new URLSearchParams({ filter: JSON.stringify({ state }) });
  return count === 0 ? (
    text
  ) : (
    <MuiLink component={Link} to={`/orders?${filter.toString()}`}>
      {text}
    </MuiLink>
  );
}
