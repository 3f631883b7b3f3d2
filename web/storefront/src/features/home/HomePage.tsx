// The front page: what is new, the departments, what people buy. All of it from the catalogue,
// nothing made up.
import type { Category, Product } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../../components/classes';
import { FailurePage } from '../../components/Failure';
import { Picture } from '../../components/Picture';
import { Price } from '../../components/Price';
import { ProductCard, ProductGrid, ProductGridSkeleton } from '../../components/ProductCard';
import { categoriesQuery, frontQuery, mainDepartments } from '../../lib/catalogue';
import { plural, usePageTitle } from '../../lib/page';
import { useCurrency, useShop } from '../../lib/shop';

const LARGE = 3;
const SHELF = 8;
const SHELF_WIDE = 4;
const GRID = 8;
const TOP_MAX = 8;

export function HomePage() {
  usePageTitle('');
  const currency = useCurrency();
  const newest = useQuery(frontQuery('newest', currency));
  const popular = useQuery(frontQuery('popular', currency));
  const categories = useQuery(categoriesQuery);
  const tops = mainDepartments(categories.data, TOP_MAX);
  const { large, fresh, bestsellers } = rowsOf(popular.data?.items, newest.data?.items);

  if (popular.isError)
    return <FailurePage error={popular.error} retry={() => void popular.refetch()} />;
  if (popular.data?.total === 0) return <Opening />;
  return (
    <div className="flex flex-col gap-16 pb-8 lg:gap-24">
      <Hero products={large} />
      <Section title="Departments">
        <Departments categories={tops} />
      </Section>
      <Section title="New in" more={<AllLink sort="newest">All that is new</AllLink>}>
        <Shelf products={fresh} />
      </Section>
      <Section title="What people buy" more={<AllLink sort="popular">See more</AllLink>}>
        {bestsellers ? (
          <ProductGrid products={bestsellers} />
        ) : (
          <ProductGridSkeleton count={GRID} />
        )}
      </Section>
    </div>
  );
}

/** No product twice on the page, as long as the catalogue has others to show. */
function rowsOf(popular: Product[] | undefined, newest: Product[] | undefined) {
  const large = popular?.filter(({ images }) => images.length > 0).slice(0, LARGE);
  const fresh = large && newest && others(newest, large, SHELF);
  const bestsellers =
    fresh && others(popular ?? [], [...large, ...fresh.slice(0, SHELF_WIDE)], GRID);
  return { large, fresh, bestsellers };
}

function others(products: Product[], shown: Product[], most: number): Product[] {
  const ids = new Set(shown.map(({ id }) => id));
  const rest = products.filter(({ id }) => !ids.has(id));
  return (rest.length >= SHELF_WIDE ? rest : products).slice(0, most);
}

function Opening() {
  return (
    <section className="page flex min-h-[60vh] flex-col items-start justify-center gap-5 py-16">
      <h1 className="text-display">We are about to open.</h1>
      <p className="text-lg text-muted">There are no products yet. Come back soon.</p>
    </section>
  );
}

function Section({
  title,
  more,
  children,
}: {
  title: string;
  more?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="page">
      <div className="mb-6 flex items-baseline justify-between gap-4 lg:mb-8">
        <h2 className="text-title">{title}</h2>
        {more}
      </div>
      {children}
    </section>
  );
}

function AllLink({ sort, children }: { sort: string; children: ReactNode }) {
  return (
    <Link
      to="/search"
      search={{ sort }}
      className="flex min-h-11 items-center gap-1.5 text-[0.9375rem] hover:underline"
    >
      {children}
      <ArrowRight aria-hidden className="size-4" />
    </Link>
  );
}

/** The three products that sell best, the first one large. The frame stands before they arrive. */
function Hero({ products }: { products: Product[] | undefined }) {
  const shop = useShop();
  const [lead, second, third] = products ?? [];
  return (
    <section className="page pt-4 lg:pt-6">
      <h1 className="sr-only">{shop?.name}</h1>
      <div className="grid gap-3 sm:gap-4 lg:grid-cols-[2.06fr_1fr] lg:gap-5">
        <HeroTile product={lead} ready={!!products} large />
        <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-1 lg:grid-rows-2 lg:gap-5">
          <HeroTile product={second} ready={!!products} />
          <HeroTile product={third} ready={!!products} />
        </div>
      </div>
    </section>
  );
}

