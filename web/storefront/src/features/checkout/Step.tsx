// One numbered part of the checkout.
import type { ReactNode } from 'react';

export function Step({
  number,
  title,
  children,
}: {
  number: number;
  title: string;
  children: ReactNode;
}) {
  return (
    <section aria-labelledby={`step-${number}`} className="flex flex-col gap-5">
      <h2
        id={`step-${number}`}
        className="flex items-baseline gap-3 border-b border-line pb-3 text-heading"
      >
        <span aria-hidden className="amount text-base text-muted">
          {number}
        </span>
        {title}
      </h2>
      {children}
    </section>
  );
}
