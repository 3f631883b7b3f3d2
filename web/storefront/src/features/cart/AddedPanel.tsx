// Confirms an addition without taking the page away. It leaves by itself unless it is being used.
import { Link } from '@tanstack/react-router';
import { Check, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { button } from '../../components/classes';
import { LineItem } from '../../components/LineItem';
import { showAdded, useAdded, useCart } from '../../lib/cart';

const SHOWN_MS = 8000;

export function AddedPanel() {
  const added = useAdded();
  const { cart } = useCart();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!added || held) return;
    const timer = setTimeout(() => showAdded(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [added, held]);
  return (
    <div role="status">
      {added && cart && (
        <div
          className="fixed inset-x-3 bottom-3 z-40 flex flex-col gap-4 rounded-2xl border border-line bg-raised p-4 shadow-2xl shadow-black/20 sm:left-auto sm:w-96 lg:top-20 lg:right-8 lg:bottom-auto"
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <div className="flex items-center justify-between">
            <p className="flex items-center gap-2 font-medium text-good">
              <Check aria-hidden className="size-5" /> In your cart
            </p>
            <button
              type="button"
              className={`${button.icon} -my-2 -mr-2`}
              onClick={() => showAdded(null)}
            >
              <X aria-hidden className="size-5" />
              <span className="sr-only">Dismiss</span>
            </button>
          </div>
          <LineItem item={added} currency={cart.currency} small />
          <div className="grid grid-cols-2 gap-3">
            <Link to="/cart" className={button.secondary} onClick={() => showAdded(null)}>
              View cart
            </Link>
            <Link to="/checkout" className={button.primary} onClick={() => showAdded(null)}>
              Check out
            </Link>
          </div>
        </div>
      )}
    </div>
  );
}
