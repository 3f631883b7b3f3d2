// The page for "there is nothing here".
import { Link } from '@tanstack/react-router';
import { usePageTitle } from '../lib/page';
import { button } from './classes';

export function NotFound() {
  usePageTitle('Page not found');
  return (
    <section className="page flex min-h-[60vh] flex-col items-start justify-center gap-5 py-16">
      <p className="text-sm text-muted">404</p>
      <h1 className="text-display">There is nothing at this address.</h1>
      <p className="max-w-prose text-lg text-muted">
        The link may be old, or the product is no longer sold. Search above, or start from the front
        page.
      </p>
      <Link to="/" className={button.primary}>
        To the front page
      </Link>
    </section>
  );
}
