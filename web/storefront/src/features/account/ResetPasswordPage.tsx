// The page behind the link in a password mail.
import { api, ApiError } from '@souk/shared';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { button } from '../../components/classes';
import { Failure } from '../../components/Failure';
import { PasswordField } from '../../components/Field';
import { Page } from '../../components/Page';
import { passwordErrors, useForm } from '../../lib/form';
import { usePageTitle } from '../../lib/page';

const route = getRouteApi('/reset-password');

export function ResetPasswordPage() {
  const { token } = route.useSearch();
  const [done, setDone] = useState(false);
  usePageTitle('Set a new password');
  const form = useForm({
    id: 'reset',
    initial: { password: '' },
    validate: passwordErrors,
    async onSubmit({ password }) {
      await api.post(`/password-resets/${encodeURIComponent(token ?? '')}`, { body: { password } });
      setDone(true);
    },
  });
  if (done) {
    return (
      <Page
        narrow
        title="Your new password is set"
        intro="You were logged out everywhere. Log in with the new one."
      >
        <Link to="/account/login" className={button.primary}>
          Log in
        </Link>
      </Page>
    );
  }
  if (!token || (form.failure instanceof ApiError && isDead(form.failure))) {
    return (
      <Page narrow title="This link no longer works" intro="It was used already, or it is too old.">
        <Link to="/account/forgot" className={button.primary}>
          Ask for a new one
        </Link>
      </Page>
    );
  }
  return (
    <Page narrow title="Set a new password">
      <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
        <PasswordField
          {...form.bind('password')}
          label="New password"
          autoComplete="new-password"
        />
        {!!form.failure && <Failure error={form.failure} />}
        <Button type="submit" busy={form.busy}>
          Set the password
        </Button>
      </form>
    </Page>
  );
}

const isDead = (error: ApiError) =>
  error.status === 404 || error.status === 410 || error.code === 'not_found';
