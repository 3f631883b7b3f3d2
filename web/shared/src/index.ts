// What the storefront and the dashboard share: the contract's types, the client, and money as text.
export * from './client';
export type * from './contract';
export * from './money';
export * from './limits';
