// The API's types under the names that the fronts use. They are the binary's: `npm run types` writes
// api.d.ts out of api/openapi.json.
import type { components } from './api';

type Schemas = components['schemas'];

/** In a reply every field is there, also the empty one, as null. */
type Filled<T> = T extends readonly (infer U)[]
  ? Filled<U>[]
  : T extends object
    ? { [K in keyof T]-?: Filled<Exclude<T[K], undefined>> }
    : T;

type Reply<Name extends keyof Schemas> = Filled<Schemas[Name]>;

export interface List<T> {
  items: T[];
  next_cursor: string | null;
  total?: number | null;
}

export type Problem = Schemas['problem'];
export type FieldProblem = Problem['errors'][number];

export type Shop = Reply<'shop'>;
export type Image = Reply<'image'>;
export type OptionValue = Reply<'option_value'>;

export type Cart = Reply<'cart'>;
export type CartItem = Reply<'cart_item'>;
export type CartNotice = Reply<'cart_notice'>;
export type ShippingOption = Reply<'shipping_option'>;
export type TaxLine = Reply<'tax_line'>;

export type PostalAddress = Reply<'address'>;
export type Order = Reply<'order'>;
export type OrderNew = Schemas['order_new'];
export type OrderState = Order['state'];

export type User = Reply<'user'>;
export type Session = Reply<'login_session'>;
export type OpenSession = Reply<'session_shown'>;
export type Address = Reply<'user_address'>;

export type AdminProduct = Reply<'admin_product'>;
export type AdminVariant = Reply<'admin_variant'>;
export type ProductSummary = Reply<'product_summary'>;
export type Stock = Reply<'stock'>;

type Minor = number;

export interface Category {
  id: string;
  handle: string;
  title: string;
  path: string;
  parent_handle: string | null;
  depth: number;
  position: number;
  product_count: number;
  image: Image | null;
}

export interface Variant {
  id: string;
  sku: string;
  title: string;
  options: OptionValue[];
  barcode: string | null;
  price_minor: Minor;
  compare_at_minor: Minor | null;
  currency: string;
  available: number | null;
  backorder: boolean;
  weight_g: number | null;
  requires_shipping: boolean;
  image: Image | null;
}

export interface Attribute {
  code: string;
  label: string;
  kind: string;
  value: string;
}

export interface Product {
  id: string;
  handle: string;
  title: string;
  description_html: string | null;
  brand: string | null;
  type: string | null;
  tags: string[];
  status: 'draft' | 'active' | 'archived';
  currency: string;
  price_minor: Minor;
  price_max_minor: Minor;
  compare_at_minor: Minor | null;
  in_stock: boolean;
  options: { name: string; values: string[] }[];
  variants: Variant[];
  images: Image[];
  categories: { handle: string; title: string; path: string }[];
  attributes: Attribute[];
  seo_title: string | null;
  seo_description: string | null;
  published_at: string | null;
  updated_at: string;
}

export interface FacetValue {
  value: string;
  label: string;
  count: number;
}

export interface Facets {
  categories: FacetValue[];
  brands: FacetValue[];
  types: FacetValue[];
  tags: FacetValue[];
  options: { name: string; values: FacetValue[] }[];
  price: { min_minor: Minor; max_minor: Minor } | null;
  in_stock: number;
}

export interface ProductList extends List<Product> {
  total: number;
  corrected_query: string | null;
  facets: Facets;
}

export interface Suggestion {
  kind: 'product' | 'category' | 'brand' | 'query';
  label: string;
  handle: string | null;
  image: Image | null;
  price_minor: Minor | null;
  currency: string | null;
}
