// Reads of the catalogue: categories, product lists with facets, one product, suggestions.
import {
  api,
  type Category,
  type List,
  type Product,
  type ProductList,
  type Shop,
  type Suggestion,
} from '@souk/shared';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryClient } from './client';
import { currencyChoice, shopQuery } from './shop';

export interface ProductFilter {
  q?: string;
  category?: string;
  brand?: string[];
  type?: string[];
  tag?: string[];
  option?: string[];
  price_min?: number;
  price_max?: number;
  in_stock?: boolean;
  sort?: string;
}

export const categoriesQuery = queryOptions({
  queryKey: ['categories'],
  queryFn: async () => (await api.get<List<Category>>('/categories')).items,
  staleTime: 5 * 60_000,
});

/** The departments to show where there is room for `most`: the largest, in the shop's own order. */
export function mainDepartments(all: Category[] | undefined, most: number): Category[] {
  const tops = all?.filter((one) => one.parent_handle === null && one.product_count > 0) ?? [];
  const bySize = tops.toSorted((a, b) => b.product_count - a.product_count);
  const chosen = new Set(bySize.slice(0, most));
  return tops.filter((one) => chosen.has(one));
}

/** From the top of the tree down, without the category itself. */
export function ancestorsOf(category: Category | undefined, all: Category[]): Category[] {
  const parent = category && all.find(({ handle }) => handle === category.parent_handle);
  return parent ? [...ancestorsOf(parent, all), parent] : [];
}

export const productsQuery = (filter: ProductFilter, currency: string | null, limit: number) =>
  queryOptions({
    queryKey: ['products', filter, currency, limit],
    queryFn: () => api.get<ProductList>('/products', { ...filter, currency, limit }),
  });

const FRONT_MAX = 16;

/** For a row of the front page: more than it shows, since no product stands there twice. */
export const frontQuery = (sort: 'newest' | 'popular', currency: string | null) =>
  productsQuery({ sort }, currency, FRONT_MAX);

export const productPagesQuery = (filter: ProductFilter, currency: string | null) =>
  infiniteQueryOptions({
    queryKey: ['product-pages', filter, currency],
    queryFn: ({ pageParam }) =>
      api.get<ProductList>('/products', { ...filter, currency, limit: 24, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });

export const productQuery = (handle: string, currency: string | null) =>
  queryOptions({
    queryKey: ['product', handle, currency],
    queryFn: () => api.get<Product>(`/products/${encodeURIComponent(handle)}`, { currency }),
  });

export const suggestionsQuery = (q: string) =>
  queryOptions({
    queryKey: ['suggestions', q],
    queryFn: async () => (await api.get<List<Suggestion>>('/products/suggestions', { q })).items,
    enabled: q.length > 1,
    placeholderData: (previous) => previous,
  });

interface PageData {
  kind: string;
  product?: Product;
  shop?: Shop;
  categories?: Category[];
}

/**
 * What the server put into the page needs no second request: its product, the shop, the
 * departments.
 */
export function adoptPageData() {
  const text = document.getElementById('souk-page')?.textContent;
  if (!text) return;
  const { product, shop, categories } = JSON.parse(text) as PageData;
  if (shop) queryClient.setQueryData(shopQuery.queryKey, shop);
  if (categories) queryClient.setQueryData(categoriesQuery.queryKey, categories);
  const chosen = currencyChoice.get();
  if (!product || (chosen && chosen !== product.currency)) return;
  queryClient.setQueryData(productQuery(product.handle, chosen).queryKey, product);
}
