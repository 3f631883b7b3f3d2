// The theme switch. No choice means the system's; theme.ts applies a kept choice before the first
// paint.
import { kept, useKept } from './storage';

export type Theme = 'system' | 'light' | 'dark';

const choice = kept('souk.theme');

export function useTheme(): [Theme, (theme: Theme) => void] {
  const value = useKept(choice);
  return [value === 'light' || value === 'dark' ? value : 'system', setTheme];
}

function setTheme(theme: Theme) {
  choice.set(theme === 'system' ? null : theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
