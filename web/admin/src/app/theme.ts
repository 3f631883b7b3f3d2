// The storefront's colours on react-admin's components.
import { defaultDarkTheme, defaultLightTheme } from 'react-admin';

const shape = { borderRadius: 8 };

const login = (backgroundColor: string) => ({
  RaLogin: { styleOverrides: { root: { backgroundColor, backgroundImage: 'none' } } },
});

export const lightTheme = {
  ...defaultLightTheme,
  shape,
  components: { ...defaultLightTheme.components, ...login('#e9eeeb') },
  palette: {
    ...defaultLightTheme.palette,
    primary: { main: '#14524a' },
    secondary: { main: '#14524a' },
    background: { default: '#f7f7f4', paper: '#ffffff' },
  },
};

export const darkTheme = {
  ...defaultDarkTheme,
  shape,
  components: { ...defaultDarkTheme.components, ...login('#121514') },
  palette: {
    ...defaultDarkTheme.palette,
    mode: 'dark' as const,
    primary: { main: '#8fd6c1' },
    secondary: { main: '#0c3f38' },
    background: { default: '#121514', paper: '#1a1e1d' },
  },
};
