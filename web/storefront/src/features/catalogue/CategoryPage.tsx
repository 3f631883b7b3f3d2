// A department: its place in the tree, its parts, its products.
import type { Category } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Breadcrumbs } from '../../components/Breadcrumbs';
import { FailurePage } from '../../components/Failure';
import { NotFound } from '../../components/NotFound';
import { ancestorsOf, categoriesQuery } from '../../lib/catalogue';
import { filterOf } from '../../lib/filter';
import { usePageTitle } from '../../lib/page';
import { Listing } from './Listing';

const route = getRouteApi('/categories/$handle');

export function CategoryPage() {
  const { handle } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: categories, isPending, isError, error, refetch } = useQuery(categoriesQuery);
  const category = categories?.find((one) => one.handle === handle);
  usePageTitle(category?.title);
  if (isError) return <FailurePage error={error} retry={() => void refetch()} />;
  if (!isPending && !category) return <NotFound />;
  return (
    <div className="page pt-5 lg:pt-7">
      <Breadcrumbs
        categories={ancestorsOf(category, categories ?? [])}
        here={category?.title ?? ''}
      />
      <h1 className="mt-2 min-h-[1.1em] text-display">{category?.title}</h1>
      <Nearby category={category} all={categories ?? []} />
      <Listing
        filter={filterOf({ ...search, category: handle })}
        search={search}
        fixed="category"
        onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
      />
    </div>
  );
}

interface NearbyProps {
  category: Category | undefined;
  all: Category[];
}

/**
 * The parts of a department, or beside it where it has none. One row that is always there, so that
 * nothing moves when it is known what stands in it.
 */
function Nearby({ category, all }: NearbyProps) {
  const shown = all.filter(({ product_count }) => product_count > 0);
  const parts = shown.filter(({ parent_handle }) => parent_handle === category?.handle);
  const beside = shown.filter(({ parent_handle }) => parent_handle === category?.parent_handle);
  return (
    <nav aria-label="Departments nearby" className="mt-5 -mx-4 sm:mx-0">
      <ul className="track flex h-10 gap-2 overflow-x-auto px-4 sm:px-0">
        {(parts.length > 0 ? parts : beside).map(({ handle, title, product_count }) => (
          <li key={handle} className="shrink-0">
            <Link
              to="/categories/$handle"
              params={{ handle }}
              activeOptions={{ includeSearch: false }}
              className="flex h-10 items-center gap-2 rounded-full bg-tile px-4 text-[0.9375rem] hover:bg-line aria-[current=page]:bg-ink aria-[current=page]:text-paper"
            >
              {title} <span className="amount text-sm opacity-75">{product_count}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
