// Spans of time of the sales report: from a moment until another one, which is not in it. Days are
// those of UTC, as everywhere in the shop's books.
import type { Query } from '@souk/shared';

export interface Span extends Query {
  from: string;
  until: string;
}

const DAY_MS = 86_400_000;

export const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** The day after a date, so that a span may be told by its last day. */
export const dayAfter = (date: string) => dateOf(Date.parse(date) + DAY_MS);
export const dayBefore = (date: string) => dateOf(Date.parse(date) - DAY_MS);

/** So many whole days, the last of them `ago` days before today. */
export function daysOf(days: number, ago: number): Span {
  const today = Date.parse(dateOf(Date.now()));
  const until = today + (1 - ago) * DAY_MS;
  return { from: dateOf(until - days * DAY_MS), until: dateOf(until) };
}

export const PRESETS: { name: string; span: () => Span }[] = [
  { name: 'Today', span: () => daysOf(1, 0) },
  { name: 'Yesterday', span: () => daysOf(1, 1) },
  { name: 'Last 7 days', span: () => daysOf(7, 1) },
  { name: 'Last 30 days', span: () => daysOf(30, 1) },
];

/** Of a link, such as the one in the daily mail; yesterday where it says none. */
export function spanOf(params: URLSearchParams): Span {
  const [from, until] = [params.get('from'), params.get('until')].map((text) => {
    const time = Date.parse(text ?? '');
    return Number.isNaN(time) ? null : new Date(time).toISOString();
  });
  if (!from || !until) return daysOf(1, 1);
  const midnight = /T00:00:00\.000Z$/;
  return { from: from.replace(midnight, ''), until: until.replace(midnight, '') };
}
