// react-admin's English, but for the words that are different here.
import polyglot from 'ra-i18n-polyglot';
import english from 'ra-language-english';

const words = {
  ...english,
  ra: {
    ...english.ra,
    auth: { ...english.ra.auth, username: 'E-mail' },
    notification: {
      ...english.ra.notification,
      updated: 'Saved.',
      created: 'Saved.',
      item_doesnt_exist: 'This does not exist, or not any more.',
    },
    message: {
      ...english.ra.message,
      not_found: 'There is nothing at this address',
    },
    navigation: {
      ...english.ra.navigation,
      no_filtered_results: 'Nothing found with these filters.',
    },
  },
  resources: {
    orders: { name: 'Order |||| Orders', empty: 'No order yet.' },
    products: {
      name: 'Product |||| Products',
      empty: 'No product yet.',
      notifications: { deleted: 'The product is archived.' },
      invite: 'Add the first one here, or take in the catalogue of another shop with souk import.',
    },
  },
};

export const i18nProvider = polyglot(() => words, 'en');
