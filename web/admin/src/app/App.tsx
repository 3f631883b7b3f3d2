// The dashboard: one line a resource, shown to those whose role may use it.
import { isTransient } from '@souk/shared';
import { QueryClient } from '@tanstack/react-query';
import { Admin, Resource } from 'react-admin';
import { BrowserRouter } from 'react-router-dom';
import { Dashboard } from '../features/dashboard/Dashboard';
import { events } from '../features/events';
import { orders } from '../features/orders';
import { products } from '../features/products';
import { sales } from '../features/sales';
import { authProvider } from '../lib/authProvider';
import { dataProvider } from '../lib/dataProvider';
import { mayChange, maySee, type Roles } from '../lib/roles';
import { darkTheme, lightTheme } from './theme';
import { i18nProvider } from './words';

const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: (failures, error) => failures < 2 && isTransient(error) } },
});

export const App = () => (
  <BrowserRouter basename="/admin">
    <Admin
      title="Shop dashboard"
      authProvider={authProvider}
      dataProvider={dataProvider}
      i18nProvider={i18nProvider}
      queryClient={queryClient}
      dashboard={Dashboard}
      theme={lightTheme}
      darkTheme={darkTheme}
      requireAuth
      disableTelemetry
    >
      {(roles: Roles) => (
        <>
          {maySee(roles, 'orders') && <Resource {...orders} />}
          {maySee(roles, 'orders') && <Resource {...sales} />}
          {maySee(roles, 'products') && <Resource {...products(mayChange(roles, 'products'))} />}
          {maySee(roles, 'events') && <Resource {...events} />}
        </>
      )}
    </Admin>
  </BrowserRouter>
);
