// Node loads this before each test file, to make the tests quicker (scripts/test.ts). It has no part in what they test.
// docs/decisions/0111 says what it saves.
import hooks from 'node:async_hooks';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Each test file is a process, which would strip and compile the same modules again. Commands that it starts do not
// use this cache.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/lading-tests', import.meta.url)));

// Node's test runner follows each promise with an async hook, to know to which test an error belongs that is thrown
// outside of all tests. For tests with many promises, this takes a third of the time. Without it, such an error still
// fails the test file, but no test by name.
const { createHook } = hooks;
hooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