interface HeroTileProps {
  product: Product | undefined;
  ready: boolean;
  large?: boolean;
}

function HeroTile({ product, ready, large = false }: HeroTileProps) {
  const shape = large
    ? 'aspect-[4/5] sm:aspect-[16/11] lg:aspect-[1.22]'
    : 'aspect-[4/5] lg:aspect-auto lg:h-full';
  if (!product)
    return <div aria-hidden className={cx('rounded-2xl', !ready && 'skeleton', shape)} />;
  return (
    <article className={cx('group relative overflow-hidden rounded-2xl', shape)}>
      <Picture
        image={product.images[0]}
        alt=""
        eager
        ratio={large ? 1.1 : 1.2}
        sizes={large ? '(min-width: 1024px) 60vw, 100vw' : '(min-width: 1024px) 36vw, 48vw'}
        className="absolute inset-0 size-full rounded-none transition-transform duration-700 group-hover:scale-[1.02]"
      />
      <div
        className={cx(
          'absolute bottom-0 left-0 m-3 flex max-w-[calc(100%-1.5rem)] flex-col rounded-xl bg-paper text-ink',
          large ? 'gap-1 px-5 py-4 sm:m-5' : 'px-3.5 py-2.5',
        )}
      >
        <h2 className={large ? 'text-heading' : 'text-[0.9375rem] leading-snug'}>
          <Link
            to="/products/$handle"
            params={{ handle: product.handle }}
            className="line-clamp-2 after:absolute after:inset-[-100vh]"
          >
            {product.title}
          </Link>
        </h2>
        <Price
          minor={product.price_minor}
          currency={product.currency}
          compareAtMinor={product.compare_at_minor}
          from={product.price_max_minor > product.price_minor}
          className={large ? 'text-muted' : 'text-sm text-muted'}
        />
      </div>
    </article>
  );
}

function Departments({ categories }: { categories: Category[] }) {
  if (categories.length === 0) return <div aria-hidden className="skeleton h-40 rounded-2xl" />;
  return (
    <ul className="grid grid-cols-2 gap-3 sm:gap-4 md:grid-cols-3 lg:grid-cols-4 lg:gap-5">
      {categories.map((category) => (
        <li key={category.id} className="group relative">
          {category.image ? (
            <Picture
              image={category.image}
              alt=""
              ratio={1.2}
              sizes="(min-width: 1024px) 22vw, 46vw"
            />
          ) : (
            <span
              aria-hidden
              className="flex aspect-[1.9] items-end rounded-lg bg-tile p-4 group-hover:bg-line"
            />
          )}
          <div className={category.image ? 'pt-2.5' : 'absolute inset-x-0 bottom-0 p-4'}>
            <h3 className="text-lg leading-tight font-medium">
              <Link
                to="/categories/$handle"
                params={{ handle: category.handle }}
                className="after:absolute after:inset-0 group-hover:underline group-hover:underline-offset-4"
              >
                {category.title}
              </Link>
            </h3>
            <p className="text-sm text-muted">{plural(category.product_count, 'product')}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/**
 * On a wide window one row; on a narrow one it is wiped sideways. The keyboard reaches its products
 * by Tab, so it needs no stop of its own.
 */
function Shelf({ products }: { products: Product[] | undefined }) {
  const row =
    'track -mx-4 flex snap-x scroll-px-4 gap-3 overflow-x-auto px-4 pb-1 sm:-mx-6 sm:scroll-px-6 sm:gap-5 sm:px-6 lg:mx-0 lg:grid lg:grid-cols-4 lg:gap-6 lg:overflow-visible lg:px-0';
  const item = 'w-[62vw] shrink-0 snap-start sm:w-[16rem] lg:w-auto lg:nth-[n+5]:hidden';
  if (!products) {
    return (
      <div aria-hidden className={row}>
        {Array.from({ length: SHELF_WIDE }, (_, index) => (
          <div key={index} className={cx(item, 'flex flex-col gap-3')}>
            <div className="skeleton rounded-lg" style={{ aspectRatio: 1 }} />
            <div className="skeleton h-4 w-3/4" />
            <div className="skeleton h-4 w-1/3" />
          </div>
        ))}
      </div>
    );
  }
  return (
    <ul className={row}>
      {products.map((product) => (
        <li key={product.id} className={item}>
          <ProductCard product={product} sizes="(min-width: 1024px) 22vw, 62vw" />
        </li>
      ))}
    </ul>
  );
}
