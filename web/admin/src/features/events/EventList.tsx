// What was given up after all its attempts, and why; one button gives it all of them again.
import { Alert, Box, Button, Card, CardContent, Stack, Typography } from '@mui/material';
import { api, type OutboxEvent, type OutboxPage } from '@souk/shared';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Title, useNotify } from 'react-admin';
import { formatMoment } from '../../lib/format';

const KEY = ['events'];

/** By who was to take it; of what a newer shop knows besides, its own name is shown. */
const PURPOSES: Record<string, string> = {
  mail_order: 'Mail about an order',
  mail_registered: 'Mail to confirm an e-mail',
  mail_known: 'Mail that there is an account already',
  mail_reset: 'Mail to choose a new password',
  mail_report: 'Mail of the sales',
  mail_resend: 'Mail that staff sent again',
  order_payment_returned: 'Money that went back, for the history of its order',
  session_copy_end: 'End of a session, for its copies',
};

export function EventList() {
  const { data, error, isPending } = useQuery({
    queryKey: KEY,
    queryFn: () => api.get<OutboxPage>('/admin/outbox'),
  });
  return (
    <Box sx={{ mt: 2 }}>
      <Title title="Set aside" />
      <Typography sx={{ mb: 2 }} color="textSecondary">
        Mails and messages that could not be delivered for hours. Remove the cause, then try them
        again.
      </Typography>
      {error && <Alert severity="error">{error.message}</Alert>}
      {isPending && <Typography>Loading…</Typography>}
      {data && <Events page={data} />}
    </Box>
  );
}

const Events = ({ page }: { page: OutboxPage }) => (
  <Stack spacing={2}>
    {page.away.length > 0 && (
      <Alert severity="warning">
        Not complete: no answer from {page.away.join(', ')}. Look again in a moment.
      </Alert>
    )}
    {page.items.length === 0 && page.away.length === 0 && (
      <Alert severity="success">Nothing was given up.</Alert>
    )}
    {page.items.map((event) => (
      <EventCard key={event.id} event={event} />
    ))}
  </Stack>
);

function EventCard({ event }: { event: OutboxEvent }) {
  const notify = useNotify();
  const queries = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.post(`/admin/outbox/${event.id}/retry`),
    onSuccess: () => {
      notify('It is tried again now.', { type: 'success' });
      return queries.invalidateQueries({ queryKey: KEY });
    },
    onError: (failure) => notify(failure.message, { type: 'error' }),
  });
  return (
    <Card variant="outlined">
      <CardContent>
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
          <Box sx={{ flex: 1, minWidth: 0 }}>
            <Typography component="h2" variant="subtitle1">
              {PURPOSES[event.consumer] ?? event.consumer}
            </Typography>
            <Typography variant="body2" color="textSecondary">
              {event.topic} → {event.consumer}. Made {formatMoment(event.created_at)}, given up{' '}
              {event.set_aside_at ? formatMoment(event.set_aside_at) : ''} after {event.attempts}{' '}
              attempts
            </Typography>
          </Box>
          <Button variant="outlined" loading={isPending} onClick={() => mutate()}>
            Try again
          </Button>
        </Box>
        <Typography sx={{ mt: 1, overflowWrap: 'anywhere' }}>{event.last_error}</Typography>
        <Box
          component="pre"
          tabIndex={0}
          aria-label="What it says"
          sx={{ m: 0, mt: 1, fontSize: 12, overflow: 'auto', maxHeight: 160 }}
        >
          {JSON.stringify(event.payload, null, 1)}
        </Box>
      </CardContent>
    </Card>
  );
}
