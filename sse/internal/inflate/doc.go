// Package inflate decodes deflate (RFC 1951) as a content coding of HTTP, in the
// formats gzip (RFC 1952) and zlib (RFC 1950) or bare. Each byte is handed out as
// soon as its code has arrived: the input is not waited for while there is
// something to hand out, nor for more bits than a code has. There are no
// dictionaries and there is no encoder.
//
//	reader.go    what is handed out, and what comes next
//	source.go    the input as it arrives, in bytes and bits (RFC 1951, Section 3.1.1)
//	block.go     blocks, and those that are stored         (Sections 3.2.3 and 3.2.4)
//	symbols.go   literals, lengths and distances           (Section 3.2.5)
//	fast.go      many of them, where there is much input
//	window.go    what distances can refer to               (Section 3.2.5)
//	huffman.go   Huffman codes, and the fixed ones         (Sections 3.2.2 and 3.2.6)
//	dynamic.go   Huffman codes that a block describes      (Section 3.2.7)
//	gzip.go      members with header and trailer           (RFC 1952)
//	zlib.go      a stream with header and trailer, or bare (RFC 1950)
//
// The standard library holds back what it has decoded up to a stored block, a
// whole window or the end. That suits a server that flushes with Z_SYNC_FLUSH, not
// one that flushes with Z_PARTIAL_FLUSH or Z_BLOCK, or one that does not flush.
package inflate
