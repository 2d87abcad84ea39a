#include "textflag.h"

// func inspectSSE2(p *byte, n int) (returns, high uint32)
TEXT ·inspectSSE2(SB), NOSPLIT, $0-24
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ $0x0D0D0D0D0D0D0D0D, AX
	MOVQ AX, X0
	PUNPCKLQDQ X0, X0 // 16 times CR
	PXOR X1, X1 // all bytes, or-ed
	PXOR X2, X2 // what is equal to CR, or-ed

loop:
	MOVOU (SI), X4
	MOVOU 16(SI), X5
	MOVOU 32(SI), X6
	MOVOU 48(SI), X7
	POR X4, X1
	POR X5, X1
	POR X6, X1
	POR X7, X1
	PCMPEQB X0, X4
	PCMPEQB X0, X5
	PCMPEQB X0, X6
	PCMPEQB X0, X7
	POR X4, X5
	POR X6, X7
	POR X5, X2
	POR X7, X2
	ADDQ $64, SI
	SUBQ $64, CX
	JNZ loop

	PMOVMSKB X2, AX
	PMOVMSKB X1, BX
	MOVL AX, returns+16(FP)
	MOVL BX, high+20(FP)
	RET
