// The rules that keep the folders' direction (STYLE.md, "Web"), types honest, and pages accessible.
import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import ts from 'typescript-eslint';

/** lib, components -> features -> app; a feature never sees another one. */
const direction = {
  plugins: { boundaries },
  settings: {
    'import/resolver': { node: { extensions: ['.ts', '.tsx'] } },
    'boundaries/elements': [
      { type: 'lib', pattern: '*/src/lib/*', mode: 'full' },
      { type: 'components', pattern: '*/src/components/*', mode: 'full' },
      {
        type: 'feature',
        pattern: '*/src/features/*/*',
        mode: 'full',
        capture: ['front', 'feature'],
      },
      { type: 'app', pattern: '*/src/app/*', mode: 'full' },
      { type: 'entry', pattern: '*/src/*', mode: 'full' },
    ],
  },
  rules: {
    'boundaries/element-types': [
      'error',
      {
        default: 'disallow',
        message: '${file.type} must not import ${dependency.type}: see STYLE.md, "Web"',
        rules: [
          { from: 'lib', allow: ['lib'] },
          { from: 'components', allow: ['lib', 'components'] },
          {
            from: 'feature',
            allow: ['lib', 'components', ['feature', { feature: '${from.feature}' }]],
          },
          { from: 'app', allow: ['lib', 'components', 'feature', 'app'] },
          { from: 'entry', allow: ['lib', 'app'] },
        ],
      },
    ],
  },
};

export default ts.config(
  { ignores: ['*/dist/', 'shared/src/api.d.ts', 'shared/src/limits.ts'] },
  js.configs.recommended,
  { files: ['*.js', 'shared/*.js'], languageOptions: { globals: globals.node } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [ts.configs.recommendedTypeChecked, a11y.flatConfigs.recommended],
    plugins: { 'react-hooks': hooks },
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        project: ['./storefront/tsconfig.json', './admin/tsconfig.json'],
        tsconfigRootDir: new URL('.', import.meta.url).pathname,
      },
    },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'jsx-a11y/label-has-associated-control': ['error', { assert: 'either', depth: 3 }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Props are written as methods for their shape; none of ours uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 90, skipBlankLines: true, IIFEs: true }],
    },
  },
  { files: ['{storefront,admin}/src/**/*.{ts,tsx}'], ...direction },
);
