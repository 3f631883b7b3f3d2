// The dashboard starts here. Its resources are in app/App.tsx.
import '@fontsource-variable/instrument-sans/wght.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(<App />);
