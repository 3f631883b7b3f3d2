// Ask for a link that sets a new password. The answer does not tell whether the e-mail is known.
import { api } from '@souk/shared';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { Page } from '../../components/Page';
import { isEmail, required, useForm } from '../../lib/form';
import { usePageTitle } from '../../lib/page';

export function ForgotPage() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  usePageTitle('Forgot the password');
  const form = useForm({
    id: 'forgot',
    initial: { email: '' },
    validate: ({ email }) =>
      required(
        { email: isEmail(email) ? email : '' },
        { email: 'an e-mail address, like name@example.com' },
      ),
    async onSubmit({ email }) {
      await api.post('/password-resets', { body: { email: email.trim() } });
      setSentTo(email.trim());
    },
  });
  if (sentTo) {
    return (
      <Page
        narrow
        title="Look into your mail"
        intro={`If ${sentTo} has an account here, a link to set a new password is on its way.`}
      />
    );
  }
  return (
    <Page
      narrow
      title="Set a new password"
      intro="Tell us your e-mail address; a link comes by mail."
    >
      <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
        <Field
          {...form.bind('email')}
          type="email"
          label="E-mail"
          autoComplete="username"
          inputMode="email"
        />
        {!!form.failure && <Failure error={form.failure} />}
        <Button type="submit" busy={form.busy}>
          Send the link
        </Button>
      </form>
    </Page>
  );
}
