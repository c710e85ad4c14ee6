// ws for Node as the client of our servers: ws_client.js PORT MODE ours|example. The steps are
// those of steps.py.
'use strict';

const assert = require('assert');
const crypto = require('crypto');
const {once} = require('events');
const WebSocket = require('ws');

const [PORT, MODE, SERVER] = process.argv.slice(2);
const PATIENCE = 10000; // milliseconds
const MEBIBYTE = 1024 * 1024;
const SENTENCE = 'Frames follow frames, some of them long, some not. ';

// One connection; what arrives waits in `arrived` until somebody takes it.
class Connection {
  constructor(target, subprotocols, deflate) {
    this.arrived = [];
    this.waiting = null;
    const perMessageDeflate = MODE === 'plain' ? false : {threshold: 0, ...deflate};
    this.ws = new WebSocket(`ws://127.0.0.1:${PORT}${target}`, subprotocols, {perMessageDeflate});
    this.ws.on('message', (data, isBinary) => this.put(isBinary ? data : data.toString()));
    this.ws.on('pong', (payload) => this.put({pong: payload.toString('latin1')}));
    this.ws.on('close', (code, reason) => this.put({close: code, reason: reason.toString()}));
    this.ws.on('error', (error) => this.put({error: error.message}));
  }

  put(thing) {
    this.arrived.push(thing);
    if (this.waiting) this.waiting();
  }

  async take() {
    while (this.arrived.length === 0) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('nothing arrives')), PATIENCE);
        this.waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.arrived.shift();
  }

  async expect(...things) {
    for (const thing of things) assert.deepStrictEqual(await this.take(), thing);
  }

  async echo(...messages) {
    for (const message of messages) {
      this.ws.send(message);
      await this.expect(message);
    }
  }

  // What was agreed on, from the header; null: no permessage-deflate.
  agreed() {
    const extension = this.ws._extensions['permessage-deflate'];
    return extension ? {...extension.params} : null;
  }
}

let current = null;

// At most one connection is open: this leaves the one before.
async function connect({target = '/', subprotocols = [], deflate} = {}) {
  await leave();
  const connection = new Connection(target, subprotocols, deflate);
  current = connection;
  await once(connection.ws, 'open');
  assert.strictEqual(connection.agreed() !== null, MODE !== 'plain');
  if (MODE === 'limited' && !deflate) {
    assert.deepStrictEqual(connection.agreed(), {
      client_no_context_takeover: true,
      server_no_context_takeover: true,
      client_max_window_bits: 10,
      server_max_window_bits: 10
    });
  }
  return connection;
}

async function leave() {
  const connection = current;
  current = null;
  if (!connection || connection.ws.readyState === WebSocket.CLOSED) return;
  connection.ws.close(1000);
  await connection.expect({close: 1000, reason: ''});
}

function prose(size) {
  return SENTENCE.repeat(Math.ceil(size / SENTENCE.length)).slice(0, size);
}

// Blocks that come twice, at distances within and beyond every window.
function repetitions() {
  const blocks = [];
  for (let distance = 300; distance < 40000; distance += Math.floor(distance / 3)) {
    const block = crypto.randomBytes(distance);
    blocks.push(block, block);
  }
  return Buffer.concat(blocks);
}

const echoSteps = {
  async 'text'() {
    const connection = await connect();
    await connection.echo('Hello', 'Grüße aus Köln', '日本語', '𝄞 and 🎻', '\0 \x7f \t\r\n');
  },

  async 'binary'() {
    const bytes = Buffer.from(Array.from({length: 256}, (_, index) => index));
    await (await connect()).echo(bytes, Buffer.from(bytes).reverse());
  },

  async 'empty messages'() {
    const empty = Buffer.alloc(0);
    await (await connect()).echo('', empty, '', empty, '', empty, 'not empty');
  },

  async 'lengths at every form of the header'() {
    const connection = await connect();
    for (const size of [1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537]) {
      await connection.echo(prose(size), crypto.randomBytes(size));
    }
  },

  async '1 MiB'() {
    const connection = await connect();
    await connection.echo(prose(MEBIBYTE), crypto.randomBytes(MEBIBYTE));
    await connection.echo(Buffer.from(prose(MEBIBYTE)));
  },

  async 'uncompressed messages'() {
    const connection = await connect();
    for (const compress of [true, false, true, false, true]) {
      connection.ws.send('the same text', {compress});
      await connection.expect('the same text');
    }
  },

  // The first cut is inside a code point.
  async 'fragments'() {
    const connection = await connect();
    const text = Buffer.from('Grüße ');
    for (const [begin, end] of [[0, 3], [3, 6], [6, 6], [6, 8]]) {
      connection.ws.send(text.subarray(begin, end), {binary: false, fin: false});
    }
    connection.ws.send('', {binary: false, fin: true});
    await connection.expect('Grüße ');
    const half = crypto.randomBytes(70000);
    connection.ws.send(half, {fin: false});
    connection.ws.send(half, {fin: true});
    await connection.expect(Buffer.concat([half, half]));
  },

  async 'pings between fragments'() {
    const connection = await connect();
    for (const last of ['1st', '2nd']) {
      for (const piece of ['one ', 'two ', 'three ']) {
        connection.ws.send(piece, {fin: false});
        connection.ws.ping(piece);
      }
      connection.ws.send(last);
      const arrived = [];
      while (arrived.length < 4 || typeof arrived.at(-1) !== 'string') {
        arrived.push(await connection.take());
      }
      const pongs = [{pong: 'one '}, {pong: 'two '}, {pong: 'three '}];
      assert.deepStrictEqual(arrived, [...pongs, 'one two three ' + last]);
    }
  },

  async 'pings'() {
    const connection = await connect();
    for (const payload of [Buffer.alloc(0), Buffer.from('abc'), crypto.randomBytes(125)]) {
      connection.ws.ping(payload);
      await connection.expect({pong: payload.toString('latin1')});
    }
  },

  async 'a pong nobody asked for'() {
    const connection = await connect();
    connection.ws.pong('nobody asked');
    await connection.echo('still here');
  },

  async 'many messages'() {
    const connection = await connect();
    const messages = Array.from({length: 300}, (_, size) => prose(size));
    messages.forEach((message) => connection.ws.send(message));
    await connection.expect(...messages);
  },

  async 'close with code and reason'() {
    for (const reason of ['enough for today ☂', '', 'x'.repeat(123)]) {
      const connection = await connect();
      await connection.echo('last words');
      connection.ws.close(4001, reason);
      await connection.expect({close: 4001, reason});
    }
  },

  async 'close without code'() {
    const connection = await connect();
    connection.ws.close();
    await connection.expect({close: 1005, reason: ''});
  },

  async 'rejection'() {
    const {ws} = new Connection('/refuse', []);
    const [request, response] = await once(ws, 'unexpected-response');
    assert.strictEqual(response.statusCode, 404);
    let body = '';
    for await (const piece of response) body += piece;
    assert.ok(body.startsWith('Nothing is echoed here.'), body);
    request.destroy();
  }
};

