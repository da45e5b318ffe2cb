// The two endpoints on fastify and lmdb: a fair peer, with the same promises where they cost something. A set is one
// transaction, takes its key away from other users, and is answered once it is on disk.
//     node server.mjs DATA DUMP PORT      (DUMP: what `pusherd-bench seed --dump` wrote)
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import readline from 'node:readline';
import Fastify from 'fastify';
import { open } from 'lmdb';

const [data, dump, port] = process.argv.slice(2);
const prefix = '/_matrix/client/v3';
const root = open({ path: data, mapSize: 16 * 1024 ** 3, noMemInit: true });
const tokens = root.openDB({ name: 'tokens', encoding: 'string' });
const users = root.openDB({ name: 'users', encoding: 'json' });
const holders = root.openDB({ name: 'holders', encoding: 'json' });

const required = ['kind', 'app_id', 'pushkey', 'app_display_name', 'device_display_name', 'lang', 'data'];
const digest = (token) => createHash('sha256').update(token).digest('base64'); // who reads the file learns no token
const keyOf = (pusher) => pusher.app_id + '\n' + pusher.pushkey;

async function seed() {
    let last;
    for await (const line of readline.createInterface({ input: fs.createReadStream(dump) })) {
        const { token, user_id, pushers } = JSON.parse(line);
        tokens.put(digest(token), user_id);
        for (const each of pushers) holders.put(keyOf(each), [user_id]);
        last = users.put(user_id, pushers);
    }
    await last;
    await root.flushed;
}

function fault(pusher) {
    if (typeof pusher !== 'object' || pusher === null || Array.isArray(pusher)) return ['M_BAD_JSON', 'not an object'];
    const needed = pusher.kind === null ? ['kind', 'app_id', 'pushkey'] : required;
    const missing = needed.filter((key) => pusher[key] === undefined);
    if (missing.length) return ['M_MISSING_PARAM', 'Missing parameters: ' + missing.join(', ')];
    for (const key of needed.slice(1, 6)) if (typeof pusher[key] !== 'string') return ['M_INVALID_PARAM', key];
    if (Buffer.byteLength(pusher.pushkey) > 512) return ['M_INVALID_PARAM', 'pushkey'];
    if (pusher.app_id.length > 64) return ['M_INVALID_PARAM', 'app_id'];
    if (pusher.kind === 'http' && typeof pusher.data?.url !== 'string') return ['M_MISSING_PARAM', 'data.url'];
    return null;
}

function evict(key, user) {
    const found = holders.get(key) ?? [];
    for (const other of found) {
        if (other === user) continue;
        users.put(other, (users.get(other) ?? []).filter((each) => keyOf(each) !== key));
    }
    if (found.length !== 1 || found[0] !== user) holders.put(key, [user]);
}

function carryOut(user, { append, ...pusher }) {
    const mine = users.get(user) ?? [];
    const key = keyOf(pusher);
    const at = mine.findIndex((each) => keyOf(each) === key);
    if (pusher.kind === null) {
        if (at < 0) return;
        mine.splice(at, 1);
        holders.put(key, (holders.get(key) ?? []).filter((each) => each !== user));
    } else {
        if (at < 0) mine.push(pusher);
        else mine[at] = pusher;
        if (!append) evict(key, user);
    }
    users.put(user, mine);
}

const app = Fastify({ logger: false });

const fields = {
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
    'access-control-allow-headers': 'X-Requested-With, Content-Type, Authorization',
};

app.addHook('onRequest', async (request, reply) => {
    reply.headers(fields);
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || !token) return reply.code(401).send({ errcode: 'M_MISSING_TOKEN', error: 'no token' });
    request.user = tokens.get(digest(token));
    if (request.user === undefined) return reply.code(401).send({ errcode: 'M_UNKNOWN_TOKEN', error: 'unknown token' });
});

app.get(prefix + '/pushers', async (request) => ({ pushers: users.get(request.user) ?? [] }));

app.post(prefix + '/pushers/set', async (request, reply) => {
    const problem = fault(request.body);
    if (problem) return reply.code(400).send({ errcode: problem[0], error: problem[1] });
    // As pusherd does it: what would change nothing writes nothing.
    const mine = users.get(request.user) ?? [];
    const key = keyOf(request.body);
    const present = mine.find((each) => keyOf(each) === key);
    const { append, ...wanted } = request.body;
    if (present && JSON.stringify(present) === JSON.stringify(wanted)) return {};
    await root.transaction(() => carryOut(request.user, request.body));
    await root.flushed;
    return {};
});

if (tokens.getCount({ limit: 1 }) === 0) await seed();
await app.listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 });
