// A product in a list: one link, one picture, the facts that decide a click.
import type { Product } from '@souk/shared';
import { Link } from '@tanstack/react-router';
import { cx } from './classes';
import { Picture } from './Picture';
import { Price } from './Price';

const GRID_SIZES = '(min-width: 1280px) 300px, (min-width: 768px) 30vw, 46vw';

interface ProductCardProps {
  product: Product;
  eager?: boolean;
  sizes?: string;
}

export function ProductCard({ product, eager = false, sizes = GRID_SIZES }: ProductCardProps) {
  const [front, back] = product.images;
  return (
    <article className="group relative flex flex-col gap-3">
      <div className="relative">
        <Picture image={front} alt="" sizes={sizes} eager={eager} />
        {back && (
          <div className="absolute inset-0 hidden opacity-0 transition-opacity duration-300 group-hover:opacity-100 md:block">
            <Picture image={back} alt="" sizes={sizes} className="h-full" />
          </div>
        )}
        <ProductMark product={product} />
      </div>
      <div className="flex flex-col gap-0.5">
        {product.brand && <p className="text-xs text-muted">{product.brand}</p>}
        <h3 className="text-[0.9375rem] leading-snug font-medium">
          <Link
            to="/products/$handle"
            params={{ handle: product.handle }}
            className="line-clamp-2 text-pretty after:absolute after:inset-0 group-hover:underline group-hover:underline-offset-4"
          >
            {product.title}
          </Link>
        </h3>
        <Price
          minor={product.price_minor}
          currency={product.currency}
          compareAtMinor={product.compare_at_minor}
          from={product.price_max_minor > product.price_minor}
          className="text-[0.9375rem] text-muted"
        />
      </div>
    </article>
  );
}

function ProductMark({ product }: { product: Product }) {
  const reduced =
    product.compare_at_minor !== null && product.compare_at_minor > product.price_minor;
  if (product.in_stock && !reduced) return null;
  return (
    <p
      className={cx(
        'absolute top-2.5 left-2.5 rounded-full bg-paper px-2.5 py-0.5 text-xs font-medium',
        product.in_stock ? 'text-sale' : 'text-muted',
      )}
    >
      {product.in_stock ? 'Reduced' : 'Sold out'}
    </p>
  );
}

export function ProductGrid({
  products,
  eagerCount = 0,
}: {
  products: Product[];
  eagerCount?: number;
}) {
  return (
    <ul className={GRID}>
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductCard product={product} eager={index < eagerCount} />
        </li>
      ))}
    </ul>
  );
}

export function ProductGridSkeleton({ count }: { count: number }) {
  return (
    <div className={GRID} aria-hidden>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex flex-col gap-3">
          <div className="skeleton rounded-lg" style={{ aspectRatio: 1 }} />
          <div className="skeleton h-4 w-3/4" />
          <div className="skeleton h-4 w-1/3" />
        </div>
      ))}
    </div>
  );
}

const GRID = 'grid grid-cols-2 gap-x-3 gap-y-9 sm:gap-x-5 md:grid-cols-3 lg:gap-x-6 xl:grid-cols-4';
