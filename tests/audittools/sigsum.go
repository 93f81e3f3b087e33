// Verifies an exported log and proofs (*.tlog-proof) with sigsum-go's own packages: checkpoint (form, key id), merkle (tree, proofs), crypto.
// Its Checkpoint.Verify knows but the one origin that a Sigsum log derives from its key; so the signature is verified over the note's text.
//
//	sigsum VERIFIER-KEY EXPORT [PROOF ...]
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sigsum.org/sigsum-go/pkg/checkpoint"
	"sigsum.org/sigsum-go/pkg/crypto"
	"sigsum.org/sigsum-go/pkg/merkle"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "WRONG:", err)
		os.Exit(1)
	}
}

func open(text []byte, key *crypto.PublicKey) checkpoint.Checkpoint {
	var cp checkpoint.Checkpoint
	must(cp.FromASCII(bytes.NewReader(text)))
	if cp.KeyId != checkpoint.NewLogKeyId(cp.Origin, key) {
		must(fmt.Errorf("another key id"))
	}
	signed, _, _ := bytes.Cut(text, []byte("\n\n"))
	if !key.Verify(append(signed[:len(signed):len(signed)], '\n'), &cp.Signature) {
		must(fmt.Errorf("the signature is wrong"))
	}
	return cp
}

func main() {
	var verifier checkpoint.NoteVerifier
	must(verifier.FromString(os.Args[1]))
	text, err := os.ReadFile(filepath.Join(os.Args[2], "checkpoint"))
	must(err)
	cp := open(text, &verifier.PublicKey)
	tree := merkle.NewTree()
	for n := uint64(0); n*256 < cp.Size; n++ {
		name := fmt.Sprintf("%03d", n) // logs of less than 256,000 leaves are enough here
		if cp.Size-n*256 < 256 {
			name += ".p/" + strconv.FormatUint(cp.Size-n*256, 10)
		}
		data, err := os.ReadFile(filepath.Join(os.Args[2], "tile", "entries", name))
		must(err)
		for len(data) > 0 {
			length := 2 + int(binary.BigEndian.Uint16(data))
			hash := merkle.HashLeafNode(data[2:length])
			if !tree.AddLeafHash(&hash) {
				must(fmt.Errorf("a leaf comes twice"))
			}
			data = data[length:]
		}
	}
	if tree.Size() != cp.Size || tree.GetRootHash() != cp.RootHash {
		must(fmt.Errorf("the leaves are not those that were signed"))
	}
	for _, name := range os.Args[3:] {
		text, err := os.ReadFile(name)
		must(err)
		parts := strings.SplitN(string(text), "\n\n", 2)
		lines := strings.Split(parts[0], "\n")
		leaf, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
		must(err)
		index, err := strconv.ParseUint(strings.TrimPrefix(lines[2], "index "), 10, 63)
		must(err)
		var path []crypto.Hash
		for _, line := range lines[3:] {
			var hash crypto.Hash
			raw, err := base64.StdEncoding.DecodeString(line)
			must(err)
			copy(hash[:], raw)
			path = append(path, hash)
		}
		signed := open([]byte(parts[1]), &verifier.PublicKey)
		hash := merkle.HashLeafNode(leaf)
		must(merkle.VerifyInclusion(&hash, index, signed.Size, &signed.RootHash, path))
	}
	fmt.Printf("sound: %s, %d leaves, %d proofs\n", cp.Origin, cp.Size, len(os.Args)-3)
}
