package wsproto

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// A CloseCode is the status code of a Close frame.
//
// RFC 6455, Section 7.4.
type CloseCode uint16

// The registered close codes. CloseNoStatus, CloseAbnormal and CloseTLS never
// appear in a frame: they stand for what was, or was not, seen on the wire.
//
// RFC 6455, Section 7.4.1 and Section 11.7.
const (
	CloseNormal             CloseCode = 1000
	CloseGoingAway          CloseCode = 1001
	CloseProtocolError      CloseCode = 1002
	CloseUnsupportedData    CloseCode = 1003
	CloseNoStatus           CloseCode = 1005
	CloseAbnormal           CloseCode = 1006
	CloseInvalidPayload     CloseCode = 1007
	ClosePolicyViolation    CloseCode = 1008
	CloseMessageTooBig      CloseCode = 1009
	CloseMandatoryExtension CloseCode = 1010
	CloseInternalError      CloseCode = 1011
	CloseServiceRestart     CloseCode = 1012
	CloseTryAgainLater      CloseCode = 1013
	CloseBadGateway         CloseCode = 1014
	CloseTLS                CloseCode = 1015
)

var closeCodeNames = map[CloseCode]string{
	CloseNormal:             "normal closure",
	CloseGoingAway:          "going away",
	CloseProtocolError:      "protocol error",
	CloseUnsupportedData:    "unsupported data",
	1004:                    "reserved",
	CloseNoStatus:           "no status received",
	CloseAbnormal:           "abnormal closure",
	CloseInvalidPayload:     "invalid payload data",
	ClosePolicyViolation:    "policy violation",
	CloseMessageTooBig:      "message too big",
	CloseMandatoryExtension: "mandatory extension",
	CloseInternalError:      "internal error",
	CloseServiceRestart:     "service restart",
	CloseTryAgainLater:      "try again later",
	CloseBadGateway:         "bad gateway",
	CloseTLS:                "TLS handshake failure",
	3000:                    "unauthorized",
	3003:                    "forbidden",
	3008:                    "timeout",
}

// Name returns the registered meaning of c, the range it lies in ("private
// use", "registered by libraries"), or "unassigned".
func (c CloseCode) Name() string {
	if s, ok := closeCodeNames[c]; ok {
		return s
	}
	switch {
	case c >= 4000 && c <= 4999:
		return "private use"
	case c >= 3000 && c <= 3999:
		return "registered by libraries"
	}
	return "unassigned"
}

// String returns the number and the name, as in "1000 normal closure".
func (c CloseCode) String() string {
	return strconv.Itoa(int(c)) + " " + c.Name()
}

// OnWire reports whether an endpoint may put c into a Close frame: the
// registered codes but for 1004, 1005, 1006 and 1015, and 3000 to 4999.
//
// RFC 6455, Section 7.4.
func (c CloseCode) OnWire() bool {
	switch {
	case c >= 3000 && c <= 4999:
		return true
	case c == 1004, c == CloseNoStatus, c == CloseAbnormal:
		return false
	}
	return c >= CloseNormal && c <= CloseBadGateway
}

// MaxReason is the longest close reason in bytes: what a control frame holds
// less the two bytes of the code.
const MaxReason = MaxControlPayload - 2

// AppendClosePayload appends the payload of a Close frame to b. With code
// CloseNoStatus it appends nothing. It does not judge: a reason over MaxReason
// bytes or a code that is not for the wire is encoded as it is.
//
// RFC 6455, Section 5.5.1.
func AppendClosePayload(b []byte, code CloseCode, reason string) []byte {
	if code == CloseNoStatus {
		return b
	}
	b = binary.BigEndian.AppendUint16(b, uint16(code))
	return append(b, reason...)
}

// ParseClosePayload decodes the payload of a Close frame, and names the rule
// that it breaks, if any. The code and the reason are what was on the wire even
// then; an empty payload, and one of a single byte, have the code CloseNoStatus.
//
// RFC 6455, Section 5.5.1 and Section 7.4.
func ParseClosePayload(p []byte) (code CloseCode, reason string, broken *ProtocolError) {
	switch len(p) {
	case 0:
		return CloseNoStatus, "", nil
	case 1:
		return CloseNoStatus, "", errCloseOneByte
	}
	code = CloseCode(binary.BigEndian.Uint16(p))
	reason = string(p[2:])
	switch {
	case !code.OnWire():
		return code, reason, &ProtocolError{
			Code:    CloseProtocolError,
			Section: "7.4",
			Reason:  "close code " + code.String() + " may not be sent in a frame",
		}
	case !utf8.ValidString(reason):
		return code, reason, errCloseReasonUTF8
	}
	return code, reason, nil
}
