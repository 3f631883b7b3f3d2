// Reads of the catalogue: categories, product lists with facets, one product, suggestions.
import {
  api,
  type Category,
  type List,
  type Product,
  type ProductList,
  type Suggestion,
} from '@souk/shared';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryClient } from './client';
import { currencyChoice } from './shop';

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

export const productsQuery = (filter: ProductFilter, currency: string | null, limit: number) =>
  queryOptions({
    queryKey: ['products', filter, currency, limit],
    queryFn: () => api.get<ProductList>('/products', { ...filter, currency, limit }),
  });

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

/** A product page carries its product: the first view needs no second request. */
export function adoptPageProduct() {
  const block = document.getElementById('souk-page');
  if (!block?.textContent) return;
  const page = JSON.parse(block.textContent) as { kind: string; product?: Product };
  if (page.kind !== 'product' || !page.product) return;
  const { product } = page;
  const chosen = currencyChoice.get();
  if (chosen && chosen !== product.currency) return;
  for (const currency of new Set([null, chosen])) {
    queryClient.setQueryData(productQuery(product.handle, currency).queryKey, product);
  }
}
