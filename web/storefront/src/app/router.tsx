// Every page of the storefront: one row a route. Pages load when they are visited, and their data
// with them.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type SearchSchemaInput,
} from '@tanstack/react-router';
import { NotFound } from '../components/NotFound';
import { categoriesQuery, frontQuery, productPagesQuery, productQuery } from '../lib/catalogue';
import { queryClient } from '../lib/client';
import { filterOf, type ListSearch } from '../lib/filter';
import { parseSearch, stringifySearch } from '../lib/search-params';
import { currencyChoice } from '../lib/shop';
import { ErrorScreen } from './ErrorScreen';
import { Layout } from './Layout';

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

const root = createRootRoute({
  component: Layout,
  notFoundComponent: NotFound,
  errorComponent: ErrorScreen,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader() {
    void queryClient.prefetchQuery(categoriesQuery);
    void queryClient.prefetchQuery(frontQuery('newest', currencyChoice.get()));
    void queryClient.prefetchQuery(frontQuery('popular', currencyChoice.get()));
  },
  component: lazyRouteComponent(() => import('../features/home/HomePage'), 'HomePage'),
});

const product = createRoute({
  getParentRoute: () => root,
  path: '/products/$handle',
  validateSearch: (search: { variant?: string } & SearchSchemaInput) => ({
    variant: text(search.variant),
  }),
  loader: ({ params }) =>
    void queryClient.prefetchQuery(productQuery(params.handle, currencyChoice.get())),
  component: lazyRouteComponent(() => import('../features/product/ProductPage'), 'ProductPage'),
});

const category = createRoute({
  getParentRoute: () => root,
  path: '/categories/$handle',
  validateSearch: (search: ListSearch & SearchSchemaInput) => search,
  loaderDeps: ({ search }) => search,
  loader({ params, deps }) {
    const filter = filterOf({ ...deps, category: params.handle });
    void queryClient.prefetchInfiniteQuery(productPagesQuery(filter, currencyChoice.get()));
  },
  component: lazyRouteComponent(() => import('../features/catalogue/CategoryPage'), 'CategoryPage'),
});

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: (search: ListSearch & SearchSchemaInput) => search,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) =>
    void queryClient.prefetchInfiniteQuery(productPagesQuery(filterOf(deps), currencyChoice.get())),
  component: lazyRouteComponent(() => import('../features/catalogue/SearchPage'), 'SearchPage'),
});

const cart = createRoute({
  getParentRoute: () => root,
  path: '/cart',
  component: lazyRouteComponent(() => import('../features/cart/CartPage'), 'CartPage'),
});

const checkout = createRoute({
  getParentRoute: () => root,
  path: '/checkout',
  component: lazyRouteComponent(() => import('../features/checkout/CheckoutPage'), 'CheckoutPage'),
});

const order = createRoute({
  getParentRoute: () => root,
  path: '/orders/$id',
  validateSearch: (search: { token?: string } & SearchSchemaInput) => ({
    token: text(search.token),
  }),
  component: lazyRouteComponent(() => import('../features/order/OrderPage'), 'OrderPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: (search: { token?: string } & SearchSchemaInput) => ({
    token: text(search.token),
  }),
  component: lazyRouteComponent(
    () => import('../features/account/ResetPasswordPage'),
    'ResetPasswordPage',
  ),
});

const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  validateSearch: (search: { token?: string } & SearchSchemaInput) => ({
    token: text(search.token),
  }),
  component: lazyRouteComponent(() => import('../features/account/VerifyPage'), 'VerifyPage'),
});

const logIn = createRoute({
  getParentRoute: () => root,
  path: '/account/login',
  validateSearch: (search: { next?: string } & SearchSchemaInput) => ({ next: text(search.next) }),
  component: lazyRouteComponent(() => import('../features/account/LogInPage'), 'LogInPage'),
});

const register = createRoute({
  getParentRoute: () => root,
  path: '/account/register',
  component: lazyRouteComponent(() => import('../features/account/RegisterPage'), 'RegisterPage'),
});

const forgot = createRoute({
  getParentRoute: () => root,
  path: '/account/forgot',
  component: lazyRouteComponent(() => import('../features/account/ForgotPage'), 'ForgotPage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/AccountLayout'), 'AccountLayout'),
});

const accountOrders = createRoute({
  getParentRoute: () => account,
  path: '/',
  component: lazyRouteComponent(() => import('../features/account/OrdersPage'), 'OrdersPage'),
});

const accountAddresses = createRoute({
  getParentRoute: () => account,
  path: '/addresses',
  component: lazyRouteComponent(() => import('../features/account/AddressesPage'), 'AddressesPage'),
});

const accountSecurity = createRoute({
  getParentRoute: () => account,
  path: '/security',
  component: lazyRouteComponent(() => import('../features/account/SecurityPage'), 'SecurityPage'),
});

const routeTree = root.addChildren([
  home,
  product,
  category,
  search,
  cart,
  checkout,
  order,
  resetPassword,
  verify,
  logIn,
  register,
  forgot,
  account.addChildren([accountOrders, accountAddresses, accountSecurity]),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: ErrorScreen,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** The order was placed just now, so its page says thank you. */
    placed?: boolean;
  }
}
