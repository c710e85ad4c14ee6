// ws for Node as an echo server: ws_server.js. Without compression.
'use strict';

const WebSocket = require('ws');

const server = new WebSocket.Server({
  host: '127.0.0.1',
  port: 0,
  backlog: 4096,
  perMessageDeflate: false
});
server.on('connection', (ws) => {
  ws.on('message', (data, isBinary) => ws.send(data, {binary: isBinary}));
});
server.on('listening', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
