// Package zstd decodes Zstandard (RFC 8878) as a content coding of HTTP: whatever
// has arrived is handed out block by block, and a window is at most the 8 MiB
// that RFC 9659 allows. There are no dictionaries and there is no encoder.
//
//	reader.go     what is handed out, and what comes next
//	source.go     the input as it arrives; part.go: a piece of it at hand
//	frame.go      frames and skippable frames          (RFC 8878, Sections 3.1.1.1 and 3.1.2)
//	xxhash.go     the checksum of a frame              (Section 3.1.1)
//	block.go      blocks: raw, RLE, compressed         (Section 3.1.1.2)
//	literals.go   the literals of a compressed block   (Section 3.1.1.3.1)
//	sequences.go  its sequences: counts and tables     (Section 3.1.1.3.2)
//	codes.go      their codes and default tables       (Sections 3.1.1.3.2.1.1 and 3.1.1.3.2.2)
//	execute.go    sequences to bytes; repeated offsets (Sections 3.1.1.4 and 3.1.1.5)
//	window.go     what sequences can refer to          (Section 3.1.1.1.2)
//	fse.go        distributions and decoding tables    (Section 4.1)
//	huffman.go    Huffman trees and streams            (Section 4.2)
//	bits.go       bits, forwards and backwards
//
// A library would cost every run of the program 0.3 ms at its start, 15 % of what
// a program takes that prints a line, for a table of Snappy that is never used.
package zstd
