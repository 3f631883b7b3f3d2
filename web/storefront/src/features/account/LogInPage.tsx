// Log in, then back to where one was.
import { ApiError } from '@souk/shared';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field, PasswordField } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { required, useForm } from '../../lib/form';
import { usePageTitle } from '../../lib/page';
import { logIn } from '../../lib/session';

const route = getRouteApi('/account/login');

/** Only a path of this shop: a link must not send people elsewhere after they logged in. */
const safeNext = (next: string | undefined) => (next && /^\/[^/\\]/.test(next) ? next : '/account');

export function LogInPage() {
  const { next } = route.useSearch();
  const navigate = useNavigate();
  usePageTitle('Log in');
  const form = useForm({
    id: 'login',
    initial: { email: '', password: '' },
    validate: (values) =>
      required(values, { email: 'your e-mail address', password: 'your password' }),
    async onSubmit({ email, password }) {
      await logIn(email.trim(), password);
      await navigate({ href: safeNext(next), replace: true });
    },
  });
  return (
    <Page narrow title="Log in">
      <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
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
          autoComplete="current-password"
        />
        <LogInFailure failure={form.failure} />
        <Button type="submit" busy={form.busy}>
          Log in
        </Button>
        <div className="flex flex-wrap justify-between gap-x-6 text-[0.9375rem]">
          <Link to="/account/forgot" className="link inline-flex min-h-11 items-center">
            Forgot the password?
          </Link>
          <Link to="/account/register" className="link inline-flex min-h-11 items-center">
            Make an account
          </Link>
        </div>
      </form>
    </Page>
  );
}

function LogInFailure({ failure }: { failure: unknown }) {
  if (!failure) return null;
  if (failure instanceof ApiError && (failure.status === 401 || failure.status === 422)) {
    return (
      <Notice tone="bad" title="The e-mail or the password is not right">
        Check both, or set a new password.
      </Notice>
    );
  }
  return <Failure error={failure} />;
}
