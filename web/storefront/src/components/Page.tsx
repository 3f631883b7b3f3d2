// A plain page: a title, and a column of text or a form.
import type { ReactNode } from 'react';
import { cx } from './classes';

interface PageProps {
  title: string;
  intro?: ReactNode;
  narrow?: boolean;
  children?: ReactNode;
}

export function Page({ title, intro, narrow = false, children }: PageProps) {
  return (
    <div className={cx('page pt-8 lg:pt-12', narrow && 'max-w-lg!')}>
      <h1 className="text-title">{title}</h1>
      {intro && <div className="mt-3 max-w-prose text-muted">{intro}</div>}
      <div className="mt-8">{children}</div>
    </div>
  );
}
