// Nothing here yet: says so, and offers the next step.
import type { ReactNode } from 'react';

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-5 rounded-2xl bg-wash px-6 py-12 sm:px-10 sm:py-16">
      <p className="text-heading text-balance">{title}</p>
      {children}
    </div>
  );
}
