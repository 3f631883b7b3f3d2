// Who may see and change what. The server decides; the dashboard only hides what would be refused.

export type Roles = string[] | undefined;
export type Area = 'products' | 'orders' | 'events';

const SEE: Record<Area, string[]> = {
  products: ['catalog', 'admin'],
  orders: ['orders', 'support', 'admin'],
  events: ['admin'],
};

const CHANGE: Record<Area, string[]> = {
  products: ['catalog', 'admin'],
  orders: ['orders', 'admin'],
  events: ['admin'],
};

const has = (roles: Roles, wanted: string[]) =>
  roles?.some((role) => wanted.includes(role)) ?? false;

export const maySee = (roles: Roles, area: Area) => has(roles, SEE[area]);
export const mayChange = (roles: Roles, area: Area) => has(roles, CHANGE[area]);
export const isStaff = (roles: Roles) => has(roles, ['catalog', 'orders', 'support', 'admin']);
