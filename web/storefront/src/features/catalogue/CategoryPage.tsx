// A department: its place in the tree, its parts, its products.
import type { ApiError } from '@souk/shared';
import { type Category } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, notFound } from '@tanstack/react-router';
import { Breadcrumbs } from '../../components/Breadcrumbs';
import { FailurePage } from '../../components/Failure';
import { categoriesQuery } from '../../lib/catalogue';
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
  if (isError) return <FailurePage error={error as ApiError} retry={() => void refetch()} />;
  // Thrown for the router to catch, as its not-found page.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  if (!isPending && !category) throw notFound();
  return (
    <div className="page pt-5 lg:pt-7">
      <Breadcrumbs
        categories={ancestorsOf(category, categories ?? [])}
        here={category?.title ?? ''}
      />
      <h1 className="mt-2 min-h-[1.1em] text-display">{category?.title}</h1>
      <Parts
        categories={categories?.filter(({ parent_handle }) => parent_handle === handle) ?? []}
      />
      <Listing
        filter={filterOf({ ...search, category: handle })}
        search={search}
        fixed="category"
        onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
      />
    </div>
  );
}

function ancestorsOf(category: Category | undefined, all: Category[]): Category[] {
  const parent = category && all.find(({ handle }) => handle === category.parent_handle);
  return parent ? [...ancestorsOf(parent, all), parent] : [];
}

function Parts({ categories }: { categories: Category[] }) {
  const shown = categories.filter(({ product_count }) => product_count > 0);
  if (shown.length === 0) return null;
  return (
    <nav aria-label="Parts of this department" className="mt-5">
      <ul className="flex flex-wrap gap-2">
        {shown.map(({ handle, title, product_count }) => (
          <li key={handle}>
            <Link
              to="/categories/$handle"
              params={{ handle }}
              className="flex min-h-10 items-center gap-2 rounded-full bg-tile px-4 text-[0.9375rem] hover:bg-line"
            >
              {title} <span className="amount text-sm text-muted">{product_count}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
