// react-admin's English, but for the words that are different here.
import polyglot from 'ra-i18n-polyglot';
import english from 'ra-language-english';

const words = {
  ...english,
  ra: { ...english.ra, auth: { ...english.ra.auth, username: 'E-mail' } },
};

export const i18nProvider = polyglot(() => words, 'en');
