// What was sold in a span of time, a card a currency; the span stands in the address.
import Download from '@mui/icons-material/Download';
import { Alert, Box, Button, Stack, Typography } from '@mui/material';
import { api, ApiError, type SalesReport as Report } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { Title } from 'react-admin';
import { useSearchParams } from 'react-router-dom';
import { CurrencyCard } from './CurrencyCard';
import { dayBefore, spanOf, type Span } from './span';
import { SpanChooser } from './SpanChooser';

const FILE = '/api/v1/admin/reports/sales.csv';

export function SalesReport() {
  const [params, setParams] = useSearchParams();
  const span = spanOf(params);
  const { data, error, isPending } = useQuery({
    queryKey: ['sales', span.from, span.until],
    queryFn: () => api.get<Report>('/admin/reports/sales', span),
  });
  const query = new URLSearchParams({ from: span.from, until: span.until });
  return (
    <Box sx={{ mt: 2 }}>
      <Title title="Sales" />
      <Stack spacing={2}>
        <SpanChooser
          span={span}
          onChange={(next) => setParams({ from: next.from, until: next.until })}
        />
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
          <Typography component="h1" variant="h6" sx={{ flex: 1 }}>
            {nameOf(span)}
          </Typography>
          <Button
            component="a"
            href={`${FILE}?${query.toString()}`}
            download
            startIcon={<Download />}
          >
            Table (CSV)
          </Button>
        </Box>
        {error && <Alert severity="error">{sentenceOf(error)}</Alert>}
        {isPending && <Typography>Loading…</Typography>}
        {data?.currencies.map((sales) => (
          <CurrencyCard key={sales.currency} sales={sales} />
        ))}
        <Typography variant="body2" color="textSecondary">
          Money counts on the day it was taken or given back; days begin at midnight UTC.
        </Typography>
      </Stack>
    </Box>
  );
}

/** Of a span that is none what is wrong with it. */
function sentenceOf(error: Error): string {
  const [first] = error instanceof ApiError ? error.errors : [];
  return first ? `The span in the address: ${first.field} ${first.detail}.` : error.message;
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** By its days, the last one included; by its moments when it does not begin and end at midnight. */
function nameOf({ from, until }: Span): string {
  if (from.length > 10 || until.length > 10)
    return `${moment.format(new Date(from))} until ${moment.format(new Date(until))} UTC`;
  const last = dayBefore(until);
  const first = day.format(new Date(from));
  return last <= from ? first : `${first} to ${day.format(new Date(last))}`;
}
