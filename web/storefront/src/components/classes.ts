// The few class lists that several parts share, so that a button is a button everywhere.

export const cx = (...names: (string | false | null | undefined)[]) =>
  names.filter(Boolean).join(' ');

const BUTTON =
  'inline-flex min-h-11 items-center justify-center gap-2 rounded-full px-6 py-2.5 text-base font-medium transition-colors ' +
  'disabled:cursor-not-allowed disabled:opacity-55';

export const button = {
  primary: `${BUTTON} bg-accent text-on-accent hover:not-disabled:bg-accent-hover`,
  secondary: `${BUTTON} border border-edge text-ink hover:not-disabled:border-ink`,
  quiet: 'link inline-flex min-h-11 items-center gap-1.5 text-sm text-muted hover:text-ink',
  icon: 'relative inline-flex size-11 items-center justify-center rounded-full hover:bg-tile',
};

export const card = 'rounded-xl border border-line bg-raised';
