// The shop's own facts: which currencies its prices are in.
import { api, type Shop } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';

export function useShop(): Shop | undefined {
  return useQuery({ queryKey: ['shop'], queryFn: () => api.get<Shop>('/shop') }).data;
}
