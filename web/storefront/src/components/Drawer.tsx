// A panel from the side of the window: the browser's own modal dialog (focus trap, Esc, inert page)
// with our look.
import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { button, cx } from './classes';

interface DrawerProps {
  open: boolean;
  onClose(): void;
  title: string;
  side?: 'left' | 'right';
  footer?: ReactNode;
  children: ReactNode;
}

export function Drawer({ open, onClose, title, side = 'right', footer, children }: DrawerProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    // A click on the backdrop counts as one on the dialog itself; the keyboard closes it with Esc
    // and the button.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={ref}
      aria-label={title}
      className={cx('drawer', side === 'left' && 'from-left')}
      onClose={onClose}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="flex h-full flex-col">
        <header className="flex items-center justify-between border-b border-line py-2.5 pr-2.5 pl-5">
          <h2 className="text-lg font-medium">{title}</h2>
          <button type="button" className={button.icon} onClick={onClose}>
            <X aria-hidden className="size-5" />
            <span className="sr-only">Close</span>
          </button>
        </header>
        <div className="flex-1 overflow-y-auto overscroll-contain px-5 py-5">
          {open && children}
        </div>
        {footer && <footer className="border-t border-line p-4">{footer}</footer>}
      </div>
    </dialog>
  );
}
