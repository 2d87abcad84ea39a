package inflate

import (
	"hash/crc32"
	"testing"
)

// A zlibSample is bare data that zlib has made of several parts. The first ones
// end with a flush that the compressors of the standard library do not know; after
// each, zlib itself has inflated as much as known says.
type zlibSample struct {
	name    string
	content uint32 // its CRC-32
	counts  uint32 // that of what zlib has inflated after each byte, as big-endian numbers of 16 bits
	ends    []int
	known   []int
	data    string // in base64
}

// zlibSamples are from zlib 1.2.13.
func zlibSamples() []zlibSample {
	return []zlibSample{
		{"partial flush, fixed codes", 0xd2d9b0fa, 0xa369e5d7, []int{15, 84, 102, 105, 118, 127}, []int{13, 84, 156, 157, 561, 572}, `
			SkksSbRSyEjNycnn4gIIoMwUKwUjrtSy1LwSK4WSosSUVK4UsHy1UnFlblJ+jpKVkqOTs5KOUkFRZnKqkpWhgaGekamOUnFmCpCnlFRaqVTLxQUQQCBjjEk1
			xtQAbkwx0DUgcwACiAsggKwUEpNG4WCCXFwAAQaJyaTKVC4uAA==`},
		{"partial flush, dynamic codes", 0xa54fc2d9, 0xfdcd8598, []int{170, 282}, []int{442, 883}, `
			hNA9CsJAEAXg3lOErYPM/+x4FbFYSVAhEQu1Ee9uBCFLitg++Jj3piv3smv2r3Tp0q5BEXJSiLZJ1zL2U5TKcDuXNAXPMjy+CWxJFSzebfNjyhgW7FKxrh/u
			CyZOJDozATfILlixY79UEJxtRgzCns3+nGJy81llzBIEgOvDLDQzz4yyhgOprTbUQNRKIYSbqmulTmUcl8MYtHoiORNRtvWGwYES78Nm8xGgUDI5ghgIYWBK
			HBqOfDb/GCz7Y/aD34MKTTe/P3MgJj74zpKWBPruzKS1sv5YegjTRtW6SWZ07xLurlPCaQ8rHFk7Os7IpAWPhITXDEcaNY5EaUTCsf8LGjpSXV6eho+U8igk
			JsQkDkTuutWkHnEX`},
		{"partial flush, no lengths", 0xd2d9b0fa, 0xf842274b, []int{15, 89, 163, 167, 263, 276}, []int{13, 84, 156, 157, 561, 572}, `
			SkksSbRSyEjNycnn4gIIoMwUKwUjrtSy1LwSK4WSosSUVK6UxJJEK4VqpeLK3KT8HCUrJUcnZyUdpYKizORUJStDA0M9I1MdpeLMlFQlK6Wk0kqlWi4ugADK
			TLFSMOZKLUvNK7FSKClKTEnlSkksSbRSqFYqrsxNys9RslJydHJW0lEqKMpMTlWyMjQw1DM10FEqzkxJVbJSKk7NyVGq5eICCCAugAAEwTEBAAAIwKDfFOaw
			DesfQriVJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmSJEmaeQGWkliSaKWQ
			VJnKxQUA`},
		{"partial flush, stored", 0x1f7cbdd7, 0x959360c6, []int{19, 96, 174, 180}, []int{13, 84, 156, 157}, `
			AA0A8v9kYXRhOiBoZWxsbwoKAgBHALj/aWQ6IDIKZXZlbnQ6IHRyYWRlCmRhdGE6IHsic3ltYm9sIjoiQUJDIiwicHJpY2UiOjEwMS4yNSwic2lkZSI6ImJ1
			eSJ9CgoCAEgAt/9pZDogMwpldmVudDogdHJhZGUKZGF0YTogeyJzeW1ib2wiOiJBQkMiLCJwcmljZSI6MTAxLjUwLCJzaWRlIjoic2VsbCJ9CgoCBAEA/v8K`},
		{"block, fixed codes", 0xd2d9b0fa, 0xd1f1fe9d, []int{14, 82, 98, 100, 111, 121}, []int{13, 84, 156, 157, 561, 572}, `
			SkksSbRSyEjNycnn4gIoM8VKwYgrtSw1r8RKoaQoMSWVKwUsX61UXJmblJ+jZKXk6OSspKNUUJSZnKpkZWhgqGdkqqNUnJkC5CkllVYq1XJxAQQyxphUY0wN
			4MYUA10DMgcgLoCsFBKTRuFgglxcgEFiMqkylYsLAA==`},
		{"block, dynamic codes", 0xa54fc2d9, 0x8da861c7, []int{169, 281}, []int{442, 883}, `
			hNA9CsJAEAXg3lOErYPM/+x4FbFYSVAhEQu1Ee9uBCFLitg++Jj3piv3smv2r3Tp0q5BEXJSiLZJ1zL2U5TKcDuXNAXPMjy+CWxJFSzebfNjyhgW7FKxrh/u
			CyZOJDozATfILlixY79UEJxtRgzCns3+nGJy81llzBIEgOvDLDQzz4yyhgOprTbUQNRKIYSbqmulTmUcl8MYtHoiORNRtvWGwYES78Nm8ymUTI4gBkIYmBKH
			hiOfzT8Gy/6Y/eD3oELTze/PHIiJD76zpCWBvjszaa2sP5YewrRRtW6SGd27hLvrlHDawwpH1o6OMzJpwSMh4TXDkUaNI1EakXDs/4KGjlSXl6fhI6U8CokJ
			MYkDkbtuNalH3AU=`},
		{"block, runs", 0xd2d9b0fa, 0xa96427c2, []int{14, 86, 159, 162, 256, 270}, []int{13, 84, 156, 157, 560, 572}, `
			SkksSbRSyEjNycnn4gIoM8VKwYgrtSw1r8RKoaQoMSWVKyWxJNFKoVqpuDI3KT9HyUrJ0clZSUepoCgzOVXJytDAUM/IVEepODMlVclKKam0UqmWiwugzBQr
			BWOu1LLUvBIrhZKixJRUrpTEkkQrhWql4srcpPwcJSslRydnJR2lgqLM5FQlK0MDQz1TAx2l4syUVCUrpeLUnBylWi4ugLgABMExAQAACMCg3xTmsA3rH0K4
			lSRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJmvmlJJYkWikkVaZycQEA`},
		{"sync flush", 0xd2d9b0fa, 0x79910a62, []int{19, 92, 113, 120, 136, 145}, []int{13, 84, 156, 157, 561, 572}, `
			SkksSbRSyEjNycnn4gIAAAD//8pMsVIw4kotS80rsVIoKUpMSeVKActXKxVX5ibl5yhZKTk6OSvpKBUUZSanKlkZGhjqGZnqKBVnpgB5SkmllUq1XFwAAAAA
			//8CGWNMqjGmBnBjioGuAZkDAAAA///iAgAAAP//slJITBqFgwlycQEAAAD//4PEZFJlKhcXAA==`},
	}
}

// The reference knows as much after each byte as zlib does.
func TestReference(t *testing.T) {
	for _, s := range zlibSamples() {
		in := unbase64(s.data)
		r := &reference{in: in, limit: 1 << 20}
		if err := r.inflate(); err != nil || crc32.ChecksumIEEE(r.out) != s.content {
			t.Errorf("%s: %q, %v", s.name, r.out, err)
		}
		var counts []byte
		for n := range in {
			count := r.after(n + 1)
			counts = append(counts, byte(count>>8), byte(count))
		}
		if crc32.ChecksumIEEE(counts) != s.counts {
			t.Errorf("%s: after each byte there are %x", s.name, counts)
		}
		for i, end := range s.ends {
			if got := r.after(end); got != s.known[i] {
				t.Errorf("%s: after part %d there are %d bytes, want %d", s.name, i, got, s.known[i])
			}
		}
	}
}
