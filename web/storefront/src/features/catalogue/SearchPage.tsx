// What was searched for, or the whole shop under filters.
import { getRouteApi } from '@tanstack/react-router';
import { filterOf } from '../../lib/filter';
import { usePageTitle } from '../../lib/page';
import { Listing } from './Listing';

const route = getRouteApi('/search');
const TITLES: Record<string, string> = { newest: 'New in', popular: 'What people buy' };

export function SearchPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = filterOf(search);
  const title = filter.q
    ? `“${filter.q}”`
    : (TITLES[filter.sort ?? ''] ?? filter.brand?.[0] ?? 'All products');
  usePageTitle(filter.q ? `Search: ${filter.q}` : title);
  return (
    <div className="page pt-5 lg:pt-7">
      <p className="min-h-6 text-sm text-muted">{filter.q ? 'Results for' : 'The whole shop'}</p>
      <h1 className="mt-2 text-display break-words">{title}</h1>
      <Listing
        filter={filter}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
      />
    </div>
  );
}
