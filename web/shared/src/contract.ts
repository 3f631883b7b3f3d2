// The shapes of the HTTP contract as both fronts use them. Their words are the server's: one name
// in SQL, C, JSON and here.

export type Minor = number;

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors: FieldProblem[] | null;
  request_id: string | null;
}

export interface FieldProblem {
  field: string;
  detail: string;
}

export interface List<T> {
  items: T[];
  next_cursor: string | null;
  total?: number | null;
}

export interface Region {
  code: string;
  name: string;
}

export interface Country {
  code: string;
  name: string;
  regions: Region[];
}

export interface Shop {
  name: string;
  currency: string;
  currencies: string[];
  countries: Country[];
  prices_include_tax: boolean;
  test_payments: boolean;
  payment_providers: string[];
}

export interface ImageSource {
  url: string;
  width: number;
}

export interface Image {
  id: string;
  url: string;
  alt: string | null;
  width: number;
  height: number;
  sources: ImageSource[];
}

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

export interface OptionValue {
  name: string;
  value: string;
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

export interface TaxLine {
  name: string;
  rate_ppm: number;
  tax_minor: Minor;
}

export interface CartItem {
  id: string;
  sku: string;
  handle: string;
  title: string;
  variant_title: string | null;
  options: OptionValue[];
  image: Image | null;
  quantity: number;
  unit_price_minor: Minor;
  compare_at_minor: Minor | null;
  discount_minor: Minor;
  tax_minor: Minor;
  total_minor: Minor;
  available: number | null;
  requires_shipping: boolean;
}

export interface CartCoupon {
  code: string;
  kind: 'percent' | 'fixed' | 'free_shipping';
  detail: string;
  discount_minor: Minor;
}

export interface CartNotice {
  code: 'price_changed' | 'stock_reduced' | 'unavailable' | 'coupon_ended';
  item_id: string | null;
  detail: string;
  old_minor: Minor | null;
  new_minor: Minor | null;
}

export interface Cart {
  id: string;
  version: number;
  currency: string;
  email: string | null;
  country: string | null;
  region: string | null;
  postcode: string | null;
  shipping_option: string | null;
  items: CartItem[];
  coupons: CartCoupon[];
  notices: CartNotice[];
  subtotal_minor: Minor;
  discount_minor: Minor;
  shipping_minor: Minor;
  tax_minor: Minor;
  total_minor: Minor;
  prices_include_tax: boolean;
  tax_lines: TaxLine[];
}

export interface ShippingOption {
  code: string;
  name: string;
  price_minor: Minor;
  currency: string;
  estimate: string | null;
}

export interface PostalAddress {
  name: string;
  company?: string | null;
  line1: string;
  line2?: string | null;
  city: string;
  region?: string | null;
  postcode?: string | null;
  country: string;
  phone?: string | null;
}

export interface Address extends PostalAddress {
  id: string;
  is_default: boolean;
}

export interface OrderItem {
  sku: string;
  handle: string;
  title: string;
  variant_title: string | null;
  options: OptionValue[];
  image: Image | null;
  quantity: number;
  unit_price_minor: Minor;
  discount_minor: Minor;
  tax_minor: Minor;
  total_minor: Minor;
}

export type OrderState =
  | 'prepared'
  | 'pending_payment'
  | 'paid'
  | 'declined'
  | 'cancelled'
  | 'refunded';

export interface Order {
  id: string;
  number: string;
  state: OrderState;
  currency: string;
  email: string;
  items: OrderItem[];
  subtotal_minor: Minor;
  discount_minor: Minor;
  shipping_minor: Minor;
  tax_minor: Minor;
  total_minor: Minor;
  refunded_minor: Minor;
  prices_include_tax: boolean;
  tax_lines: TaxLine[];
  coupons: string[];
  shipping_address: PostalAddress | null;
  billing_address: PostalAddress | null;
  shipping_option: { code: string; name: string } | null;
  payment: { provider: string; state: string; reference: string | null } | null;
  note: string | null;
  placed_at: string;
  access_token?: string | null;
  history: { state: string; at: string; note: string | null }[];
}

export interface User {
  id: string;
  email: string;
  name: string;
  roles: string[];
  verified: boolean;
  created_at: string;
}

export interface Session {
  id: string;
  user: User;
  csrf_token: string;
  token: string | null;
  expires_at: string;
  cart_id: string | null;
}

export interface OpenSession {
  id: string;
  current: boolean;
  created_at: string;
  expires_at: string;
  user_agent: string | null;
}
