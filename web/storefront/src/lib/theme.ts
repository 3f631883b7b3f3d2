// The theme switch. No choice means the system's; theme.ts applies a kept choice before the first
// paint.
import { remember } from './preferences';
import { kept, useKept } from './storage';

export type Theme = 'system' | 'light' | 'dark';

const choice = kept('souk.theme');

export function useTheme(): [Theme, (theme: Theme) => void] {
  const value = useKept(choice);
  return [themeOf(value), chooseTheme];
}

const themeOf = (value: string | null): Theme =>
  value === 'light' || value === 'dark' ? value : 'system';

export const chosenTheme = () => themeOf(choice.get());

function chooseTheme(theme: Theme) {
  setTheme(theme);
  remember({ colour_scheme: theme });
}

/** In this browser alone. */
export function setTheme(theme: Theme) {
  choice.set(theme === 'system' ? null : theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
