// ws for Node as a server for our client: ws_server.js MODE. What it does stands in CMakeLists.txt.
'use strict';

const assert = require('assert');
const WebSocket = require('ws');

const MODE = process.argv[2];

const DEFLATE = {
  plain: false,
  deflate: {threshold: 0},
  limited: {
    threshold: 0,
    clientNoContextTakeover: true,
    clientMaxWindowBits: 10,
    serverNoContextTakeover: true,
    serverMaxWindowBits: 10
  }
};

function sendFragments(ws, pings) {
  const pieces = ['one ', 'two ', '', 'three ☃'];
  pieces.forEach((piece, index) => {
    if (pings && index > 0) ws.ping(`between ${index}`);
    ws.send(piece, {fin: index === 3});
  });
  ws.send(Buffer.from([0x00, 0x01]), {fin: false});
  ws.send(Buffer.from([0x02, 0xff]), {fin: true});
}

function answer(ws, data, isBinary) {
  switch (isBinary ? '' : data.toString()) {
    case 'please ping':
      return ws.ping('are you there?');
    case 'please close':
      return ws.close(4002, 'as you wish ☂');
    case 'please fragment':
      return sendFragments(ws, false);
    case 'please fragment around pings':
      return sendFragments(ws, true);
    default:
      return ws.send(data, {binary: isBinary});
  }
}

function visit(ws, request) {
  assert.strictEqual(ws.extensions !== '', MODE !== 'plain', 'deflate is agreed on if asked for');
  if (request.url.startsWith('/greet')) ws.send('welcome');
  ws.on('message', (data, isBinary) => answer(ws, data, isBinary));
  ws.on('pong', (payload) => {
    if (payload.toString() === 'are you there?') ws.send('there you are');
  });
  ws.on('error', (error) => {
    throw error;
  });
  ws.on('close', (code) => assert.notStrictEqual(code, 1006, 'the client went without a Close'));
}

const server = new WebSocket.Server({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: DEFLATE[MODE],
  handleProtocols: (offered) => (offered.has('interop') ? 'interop' : false),
  verifyClient: ({req}, done) => {
    if (req.url === '/refuse') done(false, 404, 'Nothing is echoed here.\n');
    else done(true);
  }
});
server.on('connection', visit);
server.on('listening', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
