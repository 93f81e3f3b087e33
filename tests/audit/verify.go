// Verifies an exported log with Go's own transparency-log packages: none of the project's code.
//
//	verify VERIFIER-KEY EXPORT SEED
//
// The checkpoint's signature (note.Open), the leaves' hashes against the tiles and the tiles against the root (tlog.TileHashReader),
// inclusion proofs of some leaves and consistency with some smaller trees (tlog.CheckRecord, tlog.CheckTree).
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "WRONG:", err)
		os.Exit(1)
	}
}

// C2SP tlog-tiles paths: those of Go's module database have their height in them.
func path(folder string, level string, n int64, width int) string {
	p := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		p = fmt.Sprintf("x%03d/%s", n%1000, p)
	}
	p = filepath.Join(folder, "tile", level, p)
	if width < 256 {
		p += ".p/" + strconv.Itoa(width)
	}
	return p
}

type files struct{ folder string }

func (f files) Height() int { return 8 }

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(path(f.folder, strconv.Itoa(t.L), t.N, t.W))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func main() {
	if len(os.Args) != 4 {
		must(fmt.Errorf("usage: verify VERIFIER-KEY EXPORT SEED"))
	}
	verifier, err := note.NewVerifier(os.Args[1])
	must(err)
	text, err := os.ReadFile(filepath.Join(os.Args[2], "checkpoint"))
	must(err)
	signed, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		must(fmt.Errorf("the checkpoint does not have three lines, or another origin"))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	reader := tlog.TileHashReader(tree, files{os.Args[2]})

	// Every leaf: its hash is the tiles', and TileHashReader proves those against the root.
	var index int64
	var own []tlog.Hash
	for n := int64(0); n*256 < size; n++ {
		width := 256
		if size-n*256 < 256 {
			width = int(size - n*256)
		}
		data, err := os.ReadFile(path(os.Args[2], "entries", n, width))
		must(err)
		var indexes []int64
		var leaves []tlog.Hash
		for i := 0; i < width; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				must(fmt.Errorf("bundle %d is too short", n))
			}
			length := 2 + int(binary.BigEndian.Uint16(data))
			leaves = append(leaves, tlog.RecordHash(data[2:length]))
			indexes = append(indexes, tlog.StoredHashIndex(0, index))
			data = data[length:]
			index++
		}
		if len(data) != 0 {
			must(fmt.Errorf("bundle %d is too long", n))
		}
		hashes, err := reader.ReadHashes(indexes)
		must(err)
		for i := range hashes {
			if hashes[i] != leaves[i] {
				must(fmt.Errorf("leaf %d is not what was signed", n*256+int64(i)))
			}
		}
		own = append(own, leaves...)
	}
	if index != size {
		must(fmt.Errorf("%d leaves of %d", index, size))
	}

	seed, err := strconv.ParseInt(os.Args[3], 10, 64)
	must(err)
	chance := rand.New(rand.NewSource(seed))
	proofs := 0
	for ; proofs < 20 && size > 0; proofs++ {
		i := chance.Int63n(size)
		proof, err := tlog.ProveRecord(size, i, reader)
		must(err)
		must(tlog.CheckRecord(proof, size, tree.Hash, i, own[i]))
		old := 1 + chance.Int63n(size)
		before, err := tlog.TreeHash(old, reader)
		must(err)
		consistency, err := tlog.ProveTree(size, old, reader)
		must(err)
		must(tlog.CheckTree(consistency, size, tree.Hash, old, before))
	}
	fmt.Printf("sound: %s, %d leaves, %d inclusion and consistency proofs\n", verifier.Name(), size, proofs)
}
