// The storefront's build: plain hashed files for the binary to carry, and no inline script, so a
// strict CSP holds.
import { readFileSync } from 'node:fs';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import {
  defineConfig,
  transformWithEsbuild,
  type IndexHtmlTransformContext,
  type Plugin,
} from 'vite';

const server = process.env.SOUK_URL ?? 'http://127.0.0.1:30080';

/**
 * theme.ts must run before the first paint, so it is a small blocking script of its own, outside
 * the module graph.
 */
function themeScript(): Plugin {
  return {
    name: 'souk-theme-script',
    apply: 'build',
    async buildStart() {
      const source = readFileSync(new URL('src/theme.ts', import.meta.url), 'utf8');
      const { code } = await transformWithEsbuild(source, 'theme.ts', {
        minify: true,
        format: 'iife',
      });
      this.emitFile({ type: 'asset', name: 'theme.js', source: code });
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) => [
        {
          tag: 'script',
          attrs: { src: assetOf(bundle, /\/theme-.*\.js$/) },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}

/** The text face is asked for with the page instead of after the style sheet. */
function fontPreload(): Plugin {
  return {
    name: 'souk-font-preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const href = assetOf(bundle, /-latin-wght-normal.*\.woff2$/);
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href, crossorigin: true };
        return [{ tag: 'link', attrs, injectTo: 'head' }];
      },
    },
  };
}

function assetOf(bundle: IndexHtmlTransformContext['bundle'], pattern: RegExp): string {
  const name = Object.keys(bundle ?? {}).find((one) => pattern.test(one));
  if (!name) throw new Error(`nothing in the bundle is like ${pattern}`);
  return `/${name}`;
}

export default defineConfig({
  plugins: [react(), tailwindcss(), themeScript(), fontPreload()],
  server: { proxy: { '/api': server, '/media': server } },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
