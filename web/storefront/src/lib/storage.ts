// Small facts kept in this browser, observable by React. A browser that refuses storage keeps them
// for the page's life.
import { useSyncExternalStore } from 'react';

export interface Kept {
  get(): string | null;
  set(value: string | null): void;
  subscribe(listener: () => void): () => void;
}

export function kept(key: string): Kept {
  const listeners = new Set<() => void>();
  let value = read(key);
  addEventListener('storage', (event) => {
    if (event.key !== key && event.key !== null) return;
    value = read(key);
    listeners.forEach((listener) => listener());
  });
  return {
    get: () => value,
    set(next) {
      if (next === value) return;
      value = next;
      write(key, next);
      listeners.forEach((listener) => listener());
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useKept(store: Kept): string | null {
  return useSyncExternalStore(store.subscribe, store.get);
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Private mode or a full disk: the value still holds until the page is left.
  }
}
