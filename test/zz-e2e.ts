process.env['LADING_RGW']='1';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
const { openEngine } = await import('/work/main/test/support/rgw.ts');
const { loadFunctions } = await import('/work/main/test/support/functions.ts');
const { localClient } = await import('/work/main/test/support/s3-harness.ts');
const { archive, exportEntries } = await import('/work/main/test/support/tar-builder.ts');
const { sample } = await import('/work/main/test/contract/store-suite.ts');
const { CreateBucketCommand, PutObjectCommand, GetObjectCommand, HeadObjectCommand } = await import('@aws-sdk/client-s3');
const e = await openEngine();
try {
const c = localClient(e);
for (const b of ['uploads','results']) await c.send(new CreateBucketCommand({Bucket:b}));
const f = await loadFunctions(e);
const peak=()=>Math.round(process.resourceUsage().maxRSS/1024);
{ let tar: any = archive([...exportEntries(), ...Array.from({length: 40},(_, i)=>({ name:`var/f${i}`, body: sample(20*2**20, i+1)}))]);
console.log('size', tar.length);
for (const [k,b] of [['plain.tar',tar]] as any) await c.send(new PutObjectCommand({Bucket:'uploads',Key:k,Body:b}));
tar = undefined; }

const { execFileSync, spawnSync } = await import('node:child_process');
for (const k of ['plain.tar','plain.tar.gz']) {
 if (k.endsWith('gz')) { const g = archive([...exportEntries(), ...Array.from({length: 20},(_, i)=>({ name:`var/f${i}`, body: Buffer.alloc(20*2**20, 'abc'+i) }))]); await c.send(new PutObjectCommand({Bucket:'uploads',Key:k,Body:gzipSync(g,{level:1})})); }
 const r = spawnSync(process.execPath, ['test/zz-child.ts', k, e.endpoint], {encoding:'utf8'}); console.log(r.stdout.slice(-300), r.stderr);
}
c.destroy();
} finally { await e.stop(); }
