// The dashboard's build: plain hashed files under /admin/ for the binary to carry.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.SOUK_URL ?? 'http://127.0.0.1:30080';

export default defineConfig({
  base: '/admin/',
  plugins: [react()],
  server: { proxy: { '/api': server, '/media': server } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
});
