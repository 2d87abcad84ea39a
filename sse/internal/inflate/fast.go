package inflate

import "encoding/binary"

// fastInput is how many bytes a round of the fast loop may look at: it loads twice,
// 8 bytes of which it takes 7 at most.
const fastInput = 16

// fast decodes literals and lengths while there is plenty of input and of room.
// What it leaves, because of that or because it is out of the ordinary, is up to
// [Reader.symbol].
func (z *Reader) fast() {
	s, w, c := &z.src, &z.window, z.codes
	if s.arrived() < fastInput {
		return
	}
	in, buf := s.buf[:s.end], w.buf[:]
	pos, acc, n, end := s.pos, s.acc, s.n, w.end
	for len(in)-pos >= fastInput && len(buf)-end >= outputRoom+2 {
		// Bits above the n that are loaded are those that are loaded next, so that
		// they may stay there.
		acc |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
		pos += int((63 - n) >> 3)
		n |= 56
		e := c.literalTable[acc&(1<<literalBits-1)]
		if e&literal != 0 {
			buf[end] = byte(e >> 16)
			end++
			acc >>= e & 63
			n -= e.length()
			e = c.literalTable[acc&(1<<literalBits-1)]
			if e&literal != 0 {
				buf[end] = byte(e >> 16)
				end++
				acc >>= e & 63
				n -= e.length()
				e = c.literalTable[acc&(1<<literalBits-1)]
				if e&literal != 0 {
					buf[end] = byte(e >> 16)
					end++
					acc >>= e & 63
					n -= e.length()
					continue
				}
			}
			acc |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
			pos += int((63 - n) >> 3)
			n |= 56
		}
		if e&special != 0 {
			if e&long == 0 {
				break
			}
			e = c.literals.find(acc, literalBits)
			if e&special != 0 {
				break
			}
			if e&literal != 0 {
				buf[end] = byte(e >> 16)
				end++
				acc >>= e & 63
				n -= e.length()
				continue
			}
		}
		rest := acc >> (e & 63)
		length := e.value() + int(rest&(1<<e.extra()-1))
		used := e.length() + e.extra()
		rest >>= e.extra()
		e = c.distance(rest)
		if e&invalid != 0 {
			break
		}
		rest >>= e & 63
		distance := e.value() + int(rest&(1<<e.extra()-1))
		if distance > end {
			break
		}
		acc = rest >> e.extra()
		n -= used + e.length() + e.extra()
		repeat(buf, end, length, distance)
		end += length
	}
	s.pos, s.acc, s.n, w.end = pos, acc&(1<<(n&63)-1), n, end
}
