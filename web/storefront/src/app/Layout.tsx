// The frame around every page: skip link, header, the page itself, footer.
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { AddedPanel } from '../features/cart/AddedPanel';
import { Footer } from './Footer';
import { Header } from './Header';

export function Layout() {
  const main = useRef<HTMLElement>(null);
  useFocusOnNavigation(main);
  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-3 focus:rounded-full focus:bg-accent focus:px-5 focus:py-3 focus:text-on-accent"
      >
        Skip to the page
      </a>
      <OfflineBar />
      <Header />
      <main id="main" ref={main} tabIndex={-1} className="min-h-[calc(100dvh-7rem)]">
        <Outlet />
      </main>
      <Footer />
      <AddedPanel />
    </>
  );
}

/** A new page is a new start for keyboard and screen reader, as it would be without JavaScript. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>) {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (before.current !== undefined && path !== before.current)
      main.current?.focus({ preventScroll: true });
    if (path !== undefined) before.current = path;
  }, [path, main]);
}

function OfflineBar() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    addEventListener('online', update);
    addEventListener('offline', update);
    return () => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    };
  }, []);
  return (
    <div role="status">
      {!online && (
        <p className="bg-warn-wash px-4 py-2 text-center text-sm text-warn">
          You are offline. What you see may be old; your cart is kept.
        </p>
      )}
    </div>
  );
}
