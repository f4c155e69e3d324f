import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** `npx vite build dashboards/console` writes the page to `dist/console`, from where the service hands it out at `/`. */
export default defineConfig({
  base: '/',
  plugins: [vue()],
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // The page's content policy allows scripts and styles of its own origin only; nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
})
