import { render } from 'preact';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { Report } from './report/report.tsx';

// The report of `lading inspect --html` and of the service: one archive, whose manifest stands in the page as JSON.

const root = document.getElementById('app');
const text = document.getElementById('manifest')?.textContent ?? '';
if (root !== null && text.trim() !== '') render(<Report manifest={JSON.parse(text) as ArchiveManifest} />, root);
