// Verifies proofs (*.tlog-proof) with npm's @sigstore/verify: the checkpoint's signature and the inclusion proof.
//
//   sigstore.js FOLDER-OF-node_modules VERIFIER-KEY PROOF ...
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const [modules, vkey, ...proofs] = process.argv.slice(2);
const tlog = path.join(modules, '@sigstore', 'verify', 'dist', 'tlog');
const { verifyCheckpoint } = require(path.join(tlog, 'checkpoint.js'));
const { verifyMerkleInclusion } = require(path.join(tlog, 'merkle.js'));

const [, name, id, key] = /^(.*)\+([0-9a-f]{8})\+(.*)$/.exec(vkey);
const raw = Buffer.from(key, 'base64').subarray(1);
const log = {
	baseURL: name,
	logID: Buffer.from(id, 'hex'),
	publicKey: crypto.createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]), format: 'der', type: 'spki' }),
};
for (const file of proofs) {
	const text = fs.readFileSync(file, 'utf8');
	const blank = text.indexOf('\n\n');
	const [, extra, index, ...hashes] = text.slice(0, blank).split('\n');
	const entry = {
		canonicalizedBody: Buffer.from(extra.slice('extra '.length), 'base64'),
		inclusionProof: {
			logIndex: index.slice('index '.length),
			hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
			checkpoint: { envelope: text.slice(blank + 2) },
		},
	};
	verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log]));
}
console.log(`sound: ${name}, ${proofs.length} proofs`);
