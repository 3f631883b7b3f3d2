// The bottom of every page: departments, the account, and how to see the shop (currency, colours).
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { Failure } from '../components/Failure';
import { Notice } from '../components/Notice';
import { useCart, useSwitchCurrency } from '../lib/cart';
import { categoriesQuery, mainDepartments } from '../lib/catalogue';
import { useCurrency, useShop } from '../lib/shop';
import { ThemeSelect } from './ThemeSwitch';

const TOP_MAX = 8;

export function Footer() {
  const shop = useShop();
  const { data: categories } = useQuery(categoriesQuery);
  // Who pays is not led away.
  const isCheckout = useRouterState({
    select: ({ location }) => location.pathname === '/checkout',
  });
  const tops = mainDepartments(categories, TOP_MAX);
  const link =
    'inline-flex min-h-9 items-center text-muted hover:text-ink hover:underline hover:underline-offset-4';
  return (
    <footer className="mt-24 border-t border-line bg-wash">
      <div className="page grid grid-cols-2 gap-x-6 gap-y-10 py-14 md:grid-cols-[2fr_1fr_1fr_14rem]">
        <div className="col-span-2 flex min-h-20 flex-col gap-2 md:col-span-1">
          <p className="text-xl font-semibold tracking-tight">{shop?.name}</p>
          {shop && (
            <p className="max-w-xs text-sm text-muted">
              {shop.prices_include_tax
                ? 'All prices include tax.'
                : 'Prices are without tax; it is added at checkout.'}
              {shop.test_payments && ' This shop is in test mode: no card is charged.'}
            </p>
          )}
        </div>
        {!isCheckout && (
          <>
            <nav aria-labelledby="footer-departments">
              <h2 id="footer-departments" className="mb-2 text-sm font-semibold">
                Departments
              </h2>
              <ul>
                {tops.map(({ handle, title }) => (
                  <li key={handle}>
                    <Link to="/categories/$handle" params={{ handle }} className={link}>
                      {title}
                    </Link>
                  </li>
                ))}
              </ul>
            </nav>
            <nav aria-labelledby="footer-account">
              <h2 id="footer-account" className="mb-2 text-sm font-semibold">
                Your account
              </h2>
              <ul>
                <li>
                  <Link to="/account" className={link}>
                    Orders
                  </Link>
                </li>
                <li>
                  <Link to="/account/addresses" className={link}>
                    Addresses
                  </Link>
                </li>
                <li>
                  <Link to="/cart" className={link}>
                    Cart
                  </Link>
                </li>
              </ul>
            </nav>
          </>
        )}
        <div className="col-span-2 flex flex-col gap-4 sm:col-span-1">
          <CurrencySelect />
          <ThemeSelect />
        </div>
      </div>
    </footer>
  );
}

function CurrencySelect() {
  const shop = useShop();
  const currency = useCurrency();
  const change = useSwitchCurrency();
  const { cart } = useCart();
  const told = cart?.version === change.data?.version ? change.data : null;
  if (!shop || shop.currencies.length < 2) return null;
  return (
    <div className="flex flex-col gap-3">
      <label className="flex flex-col gap-1.5 text-sm">
        Currency
        <select
          className="field"
          value={change.isPending ? change.variables.currency : (currency ?? shop.currency)}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ shop, currency: event.target.value })}
        >
          {shop.currencies.map((code) => (
            <option key={code} value={code}>
              {code} – {currencyName(code)}
            </option>
          ))}
        </select>
      </label>
      {change.isError && <Failure error={change.error} />}
      {told?.notices.map(({ detail }, index) => (
        <Notice key={index} tone="warn">
          {detail}
        </Notice>
      ))}
    </div>
  );
}

const names = new Intl.DisplayNames(undefined, { type: 'currency' });
const currencyName = (code: string) => names.of(code) ?? code;
