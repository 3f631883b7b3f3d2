// What the storefront and the dashboard share: the contract's types, the client, and money as text.
export * from './api';
export type * from './contract';
export * from './money';
