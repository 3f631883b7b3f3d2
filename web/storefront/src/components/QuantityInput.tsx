// A number of pieces: buttons for a thumb, typing for a keyboard, never below one or above what is
// there.
import { Minus, Plus } from 'lucide-react';
import { useState } from 'react';
import { cx } from './classes';

const QUANTITY_MAX = 999;

interface QuantityInputProps {
  value: number;
  max: number | null;
  label: string;
  onChange(quantity: number): void;
  small?: boolean;
}

export function QuantityInput({ value, max, label, onChange, small = false }: QuantityInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const most = Math.max(1, Math.min(max ?? QUANTITY_MAX, QUANTITY_MAX));
  const step =
    'grid h-full w-10 place-items-center text-muted hover:not-disabled:text-ink disabled:opacity-40';

  function take(quantity: number) {
    setTyped(null);
    const within = Math.min(Math.max(Math.round(quantity) || value, 1), most);
    if (within !== value) onChange(within);
  }

  return (
    <div
      role="group"
      aria-label={label}
      className={cx(
        'inline-flex items-center rounded-full border border-edge',
        small ? 'h-10' : 'h-12',
      )}
    >
      <button type="button" className={step} disabled={value <= 1} onClick={() => take(value - 1)}>
        <Minus aria-hidden className="size-4" />
        <span className="sr-only">One less</span>
      </button>
      <input
        className="amount h-full w-10 bg-transparent text-center"
        inputMode="numeric"
        aria-label={label}
        value={typed ?? value}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTyped(event.target.value.replace(/\D/g, ''))}
        onBlur={() => typed !== null && take(Number(typed))}
        onKeyDown={(event) => event.key === 'Enter' && take(Number(typed ?? value))}
      />
      <button
        type="button"
        className={step}
        disabled={value >= most}
        onClick={() => take(value + 1)}
      >
        <Plus aria-hidden className="size-4" />
        <span className="sr-only">One more</span>
      </button>
    </div>
  );
}
