// The query cache and its one policy: reads are retried when the shop was away, never when it said
// no.
import { isTransient } from '@souk/shared';
import { QueryClient } from '@tanstack/react-query';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && isTransient(error),
      retryDelay: (failures) => 500 * 2 ** failures * (0.5 + Math.random()),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
