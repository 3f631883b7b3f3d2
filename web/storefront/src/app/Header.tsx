// The top of every page: name, departments, search, account, cart.
import type { Category } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Menu, ShoppingBag, UserRound } from 'lucide-react';
import { useState } from 'react';
import { button } from '../components/classes';
import { Drawer } from '../components/Drawer';
import { SearchBox } from '../features/search/SearchBox';
import { itemCount, useCart } from '../lib/cart';
import { categoriesQuery, mainDepartments } from '../lib/catalogue';
import { plural } from '../lib/page';
import { useSession } from '../lib/session';
import { useShop } from '../lib/shop';
import { ThemeButton } from './ThemeSwitch';

const TOP_MAX = 12;

export function Header() {
  const shop = useShop();
  const { data: categories } = useQuery(categoriesQuery);
  const tops = mainDepartments(categories, TOP_MAX);
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-paper">
      <div className="page grid grid-cols-[auto_1fr_auto] items-center gap-x-3 py-2 lg:grid-cols-[auto_minmax(16rem,34rem)_1fr] lg:gap-x-10 lg:py-3">
        <div className="flex items-center gap-1">
          <CategoryMenu categories={categories ?? []} />
          <Link
            to="/"
            className="flex min-h-11 items-center text-xl font-semibold tracking-tight whitespace-nowrap"
          >
            {shop?.name ?? (
              <span className="skeleton inline-block h-6 w-28">
                <span className="sr-only">Front page</span>
              </span>
            )}
          </Link>
        </div>
        <div className="col-span-3 row-start-2 pt-1.5 pb-1 lg:col-span-1 lg:row-start-auto lg:p-0">
          <SearchBox />
        </div>
        <div className="col-start-3 flex items-center justify-end">
          <ThemeButton />
          <AccountLink />
          <CartLink />
        </div>
      </div>
      <TopCategories categories={tops} />
    </header>
  );
}

function TopCategories({ categories }: { categories: Category[] }) {
  return (
    <nav aria-label="Departments" className="page hidden min-h-10 pb-2 lg:block">
      <ul className="-ml-3 flex h-8 flex-wrap overflow-hidden">
        {categories.map(({ handle, title }) => (
          <li key={handle}>
            <Link
              to="/categories/$handle"
              params={{ handle }}
              className="flex min-h-8 items-center rounded-full px-3 text-[0.9375rem] text-muted hover:text-ink aria-[current=page]:text-ink aria-[current=page]:underline aria-[current=page]:underline-offset-8"
              activeOptions={{ includeSearch: false }}
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function CategoryMenu({ categories }: { categories: Category[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={`${button.icon} -ml-2.5`}
        aria-expanded={open}
        onClick={() => setOpen(true)}
      >
        <Menu aria-hidden className="size-5" />
        <span className="sr-only">All departments</span>
      </button>
      <Drawer open={open} onClose={() => setOpen(false)} title="Departments" side="left">
        <ul className="flex flex-col">
          {categories
            .filter(({ product_count }) => product_count > 0)
            .map(({ handle, title, depth, parent_handle, product_count }) => (
              <li key={handle}>
                <Link
                  to="/categories/$handle"
                  params={{ handle }}
                  onClick={() => setOpen(false)}
                  style={{ paddingLeft: `${depth}rem` }}
                  className={
                    parent_handle === null
                      ? 'mt-2 flex min-h-11 items-center justify-between text-lg font-medium hover:underline'
                      : 'flex min-h-10 items-center justify-between text-muted hover:text-ink hover:underline'
                  }
                >
                  {title}
                  <span className="amount text-sm font-normal text-muted">
                    {product_count}
                    <span className="sr-only"> products</span>
                  </span>
                </Link>
              </li>
            ))}
        </ul>
      </Drawer>
    </>
  );
}

function AccountLink() {
  const { data: session } = useSession();
  return (
    <Link to={session ? '/account' : '/account/login'} className={button.icon}>
      <UserRound aria-hidden className="size-5" />
      <span className="sr-only">{session ? 'Your account' : 'Log in'}</span>
    </Link>
  );
}

function CartLink() {
  const { cart } = useCart();
  const count = itemCount(cart);
  return (
    <Link to="/cart" className={`${button.icon} -mr-2.5`}>
      <ShoppingBag aria-hidden className="size-5" />
      <span className="sr-only">Cart, {plural(count, 'item')}</span>
      {count > 0 && (
        <span
          aria-hidden
          className="amount absolute top-0.5 right-0 min-w-5 rounded-full bg-accent px-1 text-center text-xs leading-5 font-semibold text-on-accent"
        >
          {count > 99 ? '99+' : count}
        </span>
      )}
    </Link>
  );
}
