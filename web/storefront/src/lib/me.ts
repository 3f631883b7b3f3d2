// A customer's own things: addresses, open sessions, name and password.
import {
  api,
  type Address,
  type List,
  type OpenSession,
  type PostalAddress,
  type User,
} from '@souk/shared';
import { queryOptions, useMutation } from '@tanstack/react-query';
import { queryClient } from './client';

export const addressesQuery = queryOptions({
  queryKey: ['me', 'addresses'],
  queryFn: async () => (await api.get<List<Address>>('/users/me/addresses')).items,
});

export const openSessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: async () => (await api.get<List<OpenSession>>('/users/me/sessions')).items,
});

const refresh = (what: string) => queryClient.invalidateQueries({ queryKey: ['me', what] });

type AddressChange = Partial<PostalAddress> & { is_default?: boolean };

export const useSaveAddress = () =>
  useMutation({
    mutationFn: ({ id, body }: { id: string | null; body: AddressChange }) =>
      id
        ? api.patch<Address>(`/users/me/addresses/${id}`, { body })
        : api.post<Address>('/users/me/addresses', { body }),
    onSuccess: () => refresh('addresses'),
  });

export const useDeleteAddress = () =>
  useMutation({
    mutationFn: (id: string) => api.delete(`/users/me/addresses/${id}`),
    onSuccess: () => refresh('addresses'),
  });

export const useEndSession = () =>
  useMutation({
    mutationFn: (id: string) => api.delete(`/users/me/sessions/${id}`),
    onSuccess: () => refresh('sessions'),
  });

export const changeName = (name: string) => api.patch<User>('/users/me', { body: { name } });

export const changePassword = (current_password: string, password: string) =>
  api.post('/users/me/password', { body: { current_password, password } });
