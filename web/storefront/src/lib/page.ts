// What a page says about itself: its title, and plain words for dates.
import { useEffect } from 'react';
import { useShop } from './shop';

export function usePageTitle(title: string | null | undefined) {
  const name = useShop()?.name;
  useEffect(() => {
    if (!name || title === undefined) return;
    document.title = title ? `${title} – ${name}` : name;
  }, [title, name]);
}

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const momentFormat = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
});

export const formatDate = (time: string) => dateFormat.format(new Date(time));
export const formatMoment = (time: string) => momentFormat.format(new Date(time));

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}
