import { render } from 'preact';
import { App } from './page/app.tsx';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);

// A file that is dropped beside its place would make the browser leave the page.
for (const type of ['dragover', 'drop']) addEventListener(type, (event) => event.preventDefault());
