// Make an account. The answer is the same whether the e-mail is known or not; the mail says the
// rest.
import { api, LIMITS } from '@souk/shared';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field, PasswordField } from '../../components/Field';
import { Page } from '../../components/Page';
import { isEmail, passwordErrors, required, useForm } from '../../lib/form';
import { usePageTitle } from '../../lib/page';

export function RegisterPage() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  usePageTitle('Make an account');
  const form = useForm({
    id: 'register',
    initial: { name: '', email: '', password: '' },
    validate: (values) => ({
      ...required(values, { name: 'your name' }),
      ...passwordErrors(values),
      ...(!isEmail(values.email) && { email: 'Enter an e-mail address, like name@example.com.' }),
    }),
    async onSubmit({ name, email, password }) {
      await api.post('/users', { body: { name: name.trim(), email: email.trim(), password } });
      setSentTo(email.trim());
    },
  });
  if (sentTo) {
    return (
      <Page
        narrow
        title="Look into your mail"
        intro={`A message is on its way to ${sentTo}. Open the link in it to go on.`}
      />
    );
  }
  return (
    <Page
      narrow
      title="Make an account"
      intro="It keeps your orders and addresses. Buying works without one, too."
    >
      <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
        <Field {...form.bind('name')} label="Name" autoComplete="name" />
        <Field
          {...form.bind('email')}
          type="email"
          label="E-mail"
          autoComplete="username"
          inputMode="email"
        />
        <PasswordField
          {...form.bind('password')}
          label="Password"
          hint={`At least ${LIMITS.user_new.password.min} characters. Three or four words are good.`}
          autoComplete="new-password"
        />
        {!!form.failure && <Failure error={form.failure} />}
        <Button type="submit" busy={form.busy}>
          Make the account
        </Button>
        <p className="text-[0.9375rem] text-muted">
          Have one?{' '}
          <Link to="/account/login" className="link text-ink">
            Log in
          </Link>
        </p>
      </form>
    </Page>
  );
}
