// A radio button with room for an explanation.
import type { ReactNode } from 'react';
import { cx } from './classes';

interface RadioCardProps {
  name: string;
  value: string;
  title: string;
  text?: string | null;
  aside?: ReactNode;
  checked: boolean;
  onChoose(): void;
}

export function RadioCard({ name, value, title, text, aside, checked, onChoose }: RadioCardProps) {
  return (
    <label
      className={cx(
        'flex min-h-14 items-center gap-3.5 rounded-xl border px-4 py-3',
        'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
        checked ? 'border-accent ring-1 ring-accent' : 'border-edge hover:border-ink',
      )}
    >
      <input
        type="radio"
        name={name}
        value={value}
        checked={checked}
        onChange={onChoose}
        className="size-5 shrink-0 accent-(--accent) outline-none"
      />
      <span className="flex min-w-0 flex-1 flex-col">
        <span>{title}</span>
        {text && <span className="text-sm text-muted">{text}</span>}
      </span>
      {aside && <span className="amount">{aside}</span>}
    </label>
  );
}
