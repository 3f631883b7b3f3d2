// A list of products with its filters: beside it on a wide window, in a drawer on a phone.
import type { Facets, ProductList } from '@souk/shared';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { button, cx } from '../../components/classes';
import { Drawer } from '../../components/Drawer';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { ProductGrid, ProductGridSkeleton } from '../../components/ProductCard';
import { frontQuery, productPagesQuery, type ProductFilter } from '../../lib/catalogue';
import type { ListSearch } from '../../lib/filter';
import { plural } from '../../lib/page';
import { useCurrency } from '../../lib/shop';
import { Chips, chipsOf } from './Chips';
import { FacetPanel } from './FacetPanel';

const INSTEAD = 8;

const SORTS = {
  relevance: 'Best match',
  popular: 'Popular',
  newest: 'Newest',
  price_asc: 'Price, low to high',
  price_desc: 'Price, high to low',
  title: 'Name',
};

interface ListingProps {
  filter: ProductFilter;
  search: ListSearch;
  /** The page is this facet, so it is not offered as a filter. */
  fixed?: 'category';
  onSearch(search: ListSearch): void;
}

export function Listing({ filter, search, fixed, onSearch }: ListingProps) {
  const currency = useCurrency();
  const query = useInfiniteQuery({
    ...productPagesQuery(filter, currency),
    placeholderData: keepPreviousData,
  });
  const first = query.data?.pages[0];
  const products = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const isFruitless = first?.total === 0 && chipsOf(search, first.facets).length === 0;
  const panel = first && !isFruitless && (
    <FacetPanel
      facets={first.facets}
      currency={products[0]?.currency}
      search={search}
      fixed={fixed}
      onSearch={onSearch}
    />
  );
  return (
    // Made anew where nothing was found: what is there takes the place of the rest, nothing slides.
    <div
      key={String(isFruitless)}
      className={cx('mt-7 grid gap-x-12', !isFruitless && 'lg:grid-cols-[15rem_1fr]')}
    >
      <section aria-label="Filters" className={cx('hidden', !isFruitless && 'lg:block')}>
        {panel || (query.isPending && <FacetSkeleton />)}
      </section>
      <section aria-label="Products" aria-busy={query.isPlaceholderData} className="min-w-0">
        {!isFruitless && (
          <Toolbar
            first={first}
            search={search}
            onSearch={onSearch}
            panel={panel}
            hasQuery={!!filter.q}
          />
        )}
        <Chips search={search} facets={first?.facets} onSearch={onSearch} />
        {query.isError && !first && (
          <Failure error={query.error} retry={() => void query.refetch()} />
        )}
        {query.isPending && <ProductGridSkeleton count={12} />}
        {first?.corrected_query && filter.q && (
          <Corrected from={filter.q} to={first.corrected_query} />
        )}
        <div className={cx('transition-opacity', query.isPlaceholderData && 'opacity-50')}>
          <ProductGrid products={products} eagerCount={4} />
        </div>
        {first?.total === 0 && (
          <NoProducts search={search} facets={first.facets} onSearch={onSearch} />
        )}
        {query.isFetchNextPageError && <Failure error={query.error} className="mt-8" />}
        {query.hasNextPage && (
          <div className="mt-12 flex flex-col items-center gap-3">
            <p className="text-sm text-muted">
              {products.length.toLocaleString()} of {first?.total.toLocaleString()}
            </p>
            <Button
              kind="secondary"
              busy={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Show more
            </Button>
          </div>
        )}
      </section>
    </div>
  );
}

interface ToolbarProps {
  first: ProductList | undefined;
  search: ListSearch;
  panel: React.ReactNode;
  hasQuery: boolean;
  onSearch(search: ListSearch): void;
}

function Toolbar({ first, search, panel, hasQuery, onSearch }: ToolbarProps) {
  const [open, setOpen] = useState(false);
  const count = first ? plural(first.total, 'product') : '';
  const filters = chipsOf(search, first?.facets).length;
  return (
    <div className="mb-5 flex min-h-11 items-center justify-between gap-3">
      <p role="status" className="hidden text-[0.9375rem] text-muted sm:block">
        {count}
      </p>
      <button
        type="button"
        className={cx(button.secondary, 'px-4! lg:hidden')}
        onClick={() => setOpen(true)}
      >
        <SlidersHorizontal aria-hidden className="size-4" />
        Filter{filters > 0 && ` (${filters})`}
      </button>
      <label className="flex items-center gap-2 text-[0.9375rem]">
        <span className="hidden text-muted sm:inline">Sort by</span>
        <span className="sr-only sm:hidden">Sort by</span>
        <select
          className="field w-auto! rounded-full!"
          value={search.sort ?? (hasQuery ? 'relevance' : 'popular')}
          onChange={(event) => onSearch({ ...search, sort: event.target.value })}
        >
          {Object.entries(SORTS)
            .filter(([sort]) => hasQuery || sort !== 'relevance')
            .map(([sort, name]) => (
              <option key={sort} value={sort}>
                {name}
              </option>
            ))}
        </select>
      </label>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title="Filter"
        footer={
          <Button className="w-full" onClick={() => setOpen(false)}>
            Show {count}
          </Button>
        }
      >
        {panel}
      </Drawer>
    </div>
  );
}

function Corrected({ from, to }: { from: string; to: string }) {
  return (
    <p className="mb-5 text-[0.9375rem] text-muted">
      Nothing is called “{from}”. These match{' '}
      <strong className="font-semibold text-ink">{to}</strong>.
    </p>
  );
}

interface NoProductsProps {
  search: ListSearch;
  facets: Facets;
  onSearch(search: ListSearch): void;
}

function NoProducts({ search, facets, onSearch }: NoProductsProps) {
  const filtered = chipsOf(search, facets).length > 0;
  if (!filtered) return <Fruitless />;
  return (
    <Empty title="Nothing matches all of these filters.">
      <Button onClick={() => onSearch({ q: search.q })}>Remove the filters</Button>
    </Empty>
  );
}

/** A search without an end is not the end of the visit: here is what others buy. */
function Fruitless() {
  const { data } = useQuery(frontQuery('popular', useCurrency()));
  return (
    <>
      <Empty title="Nothing was found.">
        <p className="-mt-2 text-muted">
          Check the spelling, or try a shorter or more general word.
        </p>
        <Link to="/search" className={button.primary}>
          See all products
        </Link>
      </Empty>
      {!!data?.items.length && (
        <section className="mt-14">
          <h2 className="mb-6 text-title">What people buy</h2>
          <ProductGrid products={data.items.slice(0, INSTEAD)} />
        </section>
      )}
    </>
  );
}

function FacetSkeleton() {
  return (
    <div aria-hidden className="flex flex-col gap-4 pt-3">
      {[70, 50, 60, 45, 65, 40].map((width) => (
        <div key={width} className="skeleton h-5" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
