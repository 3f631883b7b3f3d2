// The storefront's colours on react-admin's components.
import { defaultDarkTheme, defaultLightTheme, type RaThemeOptions } from 'react-admin';

const NARROW = '@media (max-width: 599.95px)';

const shape = { borderRadius: 8 };

const typography = {
  fontFamily: "'Instrument Sans Variable', system-ui, sans-serif",
  button: { textTransform: 'none' as const, fontWeight: 600 },
};

/** What react-admin's own parts are drawn with, where it does not fit. */
const parts = (theme: RaThemeOptions, backgroundColor: string) => ({
  ...theme.components,

  RaLogin: { styleOverrides: { root: { backgroundColor, backgroundImage: 'none' } } },
  // A title that is too long ends in dots: it must not be a block of its own.
  RaAppBar: { styleOverrides: { root: { '& .RaConfigurable-root': { display: 'inline' } } } },
  // Of an empty list, which is read and not only seen.
  RaEmpty: { styleOverrides: { root: { '& .RaEmpty-message': { color: 'inherit' } } } },
  // On a phone a band of another colour across the page, mostly with nothing on it.
  RaTopToolbar: { styleOverrides: { root: { '&&': { backgroundColor: 'transparent' } } } },
  RaListToolbar: { styleOverrides: { root: { '&&': { backgroundColor: 'transparent' } } } },
  RaFilterForm: { styleOverrides: { root: { '&&': { backgroundColor: 'transparent' } } } },
  // Above the bar with "Save" in it, which lies at the lower edge of a phone.
  MuiSnackbar: {
    styleOverrides: { root: { [NARROW]: { '&&': { bottom: 80 } } } },
  },
});

export const lightTheme = {
  ...defaultLightTheme,
  shape,
  typography,
  components: parts(defaultLightTheme, '#e9eeeb'),
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
  components: parts(defaultDarkTheme, '#121514'),
  palette: {
    ...defaultDarkTheme.palette,
    mode: 'dark' as const,
    primary: { main: '#8fd6c1' },
    secondary: { main: '#0c3f38' },
    error: { main: '#ff9d85', contrastText: '#2b0b05' },
    background: { default: '#121514', paper: '#1a1e1d' },
  },
};
