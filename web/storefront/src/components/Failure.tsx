// What went wrong, in words that say what to do now. One place, so that every page is equally
// honest.
import { ApiError, NetworkError } from '@souk/shared';
import { useEffect, useState } from 'react';
import { sentence } from '../lib/form';
import { Button } from './Button';
import { Notice } from './Notice';

interface Words {
  title: string;
  text: string;
}

export function failureWords(error: unknown): Words {
  if (error instanceof NetworkError) {
    return navigator.onLine
      ? {
          title: 'The shop cannot be reached',
          text: 'Nothing was lost. Wait a moment, then try again.',
        }
      : {
          title: 'You are offline',
          text: 'Check your connection. This page tries again by itself when it is back.',
        };
  }
  if (!(error instanceof ApiError))
    return { title: 'This page failed', text: 'Reload it. Your cart is kept.' };
  if (error.status === 503 || error.status === 504) {
    return { title: 'The shop is very busy', text: 'Your request was not done. Nothing was lost.' };
  }
  if (error.status === 429) {
    return {
      title: 'Too many tries',
      text: `Wait ${waitText(error.retryAfterS)}, then try again.`,
    };
  }
  if (error.status >= 500)
    return { title: 'The shop made a mistake', text: 'It is not your fault. Try again.' };
  return { title: sentence(error.message), text: '' };
}

function waitText(seconds: number | null): string {
  if (!seconds) return 'a little';
  return seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

interface FailureProps {
  error: unknown;
  retry?: () => void;
  busy?: boolean;
  className?: string;
}

export function Failure({ error, retry, busy = false, className }: FailureProps) {
  const left = useRetry(error, retry);
  const { title, text } = failureWords(error);
  return (
    <Notice
      tone="bad"
      title={title}
      className={className}
      actions={
        retry && (
          <Button kind="quiet" className="text-ink!" onClick={retry} busy={busy}>
            {left ? `Try again now (by itself in ${left} s)` : 'Try again'}
          </Button>
        )
      }
    >
      {text}
      {error instanceof ApiError && error.status >= 500 && error.requestId && (
        <span className="mt-1 block text-sm text-muted">Reference: {error.requestId}</span>
      )}
    </Notice>
  );
}

/**
 * Tries again when the connection is back, or after the time that the server asked for; counts that
 * down.
 */
function useRetry(error: unknown, retry?: () => void): number {
  const waitS = error instanceof ApiError && error.status === 503 ? (error.retryAfterS ?? 0) : 0;
  const [left, setLeft] = useState(waitS);
  useEffect(() => {
    if (!retry) return;
    const offline = error instanceof NetworkError;
    if (offline) addEventListener('online', retry);
    const until = Date.now() + waitS * 1000;
    const timer = waitS
      ? setInterval(() => {
          const seconds = Math.ceil((until - Date.now()) / 1000);
          setLeft(Math.max(seconds, 0));
          if (seconds <= 0) {
            clearInterval(timer);
            retry();
          }
        }, 500)
      : undefined;
    return () => {
      removeEventListener('online', retry);
      clearInterval(timer);
    };
    // A new error starts a new wait; a new function alone does not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [error, waitS]);
  return left;
}

/** A whole page that failed, under its own heading. */
export function FailurePage({ error, retry }: FailureProps) {
  const { title, text } = failureWords(error);
  return (
    <section className="page flex min-h-[60vh] flex-col items-start justify-center gap-5 py-16">
      <h1 className="text-title">{title}</h1>
      {text && <p className="max-w-prose text-lg text-muted">{text}</p>}
      {retry && <Button onClick={retry}>Try again</Button>}
    </section>
  );
}