const exampleSteps = {
  async 'the first subprotocol'() {
    assert.strictEqual((await connect()).ws.protocol, '');
    const {ws} = await connect({subprotocols: ['first', 'second']});
    assert.strictEqual(ws.protocol, 'first');
  }
};

const serverSteps = {
  async 'subprotocol'() {
    assert.strictEqual((await connect()).ws.protocol, '');
    const {ws} = await connect({subprotocols: ['unheard-of', 'interop']});
    assert.strictEqual(ws.protocol, 'interop');
  },

  async "the server's fragments"() {
    const connection = await connect();
    for (let round = 0; round < 2; ++round) {
      connection.ws.send('please fragment');
      await connection.expect('one two three ☃', Buffer.from([0, 1, 2, 0xff]));
    }
  },

  async "the server's pings between fragments"() {
    const connection = await connect();
    const pings = [];
    connection.ws.on('ping', (payload) => pings.push(payload.toString()));
    connection.ws.send('please fragment around pings');
    await connection.expect('one two three ☃', Buffer.from([0, 1, 2, 0xff]));
    assert.deepStrictEqual(pings, ['between 1', 'between 2', 'between 3']);
  },

  async "the server's ping"() {
    const connection = await connect();
    connection.ws.send('please ping');
    await connection.expect('there you are');
  },

  async 'a message right behind the accept'() {
    const connection = await connect({target: '/greet?name=client'});
    await connection.expect('welcome');
    await connection.echo('thank you');
  },

  async "the server's close"() {
    const connection = await connect();
    connection.ws.send('please close');
    await connection.expect({close: 4002, reason: 'as you wish ☂'});
  }
};

async function checkWindow(clientMaxWindowBits, serverMaxWindowBits) {
  const connection = await connect({deflate: {clientMaxWindowBits, serverMaxWindowBits}});
  const agreed = connection.agreed();
  assert.ok(agreed.client_max_window_bits <= clientMaxWindowBits);
  assert.ok(agreed.server_max_window_bits <= serverMaxWindowBits);
  const data = repetitions();
  await connection.echo(data, prose(1000), data);
}

const deflateSteps = {
  async 'windows of 9 to 15 bits'() {
    for (let bits = 9; bits <= 15; ++bits) await checkWindow(bits, bits);
  },

  // As Node's zlib cannot compress with 8, ws says so and uses 9: what comes of that is known.
  async 'windows of 8 bits'() {
    await checkWindow(8, 8);
  },

  async 'no context takeover'() {
    for (const [client, server] of [[false, true], [true, false], [true, true]]) {
      const deflate = {};
      if (client) deflate.clientNoContextTakeover = true;
      if (server) deflate.serverNoContextTakeover = true;
      const connection = await connect({deflate});
      const agreed = connection.agreed();
      assert.ok(agreed.client_no_context_takeover || !client);
      assert.ok(agreed.server_no_context_takeover || !server);
      for (let round = 0; round < 3; ++round) await connection.echo(prose(1000), '');
    }
  }
};

async function passes(name, check) {
  try {
    await check();
    await leave();
    console.log(`ok: ${name}`);
    return true;
  } catch (error) {
    console.log(`FAILED: ${name}: ${error.message.slice(0, 500)}`);
    return false;
  }
}

async function main() {
  const steps = {...echoSteps, ...(SERVER === 'example' ? exampleSteps : serverSteps)};
  if (MODE !== 'plain') Object.assign(steps, deflateSteps);
  let all = true;
  for (const [name, check] of Object.entries(steps)) all = (await passes(name, check)) && all;
  process.exit(all ? 0 : 1);
}

main();
