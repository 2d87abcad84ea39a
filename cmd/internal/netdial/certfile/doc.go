// Package certfile reads the files that TLS is set up with: the certificates of
// authorities, and the certificate and the key of a client, in PEM or PKCS #12.
// What is wrong with a file is an [*Error] that names it.
package certfile
