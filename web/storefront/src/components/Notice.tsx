// A message in the page's flow. Errors interrupt a screen reader, the rest waits its turn.
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './classes';

const TONES = {
  info: { icon: Info, look: 'bg-wash text-ink' },
  good: { icon: CircleCheck, look: 'bg-good-wash text-good' },
  warn: { icon: TriangleAlert, look: 'bg-warn-wash text-warn' },
  bad: { icon: CircleAlert, look: 'bg-bad-wash text-bad' },
};

interface NoticeProps {
  tone?: keyof typeof TONES;
  title?: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

export function Notice({ tone = 'info', title, children, actions, className }: NoticeProps) {
  const { icon: Icon, look } = TONES[tone];
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={cx('flex gap-3 rounded-xl px-4 py-3.5', look, className)}
    >
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div className="flex min-w-0 flex-col gap-1 text-[0.9375rem]">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className={title ? 'text-ink' : undefined}>{children}</div>}
        {actions && <div className="mt-1.5 flex flex-wrap gap-x-5 gap-y-1">{actions}</div>}
      </div>
    </div>
  );
}
