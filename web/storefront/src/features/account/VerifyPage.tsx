// The page behind the link in a welcome mail: confirms the e-mail and logs in.
import { api, ApiError, type Session } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { button } from '../../components/classes';
import { FailurePage } from '../../components/Failure';
import { Page } from '../../components/Page';
import { usePageTitle } from '../../lib/page';
import { adoptSession } from '../../lib/session';

const route = getRouteApi('/verify');

export function VerifyPage() {
  const { token } = route.useSearch();
  usePageTitle('Confirm your e-mail');
  // A query, not a mutation: a token works once, and its answer must survive a second rendering.
  const { data, error, refetch } = useQuery({
    queryKey: ['verify', token],
    queryFn: async () =>
      adoptSession(await api.post<Session>('/email-verifications', { body: { token } })),
    enabled: !!token,
    staleTime: Infinity,
  });
  if (!token || (error instanceof ApiError && error.status < 500 && error.status !== 429))
    return <DeadLink />;
  if (error) return <FailurePage error={error} retry={() => void refetch()} />;
  if (!data) return <Page narrow title="Confirming your e-mail…" />;
  return (
    <Page
      narrow
      title="Your e-mail is confirmed"
      intro={`Welcome, ${data.user.name}. You are logged in.`}
    >
      <Link to="/" className={button.primary}>
        Look around
      </Link>
    </Page>
  );
}

function DeadLink() {
  return (
    <Page
      narrow
      title="This link no longer works"
      intro="It was used already, or it is too old. If it was you, just log in."
    >
      <Link to="/account/login" className={button.primary}>
        Log in
      </Link>
    </Page>
  );
}
