// Name, password, and where this account is logged in.
import type { OpenSession } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { card, cx } from '../../components/classes';
import { Failure } from '../../components/Failure';
import { Field, PasswordField } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { queryClient } from '../../lib/client';
import { passwordErrors, required, useForm } from '../../lib/form';
import { changeName, changePassword, openSessionsQuery, useEndSession } from '../../lib/me';
import { deviceName } from '../../lib/device';
import { formatMoment, usePageTitle } from '../../lib/page';
import { sessionQuery, useSession } from '../../lib/session';

export function SecurityPage() {
  usePageTitle('Details and security');
  return (
    <div className="flex max-w-2xl flex-col gap-14">
      <NameForm />
      <PasswordForm />
      <Sessions />
    </div>
  );
}

function NameForm() {
  const { data: session } = useSession();
  const [saved, setSaved] = useState(false);
  const form = useForm({
    id: 'details',
    initial: { name: session?.user.name ?? '' },
    validate: (values) => required(values, { name: 'your name' }),
    async onSubmit({ name }) {
      setSaved(false);
      const user = await changeName(name.trim());
      queryClient.setQueryData(
        sessionQuery.queryKey,
        (now) => now && { ...now, user: { ...now.user, ...user } },
      );
      setSaved(true);
    },
  });
  return (
    <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
      <h2 className="text-heading">Your details</h2>
      <Field {...form.bind('name')} label="Name" autoComplete="name" />
      {!!form.failure && <Failure error={form.failure} />}
      {saved && <Notice tone="good">Saved.</Notice>}
      <Button type="submit" kind="secondary" busy={form.busy} className="self-start">
        Save
      </Button>
    </form>
  );
}

function PasswordForm() {
  const [saved, setSaved] = useState(false);
  const form = useForm({
    id: 'password',
    initial: { current_password: '', password: '' },
    validate: (values) => ({
      ...required(values, { current_password: 'the password that you have now' }),
      ...passwordErrors(values),
    }),
    async onSubmit({ current_password, password }) {
      setSaved(false);
      await changePassword(current_password, password);
      form.set({ current_password: '', password: '' });
      setSaved(true);
    },
  });
  return (
    <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
      <h2 className="text-heading">Password</h2>
      <PasswordField
        {...form.bind('current_password')}
        label="Password now"
        autoComplete="current-password"
      />
      <PasswordField {...form.bind('password')} label="New password" autoComplete="new-password" />
      {!!form.failure && <Failure error={form.failure} />}
      {saved && <Notice tone="good">Your password is changed.</Notice>}
      <Button type="submit" kind="secondary" busy={form.busy} className="self-start">
        Change the password
      </Button>
    </form>
  );
}

function Sessions() {
  const { data: sessions, error, refetch } = useQuery(openSessionsQuery);
  return (
    <section className="flex flex-col gap-5">
      <h2 className="text-heading">Where you are logged in</h2>
      {error && !sessions && <Failure error={error} retry={() => void refetch()} />}
      <ul className="flex flex-col gap-3">
        {sessions?.map((session) => (
          <li key={session.id}>
            <SessionRow session={session} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SessionRow({ session }: { session: OpenSession }) {
  const { data: own } = useSession();
  const end = useEndSession();
  const isHere = session.current || session.id === own?.id;
  return (
    <div className={cx(card, 'flex items-center justify-between gap-4 px-5 py-3')}>
      <div className="min-w-0">
        <p className="truncate">{deviceName(session.user_agent)}</p>
        <p className="text-sm text-muted">since {formatMoment(session.created_at)}</p>
        {end.isError && <Failure error={end.error} />}
      </div>
      {isHere ? (
        <span className="text-sm text-good">Here</span>
      ) : (
        <Button kind="quiet" busy={end.isPending} onClick={() => end.mutate(session.id)}>
          Log out there
        </Button>
      )}
    </div>
  );
}
