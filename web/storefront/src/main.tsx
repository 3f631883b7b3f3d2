// The storefront starts here. Routes are in app/router.tsx.
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './app/router';
import './app/styles.css';
import { adoptPageData } from './lib/catalogue';
import { queryClient } from './lib/client';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
adoptPageData();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
