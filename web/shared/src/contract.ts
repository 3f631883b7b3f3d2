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

export type Category = Reply<'category'>;
export type Product = Reply<'product'>;
export type Variant = Reply<'variant'>;
export type Attribute = Reply<'product_attribute'>;
export type ProductList = Reply<'product_listing'>;
export type Facets = Reply<'facets'>;
export type FacetValue = Reply<'facet_value'>;
/** The picture is the product's, which the document leaves open. */
export type Suggestion = Omit<Reply<'suggestion'>, 'image'> & { image: Image | null };

export type Cart = Reply<'cart'>;
export type CartItem = Reply<'cart_item'>;
export type CartNotice = Reply<'cart_notice'>;
export type ShippingOption = Reply<'shipping_option'>;
export type TaxLine = Reply<'tax_line'>;

export type PostalAddress = Reply<'address'>;
export type Order = Reply<'order'>;
export type OrderNew = Schemas['order_new'];
export type OrderProgress = Reply<'order_progress'>;
export type OrderState = Order['state'];

export type SalesReport = Reply<'sales_report'>;
export type Sales = Reply<'sales'>;

export type User = Reply<'user'>;
export type Session = Reply<'login_session'>;
export type OpenSession = Reply<'session_shown'>;
export type Address = Reply<'user_address'>;
export type Preferences = Reply<'preferences'>;

export type AdminProduct = Reply<'admin_product'>;
export type AdminVariant = Reply<'admin_variant'>;
export type ProductSummary = Reply<'product_summary'>;
export type Stock = Reply<'stock'>;

export type OutboxEvent = Reply<'outbox_event'>;
export type OutboxPage = Omit<Reply<'outbox_page'>, 'items'> & { items: OutboxEvent[] };
