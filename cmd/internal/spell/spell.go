// Package spell finds the word that somebody perhaps meant.
package spell

import "strings"

// Nearest returns the name that word was perhaps meant to be: one that it is
// the beginning of, or one that few typing errors lie between. It returns "" if
// there is none.
func Nearest(word string, names []string) string {
	best, least := "", max(2, len(word)/3+1)
	for _, name := range names {
		d := editDistance(word, name)
		if len(word) >= 2 && strings.HasPrefix(name, word) {
			d = 1
		}
		if d < least {
			best, least = name, d
		}
	}
	return best
}

// editDistance counts the bytes to insert, delete and replace, and the neighbours
// to swap, to make b of a.
func editDistance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := row[j]
			if a[i] != b[j] {
				cost = 1 + min(row[j], row[j+1], next[j])
				if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
					cost = min(cost, 1+before[j-1])
				}
			}
			next[j+1] = cost
		}
		before, row = row, next
	}
	return row[len(b)]
}
