// One product: pictures, choices, price, the button, and what is to be known before buying.
import { ApiError, type Attribute, type Product } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Breadcrumbs } from '../../components/Breadcrumbs';
import { FailurePage } from '../../components/Failure';
import { NotFound } from '../../components/NotFound';
import { Price } from '../../components/Price';
import { ProductGrid, ProductGridSkeleton } from '../../components/ProductCard';
import { ancestorsOf, categoriesQuery, productQuery, productsQuery } from '../../lib/catalogue';
import { cleanHtml } from '../../lib/html';
import { usePageTitle } from '../../lib/page';
import { useCurrency, useShop } from '../../lib/shop';
import { BuyBox } from './BuyBox';
import { Gallery } from './Gallery';
import { OptionPicker } from './OptionPicker';
import { startVariant } from './variants';

const route = getRouteApi('/products/$handle');

export function ProductPage() {
  const { handle } = route.useParams();
  const currency = useCurrency();
  const { data: product, isError, error, refetch } = useQuery(productQuery(handle, currency));
  usePageTitle(product?.seo_title ?? product?.title);
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  if (isError && !product) return <FailurePage error={error} retry={() => void refetch()} />;
  if (!product) return <ProductSkeleton />;
  return <ProductView key={product.id} product={product} />;
}

function ProductView({ product }: { product: Product }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const shop = useShop();
  const variant =
    product.variants.find(({ sku }) => sku === search.variant) ?? startVariant(product);
  const { data: tree = [] } = useQuery(categoriesQuery);
  const category = tree.find(({ handle }) => handle === product.categories.at(-1)?.handle);
  const path = category ? [...ancestorsOf(category, tree), category] : [];
  const choose = (sku: string) =>
    void navigate({ search: { variant: sku }, replace: true, resetScroll: false });

  return (
    <div className="page pt-5 lg:pt-7">
      <Breadcrumbs categories={path} here={product.title} />
      <div className="mt-4 grid gap-x-14 gap-y-7 lg:grid-cols-[1.25fr_1fr]">
        <Gallery
          images={product.images}
          title={product.title}
          shownId={variant?.image?.id ?? null}
        />
        <div className="flex flex-col gap-6 self-start lg:sticky lg:top-32">
          <div className="flex flex-col gap-2">
            {product.brand && (
              <Link
                to="/search"
                search={{ brand: product.brand }}
                className="self-start text-[0.9375rem] text-muted hover:underline hover:underline-offset-4"
              >
                {product.brand}
              </Link>
            )}
            <h1 className="text-title text-pretty">{product.title}</h1>
            <div aria-live="polite" className="flex flex-wrap items-baseline gap-x-3 text-xl">
              <Price
                minor={variant?.price_minor ?? product.price_minor}
                currency={product.currency}
                compareAtMinor={variant ? variant.compare_at_minor : product.compare_at_minor}
              />
              {shop && (
                <span className="text-sm text-muted">
                  {shop.prices_include_tax ? 'Tax included' : 'Without tax'}
                </span>
              )}
            </div>
          </div>
          <OptionPicker product={product} variant={variant} onVariant={({ sku }) => choose(sku)} />
          {variant && <BuyBox product={product} variant={variant} />}
          <Description product={product} sku={variant?.sku} />
        </div>
      </div>
      {category && <Related product={product} category={category.handle} />}
    </div>
  );
}

function Description({ product, sku }: { product: Product; sku: string | undefined }) {
  const html = useMemo(() => cleanHtml(product.description_html ?? ''), [product.description_html]);
  const facts = product.attributes.map((one) => ({ ...one, value: valueText(one) }));
  if (sku) facts.push({ code: 'sku', label: 'Article number', kind: 'text', value: sku });
  return (
    <div className="flex flex-col gap-7 border-t border-line pt-6">
      {html && <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />}
      <section>
        <h2 className="mb-2 font-semibold">Details</h2>
        <dl className="text-[0.9375rem]">
          {facts.map(({ code, label, value }) => (
            <div
              key={code}
              className="grid grid-cols-[9rem_1fr] gap-4 border-t border-line py-2.5 first:border-0"
            >
              <dt className="text-muted">{label}</dt>
              <dd className="break-words">{value}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

function valueText({ kind, value }: Attribute): string {
  if (kind !== 'boolean') return value;
  return value === 'true' ? 'Yes' : 'No';
}

function Related({ product, category }: { product: Product; category: string }) {
  const currency = useCurrency();
  const { data, isPending } = useQuery(productsQuery({ category, in_stock: true }, currency, 5));
  const others = data?.items.filter(({ id }) => id !== product.id).slice(0, 4) ?? [];
  if (!isPending && others.length === 0) return null;
  return (
    <section className="mt-20 lg:mt-28">
      <h2 className="mb-6 text-title">From the same shelf</h2>
      {isPending ? <ProductGridSkeleton count={4} /> : <ProductGrid products={others} />}
    </section>
  );
}

function ProductSkeleton() {
  return (
    <div className="page pt-5 lg:pt-7" aria-busy>
      <div className="skeleton h-5 w-48" />
      <div className="mt-4 grid gap-x-14 gap-y-7 lg:grid-cols-[1.25fr_1fr]">
        <div className="skeleton rounded-2xl" style={{ aspectRatio: 1 }} />
        <div className="flex flex-col gap-4">
          <div className="skeleton h-9 w-4/5" />
          <div className="skeleton h-7 w-28" />
          <div className="skeleton mt-6 h-12 w-full" />
          <div className="skeleton h-12 w-full rounded-full" />
        </div>
      </div>
    </div>
  );
}
