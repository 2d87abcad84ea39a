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

// func extremesSSE2(p *byte, n int) (low, high uint32)
TEXT ·extremesSSE2(SB), NOSPLIT, $0-24
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ $0x0E0E0E0E0E0E0E0E, AX
	MOVQ AX, X8
	PUNPCKLQDQ X8, X8 // 16 times the byte after CR
	MOVO X8, X0 // the least bytes, or that one
	MOVO X8, X1
	PXOR X2, X2 // all bytes, or-ed
	PXOR X3, X3

extremes:
	MOVOU (SI), X4
	MOVOU 16(SI), X5
	MOVOU 32(SI), X6
	MOVOU 48(SI), X7
	PMINUB X4, X0
	PMINUB X5, X1
	POR X4, X2
	POR X5, X3
	PMINUB X6, X0
	PMINUB X7, X1
	POR X6, X2
	POR X7, X3
	ADDQ $64, SI
	SUBQ $64, CX
	JNZ extremes

	PMINUB X1, X0
	PCMPEQB X8, X0 // where nothing is less
	PMOVMSKB X0, AX
	XORL $0xFFFF, AX
	POR X3, X2
	PMOVMSKB X2, BX
	MOVL AX, low+16(FP)
	MOVL BX, high+20(FP)
	RET
