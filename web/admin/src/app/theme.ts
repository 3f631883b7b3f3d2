// The storefront's colours on react-admin's components.
import { defaultDarkTheme, defaultLightTheme } from 'react-admin';

const shape = { borderRadius: 8 };

const typography = {
  fontFamily: "'Instrument Sans Variable', system-ui, sans-serif",
  button: { textTransform: 'none' as const, fontWeight: 600 },
};

const login = (backgroundColor: string) => ({
  RaLogin: { styleOverrides: { root: { backgroundColor, backgroundImage: 'none' } } },
});

export const lightTheme = {
  ...defaultLightTheme,
  shape,
  typography,
  components: { ...defaultLightTheme.components, ...login('#e9eeeb') },
  palette: {
    ...defaultLightTheme.palette,
    primary: { main: '#14524a' },
    secondary: { main: '#14524a' },
    info: { main: '#01579b' },
    error: { main: '#a62617' },
    background: { default: '#f7f7f4', paper: '#ffffff' },
  },
};

export const darkTheme = {
  ...defaultDarkTheme,
  shape,
  typography,
  components: { ...defaultDarkTheme.components, ...login('#121514') },
  palette: {
    ...defaultDarkTheme.palette,
    mode: 'dark' as const,
    primary: { main: '#8fd6c1' },
    secondary: { main: '#0c3f38' },
    error: { main: '#ff9d85', contrastText: '#2b0b05' },
    background: { default: '#121514', paper: '#1a1e1d' },
  },
};
