// The way from the front page to here.
import { Link } from '@tanstack/react-router';

export interface Crumb {
  handle: string;
  title: string;
}

export function Breadcrumbs({ categories, here }: { categories: Crumb[]; here: string }) {
  return (
    <nav aria-label="Breadcrumb" className="h-6 text-sm text-muted">
      <ol className="track flex gap-x-2 overflow-x-auto whitespace-nowrap">
        <li>
          <Link to="/" className="hover:text-ink hover:underline">
            Home
          </Link>
        </li>
        {categories.map(({ handle, title }) => (
          <li key={handle} className="before:mr-2 before:content-['/']">
            <Link
              to="/categories/$handle"
              params={{ handle }}
              className="hover:text-ink hover:underline"
            >
              {title}
            </Link>
          </li>
        ))}
        <li aria-current="page" className="hidden sm:block before:mr-2 before:content-['/']">
          {here}
        </li>
      </ol>
    </nav>
  );
}
