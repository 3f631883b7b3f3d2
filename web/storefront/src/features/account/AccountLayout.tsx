// The frame of a customer's pages. Who is not logged in goes to the log-in page and comes back
// after it.
import type { Session } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { FailurePage } from '../../components/Failure';
import { Notice } from '../../components/Notice';
import { logOut, readSession, useSession } from '../../lib/session';

const LINKS = [
  { to: '/account', name: 'Orders' },
  { to: '/account/addresses', name: 'Addresses' },
  { to: '/account/security', name: 'Details and security' },
] as const;

export function AccountLayout() {
  const known = useSession();
  const asked = useQuery({
    queryKey: ['session-check'],
    queryFn: readSession,
    enabled: known.data === null,
    staleTime: 0,
    gcTime: 0,
  });
  if (known.data) return <AccountFrame session={known.data} />;
  const error = known.error ?? asked.error;
  if (error) return <FailurePage error={error} retry={() => void asked.refetch()} />;
  if (known.isPending || asked.isPending) return <div aria-hidden className="page min-h-[60vh]" />;
  return <ToLogIn />;
}

/** Remembers where it was when it began to leave: the address has changed before it is gone. */
function ToLogIn() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [next] = useState(path);
  return <Navigate to="/account/login" search={{ next }} replace />;
}

function AccountFrame({ session }: { session: Session }) {
  const navigate = useNavigate();
  const { user } = session;
  return (
    <div className="page pt-8 lg:pt-12">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <p className="mb-1 text-muted">{user.email}</p>
          <h1 className="text-title">Hello, {user.name || 'you'}</h1>
        </div>
        <Button kind="secondary" onClick={() => void logOut(() => navigate({ to: '/' }))}>
          Log out
        </Button>
      </div>
      {!user.verified && (
        <Notice tone="warn" className="mt-6" title="Your e-mail is not confirmed yet">
          Open the link in the mail that was sent to {user.email}.
        </Notice>
      )}
      <div className="mt-8 grid gap-x-14 gap-y-8 lg:grid-cols-[13rem_1fr]">
        <nav aria-label="Your account" className="min-w-0">
          <ul className="track -mx-4 flex gap-1 overflow-x-auto border-b border-line px-4 lg:mx-0 lg:flex-col lg:border-0 lg:px-0">
            {LINKS.map(({ to, name }) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact: true }}
                  className="flex min-h-11 items-center border-b-2 border-transparent px-3 whitespace-nowrap text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink lg:rounded-lg lg:border-0 lg:aria-[current=page]:bg-tile"
                >
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="min-w-0">
          <Outlet />
        </div>
      </div>
    </div>
  );
}
