// Light, dark, or as the system says.
import { Moon, Sun, SunMoon } from 'lucide-react';
import { button } from '../components/classes';
import { useTheme, type Theme } from '../lib/theme';

const THEMES = [
  { theme: 'system', name: 'As the system', Icon: SunMoon },
  { theme: 'light', name: 'Light', Icon: Sun },
  { theme: 'dark', name: 'Dark', Icon: Moon },
] as const;

export function ThemeButton() {
  const [theme, setTheme] = useTheme();
  const at = THEMES.findIndex((one) => one.theme === theme);
  const { name, Icon } = THEMES[at] ?? THEMES[0];
  const next = THEMES[(at + 1) % THEMES.length] ?? THEMES[0];
  return (
    <button
      type="button"
      className={button.icon}
      title={`Colours: ${name}`}
      onClick={() => setTheme(next.theme)}
    >
      <Icon aria-hidden className="size-5" />
      <span className="sr-only">
        Colours: {name}. Change to: {next.name}
      </span>
    </button>
  );
}

export function ThemeSelect() {
  const [theme, setTheme] = useTheme();
  return (
    <label className="flex flex-col gap-1.5 text-sm">
      Colours
      <select
        className="field"
        value={theme}
        onChange={(event) => setTheme(event.target.value as Theme)}
      >
        {THEMES.map((one) => (
          <option key={one.theme} value={one.theme}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}
